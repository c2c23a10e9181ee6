// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/image/window_predictor.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <algorithm>
#include <iostream>

using namespace mcfa;

int main(int argc, char** argv) {
    if (argc != 2) return std::cerr << "usage: window <photo>\n", 2;
    auto const m = zoo::pretrained::slim<backend::eigen>();
    image::window_predictor judge{m};

    box const face{170, 60, 110, 110}; // from your own detector, in photo pixels
    image::placement const window{face.centre(), 1.6f * std::max(face.width, face.height), 0, false};
    auto const said = judge(image::read(argv[1]), window);
    std::cout << "face " << said.get<face_class>() << ", smiling " << said.attribute<"Smiling">() << '\n';
    for (point p : said.get<landmarks<5>>()) {
        point const on_photo = image::to_photo(window, p);
        std::cout << on_photo.x << ' ' << on_photo.y << '\n';
    }
}
