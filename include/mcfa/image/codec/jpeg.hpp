// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/codec/exif.hpp>
#include <mcfa/image/codec/limits.hpp>
#include <mcfa/image/image.hpp>

// clang-format off: each needs the one before it
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace mcfa::image {

/// libjpeg reports an error by a call that must not return. This one keeps the message and jumps back, so no C++ object may
/// live in a frame between the two: every member function of `jpeg_input` has plain locals only.
struct jpeg_errors {
    jpeg_error_mgr manager{};
    std::jmp_buf back{};
    char message[JMSG_LENGTH_MAX]{};

    [[noreturn]] static void fail(j_common_ptr codec) {
        auto* self = reinterpret_cast<jpeg_errors*>(codec->err);
        (*codec->err->format_message)(codec, self->message);
        std::longjmp(self->back, 1);
    }

    /// libjpeg only warns when data are missing or damaged and fills the rest with grey; here that is an error.
    /// Harmless warnings, such as stray bytes between segments, stay harmless.
    static void warn(j_common_ptr codec, int level) {
        if (level >= 0) return;
        switch (codec->err->msg_code) {
        case JWRN_JPEG_EOF:
        case JWRN_HIT_MARKER:
        case JWRN_HUFF_BAD_CODE:
        case JWRN_ARITH_BAD_CODE:
        case JWRN_MUST_RESYNC:
            fail(codec);
        default:
            break;
        }
    }

    jpeg_error_mgr* install() {
        jpeg_std_error(&manager);
        manager.error_exit = fail;
        manager.emit_message = warn;
        return &manager;
    }
};

/// One JPEG being read. Each step returns false on an error, whose text is then in `errors.message`.
class jpeg_input {
public:
    jpeg_errors errors;
    jpeg_decompress_struct codec{};

    explicit jpeg_input(std::span<std::uint8_t const> bytes) : bytes_(bytes) { codec.err = errors.install(); }
    ~jpeg_input() { jpeg_destroy_decompress(&codec); }
    jpeg_input(jpeg_input const&) = delete;
    jpeg_input& operator=(jpeg_input const&) = delete;

    bool read_header() {
        if (setjmp(errors.back)) return false;
        jpeg_create_decompress(&codec);
        jpeg_mem_src(&codec, bytes_.data(), static_cast<unsigned long>(bytes_.size()));
        jpeg_save_markers(&codec, JPEG_APP0 + 1, 0xffff);
        jpeg_read_header(&codec, TRUE);
        four_inks_ = codec.jpeg_color_space == JCS_CMYK || codec.jpeg_color_space == JCS_YCCK;
        codec.out_color_space = four_inks_ ? JCS_CMYK : JCS_RGB;
        for (auto* marker = codec.marker_list; marker; marker = marker->next) // gone once the pixels are read
            if (marker->marker == JPEG_APP0 + 1 && marker->data_length > 6 && std::memcmp(marker->data, "Exif\0\0", 6) == 0)
                orientation_ = exif_orientation({marker->data + 6, marker->data_length - 6});
        progress_.progress_monitor = refuse_endless_scans;
        codec.progress = &progress_;
        return true;
    }

    bool four_inks() const { return four_inks_; }

    /// `photo` has room for height x width x 3 bytes, `inks` for one row of width x 4 where `four_inks()`.
    bool read_pixels(std::uint8_t* photo, std::uint8_t* inks) {
        if (setjmp(errors.back)) return false;
        jpeg_start_decompress(&codec);
        while (codec.output_scanline < codec.output_height) {
            row_ = photo + static_cast<std::size_t>(codec.output_scanline) * codec.output_width * 3;
            target_ = four_inks_ ? inks : row_;
            jpeg_read_scanlines(&codec, &target_, 1);
            if (four_inks_) inks_to_light();
        }
        jpeg_finish_decompress(&codec); // reads up to the end marker, so that a missing end is seen
        return true;
    }

    int orientation() const { return orientation_; }

private:
    /// A progressive file can hold thousands of empty scans, each of which costs a pass over the photo.
    static void refuse_endless_scans(j_common_ptr codec) {
        if (reinterpret_cast<j_decompress_ptr>(codec)->input_scan_number <= 500) return;
        auto* errors = reinterpret_cast<jpeg_errors*>(codec->err);
        std::strcpy(errors->message, "more than 500 scans");
        std::longjmp(errors->back, 1);
    }

    /// red = (1 - cyan)(1 - black), and so on. Files with an Adobe marker store 1 - ink.
    void inks_to_light() {
        for (unsigned x = 0; x < codec.output_width; ++x) {
            unsigned const flip = codec.saw_Adobe_marker ? 0u : 255u;
            unsigned const black = target_[4 * x + 3] ^ flip;
            for (unsigned c = 0; c < 3; ++c) row_[3 * x + c] = static_cast<std::uint8_t>(((target_[4 * x + c] ^ flip) * black + 127) / 255);
        }
    }

    std::span<std::uint8_t const> bytes_;
    jpeg_progress_mgr progress_{};
    std::uint8_t* row_ = nullptr;
    std::uint8_t* target_ = nullptr;
    bool four_inks_ = false;
    int orientation_ = 1;
};

/// A JPEG as RGB, upright after its EXIF orientation. Grey becomes three equal channels; CMYK and YCCK become
/// red = (1 - cyan)(1 - black) and so on, without a colour profile.
/// Throws `file_error`, which begins with `name`, on damaged or truncated data and beyond the limits.
inline pixels decode_jpeg(std::span<std::uint8_t const> bytes, std::string const& name, limits const& allowed = {}) {
    jpeg_input input(bytes);
    auto refuse = [&] { return file_error(name, {"not a whole JPEG (", input.errors.message, ")"}); };
    if (!input.read_header()) throw refuse();
    check_size(name, input.codec.image_height, input.codec.image_width, allowed);
    pixels photo = blank(static_cast<int>(input.codec.image_height), static_cast<int>(input.codec.image_width));
    std::vector<std::uint8_t> inks(input.four_inks() ? std::size_t{4} * input.codec.image_width : 0);
    if (!input.read_pixels(photo.data(), inks.data())) throw refuse();
    return upright(std::move(photo), input.orientation());
}

} // namespace mcfa::image
