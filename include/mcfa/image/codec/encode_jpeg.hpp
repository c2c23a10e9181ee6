// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/codec/jpeg.hpp>
#include <mcfa/image/image.hpp>

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace mcfa::image {

/// One JPEG being written; `write` returns false on an error, whose text is then in `errors.message`.
class jpeg_output {
public:
    jpeg_errors errors;
    unsigned char* bytes = nullptr; // libjpeg's own allocation
    unsigned long size = 0;

    jpeg_output() { codec_.err = errors.install(); }
    ~jpeg_output() {
        jpeg_destroy_compress(&codec_);
        std::free(bytes);
    }
    jpeg_output(jpeg_output const&) = delete;
    jpeg_output& operator=(jpeg_output const&) = delete;

    bool write(std::uint8_t const* photo, int height, int width, int quality) {
        if (setjmp(errors.back)) return false;
        jpeg_create_compress(&codec_);
        jpeg_mem_dest(&codec_, &bytes, &size);
        codec_.image_height = static_cast<JDIMENSION>(height);
        codec_.image_width = static_cast<JDIMENSION>(width);
        codec_.input_components = 3;
        codec_.in_color_space = JCS_RGB;
        jpeg_set_defaults(&codec_);
        jpeg_set_quality(&codec_, quality, TRUE);
        jpeg_start_compress(&codec_, TRUE);
        while (codec_.next_scanline < codec_.image_height) {
            // libjpeg does not write to the rows it is given, it only lacks the const.
            row_ = const_cast<std::uint8_t*>(photo) + static_cast<std::size_t>(codec_.next_scanline) * codec_.image_width * 3;
            jpeg_write_scanlines(&codec_, &row_, 1);
        }
        jpeg_finish_compress(&codec_);
        return true;
    }

private:
    jpeg_compress_struct codec_{};
    std::uint8_t* row_ = nullptr;
};

/// The bytes of a baseline JPEG. `quality` is 1 to 100; throws `option_error` otherwise, `error` where libjpeg refuses the photo.
inline std::vector<std::uint8_t> encode_jpeg(pixels const& photo, int quality = 90) {
    if (quality < 1 || quality > 100) throw option_error({"quality = ", quality, ": a JPEG's quality is 1 to 100"});
    jpeg_output output;
    if (!output.write(photo.data(), height(photo), width(photo), quality)) throw error({"no JPEG (", output.errors.message, ")"});
    return {output.bytes, output.bytes + output.size};
}

} // namespace mcfa::image
