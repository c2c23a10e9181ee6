// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/codec/exif.hpp>
#include <mcfa/image/codec/jpeg_segments.hpp>
#include <mcfa/image/codec/limits.hpp>
#include <mcfa/image/image.hpp>

#include <turbojpeg.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa::image {

/// A codec of TurboJPEG, which is destroyed with it.
using turbojpeg_handle = std::unique_ptr<std::remove_pointer_t<tjhandle>, int (*)(tjhandle)>;

inline turbojpeg_handle turbojpeg(tjhandle made) {
    if (!made) throw std::bad_alloc();
    return {made, tjDestroy};
}

/// red = (1 - cyan)(1 - black), and so on, for `count` pixels of four values. Files with an Adobe marker store 1 - ink.
inline void inks_to_light(std::uint8_t const* inks, bool adobe, std::size_t count, std::uint8_t* photo) {
    unsigned const flip = adobe ? 0u : 255u;
    for (std::size_t i = 0; i < count; ++i) {
        unsigned const black = inks[4 * i + 3] ^ flip;
        for (std::size_t c = 0; c < 3; ++c) photo[3 * i + c] = static_cast<std::uint8_t>(((inks[4 * i + c] ^ flip) * black + 127) / 255);
    }
}

/// A JPEG as RGB, upright after its EXIF orientation. Grey becomes three equal channels; CMYK and YCCK become
/// red = (1 - cyan)(1 - black) and so on, without a colour profile. A file whose every pixel is there but whose end marker is missing is read, and
/// `note`, where it is given, says so. Memory: 3 bytes a pixel, 6 if the photo is turned, 4 more for four inks; and 6 at most that libjpeg takes for a
/// progressive file while it decodes.
/// Throws `file_error`, which begins with `name`, on damaged or truncated data and beyond the limits.
inline pixels decode_jpeg(std::span<std::uint8_t const> bytes, std::string const& name, limits const& allowed = {},
                          std::string* note = nullptr) {
    auto refuse = [&](std::string_view why) { return file_error(name, {"not a whole JPEG (", why, ")"}); };
    if (bytes.size() < 2) throw refuse("no start");
    auto const segments = jpeg_segments::of(bytes);
    std::vector<std::uint8_t> mended;
    if (segments.stray || !segments.ended) {
        mended = segments.joined();
        bytes = mended;
    }
    auto const codec = turbojpeg(tjInitDecompress());
    int width = 0, height = 0, sampling = 0, colours = 0;
    auto const size = static_cast<unsigned long>(bytes.size());
    int const status = tjDecompressHeader3(codec.get(), bytes.data(), size, &width, &height, &sampling, &colours);
    if (width < 1 || height < 1) throw refuse(status != 0 ? tjGetErrorStr2(codec.get()) : "no header with a size");
    // Another failure is a subsampling without a name in TurboJPEG, which is no fault.
    check_size(name, height, width, allowed);
    if (segments.scans > 1 && std::int64_t{height} * width > allowed.scanned_pixels / segments.scans)
        throw file_error(name, {"a photo of ", width, "x", height, " in ", segments.scans, " scans is more than the limit of ",
                                allowed.scanned_pixels, " pixels times scans"});
    if (!segments.ended && (!segments.whole || segments.arithmetic)) throw refuse("Premature end of JPEG file");
    // A Huffman code takes a bit at least, and of one component every 8 x 8 block of a row or column of pixels has one: 1 bit for 4 blocks.
    std::size_t const count = static_cast<std::size_t>(height) * width, least = count / 2048;
    if (!segments.arithmetic && bytes.size() < least)
        throw file_error(
            name, {"not a whole JPEG (", width, "x", height, " pixels take at least ", least, " bytes, the file has ", bytes.size(), ")"});

    bool const four_inks = colours == TJCS_CMYK || colours == TJCS_YCCK;
    pixels photo = blank(height, width);
    std::vector<std::uint8_t> inks(four_inks ? count * 4 : 0);
    // libjpeg only warns when data are missing or damaged and fills the rest with grey; here that is an error. Bytes before the end are harmless:
    // nothing is read after them, so no other warning can hide behind this one, which is the first.
    if (tjDecompress2(codec.get(), bytes.data(), size, four_inks ? inks.data() : photo.data(), width, 0, height,
                      four_inks ? TJPF_CMYK : TJPF_RGB, TJFLAG_LIMITSCANS) != 0) {
        std::string_view const problem = tjGetErrorStr2(codec.get());
        if (tjGetErrorCode(codec.get()) != TJERR_WARNING || !problem.ends_with("extraneous bytes before marker 0xd9"))
            throw refuse(problem);
    }
    if (four_inks) inks_to_light(inks.data(), segments.adobe, count, photo.data());
    if (note && !segments.ended) *note = name + ": the end marker of the JPEG is missing; every pixel is there";
    return upright(std::move(photo), segments.orientation);
}

} // namespace mcfa::image
