// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <cstdint>
#include <iostream>
#include <vector>

using namespace mcfa;

int main() {
    auto const m = zoo::pretrained::slim<backend::eigen>(backend::eigen{.threads = 2});
    detector find{m, {.smallest_face = 40, .mirror = true}};

    int const height = 480, width = 640, row_bytes = width * 3;
    std::vector<std::uint8_t> camera(static_cast<std::size_t>(height) * row_bytes); // your camera's memory
    image::frame const frame{camera.data(), height, width, row_bytes, image::pixel_order::bgr};
    for (auto const& face : find(frame)) {
        std::cout << face.box << ", probability " << face.probability << '\n';
        if (face.says<"Smiling">()) std::cout << "smiling\n";
        for (point p : face.landmarks) std::cout << p.x << ' ' << p.y << '\n';
    }
}
