// SPDX-License-Identifier: MIT
// Drawing at any coordinates changes pixels of the photo alone.
#include "input.hpp"

#include <mcfa/image/annotate.hpp>
#include <mcfa/image/draw.hpp>
#include <mcfa/image/draw/text.hpp>

#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace mcfa;
    fuzz::numbers in({data, size});
    image::pixels photo = image::blank(in.up_to(24), in.up_to(24));
    auto const place = [&] { return point{in.place(), in.place()}; };
    auto const area = [&] { return box{in.place(), in.place(), in.place(), in.place()}; };
    for (int n = 0; n < 6 && !in.empty(); ++n) {
        std::vector<point> path(static_cast<std::size_t>(in.up_to(6)));
        for (point& p : path) p = place();
        image::colour const ink{in.place(), in.place(), in.place()};
        float const opacity = in.place(), width = in.place();
        switch (in.up_to(7)) {
        case 0:
            image::fill_polygon(photo, path, ink, opacity);
            break;
        case 1:
            image::draw_line(photo, place(), place(), ink, width, opacity);
            break;
        case 2:
            image::draw_rectangle(photo, area(), ink, width, opacity);
            break;
        case 3:
            image::fill_ellipse(photo, place(), in.place(), in.place(), ink, opacity);
            break;
        case 4:
            image::draw_text(photo, place(), fuzz::as_text(in.rest().first(std::min<std::size_t>(in.rest().size(), 9))),
                             {width, ink, opacity});
            break;
        case 5:
            image::fill_polygon(photo, image::stroke(path, [&](float t) { return width * t; }), ink, opacity);
            break;
        case 6:
            image::fill_polygon(photo, image::ellipse(place(), in.place(), in.place(), in.place()), ink, opacity);
            break;
        default:
            std::vector<image::face_marks> const faces{{area(), path, {"one", "two"}}, {area(), {}, {"three"}}};
            static auto const wide = image::blank(5, 1100); // so long that it is not enlarged, which would take most of the time
            auto const shown = image::annotated(wide, faces);
            fuzz::expect(shown.size() == wide.size(), "an annotated picture of a long photo is as large");
        }
    }
    return 0;
}
