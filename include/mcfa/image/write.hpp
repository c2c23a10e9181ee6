// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/codec/encode_jpeg.hpp>
#include <mcfa/image/codec/encode_png.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/io/atomic_file.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace mcfa::image {

/// Refuses, as `file_error`, a photo without pixels or without three channels.
inline void check_writable(std::filesystem::path const& path, pixels const& photo) {
    if (photo.size() == 0 || photo.shape()[2] != 3) throw file_error(path.string(), "not written: the photo is not height x width x 3");
}

inline void write_bytes(std::filesystem::path const& path, std::span<std::uint8_t const> bytes) {
    std::span<std::byte const> const whole[1] = {std::as_bytes(bytes)};
    io::write_atomically(path, whole);
}

/// Writes an 8-bit RGB PNG; an existing file is replaced whole or not at all. Throws `file_error`.
inline void write_png(std::filesystem::path const& path, pixels const& photo) {
    check_writable(path, photo);
    std::vector<std::uint8_t> bytes;
    try {
        bytes = encode_png(photo);
    } catch (error const& problem) {
        throw file_error(path.string(), problem.what());
    }
    write_bytes(path, bytes);
}

/// Writes a baseline JPEG, `quality` 1 to 100; an existing file is replaced whole or not at all.
/// Throws `file_error`, and `option_error` on a bad quality.
inline void write_jpeg(std::filesystem::path const& path, pixels const& photo, int quality = 90) {
    check_writable(path, photo);
    std::vector<std::uint8_t> bytes;
    try {
        bytes = encode_jpeg(photo, quality);
    } catch (option_error const&) {
        throw;
    } catch (error const& problem) {
        throw file_error(path.string(), problem.what());
    }
    write_bytes(path, bytes);
}

} // namespace mcfa::image
