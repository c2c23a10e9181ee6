// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/read_file.hpp>
#include <mcfa/io/atomic_file.hpp>
#include <mcfa/io/file_descriptor.hpp>
#include <mcfa/io/json/json.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mcfa {

/// `log.jsonl`: one JSON object per finished epoch. A line is on the disk before `add` returns, so that no checkpoint, not even after a
/// power failure, knows of an epoch that the log does not have.
class training_log {
public:
    /// Keeps the lines of epochs up to `epochs_kept` (0: begins anew). A torn last line, as a crash may leave it, is dropped.
    /// Throws `file_error` with the system's reason, as `add` does.
    training_log(std::filesystem::path path, int epochs_kept) : path_(std::move(path)) {
        std::string const kept = epochs_kept > 0 && std::filesystem::exists(path_) ? lines_up_to(epochs_kept) : std::string();
        std::array<std::span<std::byte const>, 1> const pieces{std::as_bytes(std::span(kept))};
        io::write_atomically(path_, pieces);
        file_ = io::file_descriptor(path_, O_WRONLY | O_APPEND);
        if (!file_) fail("cannot be opened for writing", errno);
    }

    void add(io::json const& line) {
        auto const text = io::json_text(line) + "\n";
        if (int const problem = file_.write(std::as_bytes(std::span(text)))) fail("cannot be written", problem);
        if (int const problem = file_.sync()) fail("cannot be flushed to the disk", problem);
    }

private:
    std::string lines_up_to(int epochs) const {
        std::string const old = read_file(path_);
        std::string kept;
        for (std::size_t begin = 0, end; (end = old.find('\n', begin)) != old.npos; begin = end + 1) {
            auto const line = std::string_view(old).substr(begin, end - begin);
            io::json_problem problem;
            io::json const object = io::parse_json(line, problem);
            auto const epoch = object.find("epoch");
            if (epoch != object.end() && epoch->is_number_integer() && epoch->get<std::int64_t>() <= epochs) kept.append(line) += '\n';
        }
        return kept;
    }
    [[noreturn, gnu::noinline]] void fail(char const* what, int problem) const {
        throw file_error(path_.string(), {what, " (", io::system_reason(problem), ")"});
    }

    std::filesystem::path path_;
    io::file_descriptor file_;
};

} // namespace mcfa
