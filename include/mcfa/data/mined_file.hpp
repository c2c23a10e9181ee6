// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/data/celeba/annotation_file.hpp>
#include <mcfa/data/mined_windows.hpp>
#include <mcfa/io/atomic_file.hpp>

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::data {

/// The windows of one round of mining in a text file: a line with the round and their number, then photo, middle x and y, and side of each, exactly.
/// Throws `file_error` where it cannot be written.
inline void save_mined(std::filesystem::path const& path, int round, std::vector<mined_window> const& windows) {
    std::string text = std::to_string(round) + " " + std::to_string(windows.size()) + "\n";
    for (auto const& w : windows) {
        text += std::to_string(w.photo);
        for (float const number : {w.place.centre.x, w.place.centre.y, w.place.side}) {
            char digits[32]; // the shortest that reads back as the same number, whatever the locale
            auto const end = std::to_chars(digits, digits + sizeof digits, number);
            text.append(" ").append(digits, end.ptr);
        }
        text += "\n";
    }
    std::span<std::byte const> const piece = std::as_bytes(std::span(text));
    io::write_atomically(path, std::span(&piece, 1));
}

/// The round and its windows. Throws `annotation_error` for a line that breaks the format, or a photo that is not one of `photos`.
inline std::pair<int, std::vector<mined_window>> load_mined(std::filesystem::path const& path, std::size_t photos) {
    annotation_file list(path);
    std::pair<int, std::vector<mined_window>> found;
    if (!list.next()) list.fail("the file is empty");
    found.first = list.whole_number("the round");
    if (found.first < 0) list.fail({"the round is ", found.first, ", expected at least 0"});
    int const count = list.whole_number("the number of windows");
    if (count < 0) list.fail({"the number of windows is ", count, ", expected at least 0"});
    list.expect_end_of_line("the round and the number of windows");
    while (list.next()) {
        mined_window w;
        int const photo = list.whole_number("the photo's number");
        if (photo < 0 || static_cast<std::size_t>(photo) >= photos) list.fail({"there is no photo ", photo});
        w.photo = static_cast<std::size_t>(photo);
        w.place.centre = {list.pixels("x"), 0};
        w.place.centre.y = list.pixels("y");
        w.place.side = list.pixels("the side");
        if (!(w.place.side >= 1)) list.fail({"the side is ", w.place.side, ", expected at least 1 pixel"});
        list.expect_end_of_line("photo, x, y and side");
        found.second.push_back(w);
    }
    if (found.second.size() != static_cast<std::size_t>(count))
        list.fail({"the first line says ", count, " windows, but there are ", found.second.size()});
    return found;
}

} // namespace mcfa::data
