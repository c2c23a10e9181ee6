// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/io/atomic_file.hpp>
#include <mcfa/io/json/json.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <utility>

namespace mcfa {

/// `log.jsonl`: one JSON object per finished epoch, each line flushed as it is written.
class training_log {
public:
    /// Keeps the lines of epochs up to `epochs_kept` (0: begins anew). A torn last line, as a crash may leave it, is dropped.
    training_log(std::filesystem::path path, int epochs_kept) : path_(std::move(path)) {
        std::string kept;
        if (epochs_kept > 0) {
            std::ifstream old(path_);
            for (std::string line; std::getline(old, line);) {
                io::json_problem problem;
                io::json const object = io::parse_json(line, problem);
                auto const epoch = object.find("epoch");
                if (epoch != object.end() && epoch->is_number_integer() && epoch->get<int>() <= epochs_kept) kept += line + "\n";
            }
        }
        std::array<std::span<std::byte const>, 1> const pieces{std::as_bytes(std::span(kept))};
        io::write_atomically(path_, pieces);
        file_.open(path_, std::ios::app);
        check();
    }

    void add(io::json const& line) {
        file_ << io::json_text(line) << "\n" << std::flush;
        check();
    }

private:
    void check() const {
        if (!file_) throw file_error(path_.string(), "cannot be written");
    }
    std::filesystem::path path_;
    std::ofstream file_;
};

} // namespace mcfa
