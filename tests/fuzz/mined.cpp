// SPDX-License-Identifier: MIT
// A file of mined windows of any content: what is accepted can be cut, and is the same when it is saved and read again.
#include "input.hpp"

#include <mcfa/data/mined_file.hpp>
#include <mcfa/data/window.hpp>
#include <mcfa/image/resample.hpp>

#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace mcfa;
    static fuzz::scratch_folder const folder;
    constexpr std::size_t photos = 1000;
    auto const path = folder.put("mined.txt", fuzz::as_text({data, size}));
    fuzz::accepted([&] {
        auto const [round, windows] = data::load_mined(path, photos);
        data::save_mined(path, round, windows);
        auto const again = data::load_mined(path, photos);
        fuzz::expect(again.first == round && again.second.size() == windows.size(), "mined windows are read as they were written");
        static auto const photo = image::blank(20, 30);
        std::vector<float> cut(4 * 4 * 3);
        for (std::size_t i = 0; i < windows.size(); ++i) {
            auto const &a = windows[i], &b = again.second[i];
            fuzz::expect(a.photo == b.photo && a.photo < photos && a.place.side == b.place.side && a.place.centre.x == b.place.centre.x &&
                             a.place.centre.y == b.place.centre.y,
                         "a mined window is read as it was written");
            random_stream random{static_cast<std::uint64_t>(i)};
            if (i < 4) fuzz::accepted([&] { image::cut(photo, data::near_mined(random, {}, a.place), 4, cut); });
        }
    });
    return 0;
}
