// SPDX-License-Identifier: MIT
// A photo from any bytes: a whole one within the limits, or a refusal.
#include "input.hpp"

#include <mcfa/image/codec/exif.hpp>
#include <mcfa/image/read.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace mcfa;
    fuzz::bytes const input(data, size);
    int const orientation = image::exif_orientation(input);
    fuzz::expect(orientation >= 1 && orientation <= 8, "an orientation is 1 to 8");
    fuzz::accepted([&] {
        image::limits const allowed{.side = 3000, .pixels = 1'000'000};
        std::string note;
        auto const photo = image::decode(input, "input", allowed, &note);
        std::int64_t const height = image::height(photo), width = image::width(photo);
        fuzz::expect(height >= 1 && width >= 1 && height <= 3000 && width <= 3000 && height * width <= 1'000'000,
                     "a photo is within the limits");
        fuzz::expect(photo.size() == static_cast<std::size_t>(height * width * 3), "a photo has three values a pixel");
    });
    return 0;
}
