// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/printable.hpp>
#include <mcfa/data/celeba/annotation_file.hpp>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace mcfa::data {

/// What a folder of photos says of itself in `Anno/source.txt`, a list of words in pairs, one pair a line:
///
/// | word    | value        | meaning                                                                                            |
/// | ------- | ------------ | -------------------------------------------------------------------------------------------------- |
/// | `boxes` | `labels`     | boxes were marked, and are learned; so without the file too                                        |
/// |         | `place_only` | boxes say where windows lie and no more, as on aligned photos; no box is learned                   |
/// | `faces` | `one`        | of each photo one face is marked, and others may be there; so without the file too                 |
/// |         | `all`        | every face of every photo is marked, by the list of boxes or that of other faces                   |
struct source_facts {
    bool place_only = false; ///< boxes are no labels
    bool all_faces = false;  ///< what is not marked is background
};

/// Reads the file; without one, everything is as usual. Throws `annotation_error` for an unknown word or value, and a word that occurs twice.
[[gnu::cold]] inline source_facts read_source_facts(std::filesystem::path const& path) {
    source_facts facts;
    std::error_code problem;
    if (!std::filesystem::exists(path, problem)) return facts;
    annotation_file list(path);
    bool boxes = false, faces = false;
    auto const one_of = [&](std::string const& word, bool& met, char const* usual, char const* other) {
        if (std::exchange(met, true)) list.fail({"'", word, "' occurs twice"});
        auto const value = list.word();
        if (value != usual && value != other)
            list.fail(
                {"expected ", usual, " or ", other, " for '", word, "', found ", value.empty() ? "the end of the line" : in_quotes(value)});
        list.expect_end_of_line("a word and its value");
        return value == other;
    };
    while (list.next()) {
        std::string const word(list.word());
        if (word == "boxes") facts.place_only = one_of(word, boxes, "labels", "place_only");
        else if (word == "faces") facts.all_faces = one_of(word, faces, "one", "all");
        else list.fail({"expected boxes or faces, found ", in_quotes(word)});
    }
    return facts;
}

} // namespace mcfa::data
