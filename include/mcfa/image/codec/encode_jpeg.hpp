// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/codec/jpeg.hpp>
#include <mcfa/image/image.hpp>

#include <turbojpeg.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace mcfa::image {

/// The bytes of a baseline JPEG. `quality` is 1 to 100; throws `option_error` otherwise, `error` if libjpeg refuses the photo.
inline std::vector<std::uint8_t> encode_jpeg(pixels const& photo, int quality = 90) {
    if (quality < 1 || quality > 100) throw option_error({"quality = ", quality, ": a JPEG's quality is 1 to 100"});
    auto const codec = turbojpeg(tjInitCompress());
    unsigned char* made = nullptr; // TurboJPEG's own allocation
    unsigned long size = 0;
    int const status = tjCompress2(codec.get(), photo.data(), width(photo), 0, height(photo), TJPF_RGB, &made, &size, TJSAMP_420, quality,
                                   TJFLAG_ACCURATEDCT);
    std::unique_ptr<unsigned char, void (*)(unsigned char*)> const bytes(made, tjFree);
    if (status != 0) throw error({"no JPEG (", tjGetErrorStr2(codec.get()), ")"});
    return {bytes.get(), bytes.get() + size};
}

} // namespace mcfa::image
