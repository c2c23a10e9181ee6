// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <system_error>

namespace mcfa::image {

/// Writes `bytes` to a temporary file in the same folder and renames it, so that a reader sees the old file or the whole new one.
/// Throws `file_error` and leaves no temporary behind where a step fails.
inline void replace_file(std::filesystem::path const& path, std::span<std::uint8_t const> bytes) {
    std::filesystem::path aside = path;
    aside += ".partial-" + std::to_string(std::random_device{}());
    std::FILE* file = std::fopen(aside.c_str(), "wbx"); // x: never an existing file
    if (!file) throw file_error(path.string(), {"cannot be written (", std::strerror(errno), ")"});
    bool const written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    int const reason = errno;
    bool const closed = std::fclose(file) == 0;
    std::error_code problem;
    if (written && closed) {
        std::filesystem::rename(aside, path, problem);
        if (!problem) return;
    } else {
        problem = std::error_code(written ? errno : reason, std::generic_category());
    }
    std::error_code ignored;
    std::filesystem::remove(aside, ignored);
    throw file_error(path.string(), {"cannot be written (", problem.message(), ")"});
}

} // namespace mcfa::image
