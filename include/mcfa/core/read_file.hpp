// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

namespace mcfa {

/// The bytes of a file. Throws `file_error` if the path is missing, no regular file or unreadable.
inline std::string read_file(std::filesystem::path const& path) {
    std::error_code problem;
    auto const status = std::filesystem::status(path, problem);
    auto const refuse = [&](message const& why) { throw file_error(path.string(), why); };
    if (!std::filesystem::exists(status)) refuse("no such file");
    if (std::filesystem::is_directory(status)) refuse("a directory, not a file");
    if (!std::filesystem::is_regular_file(status)) refuse("not a regular file");
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file(std::fopen(path.c_str(), "rb"), std::fclose);
    if (!file) refuse({"cannot be opened (", std::generic_category().message(errno), ")"});
    std::string bytes;
    auto const size = std::filesystem::file_size(path, problem);
    if (problem) refuse({"cannot be read (", problem.message(), ")"});
    bytes.resize(size);
    if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
        refuse({"cannot be read (", std::ferror(file.get()) ? std::generic_category().message(errno) : "it ended before its size", ")"});
    return bytes;
}

} // namespace mcfa
