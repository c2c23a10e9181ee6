// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <iostream>

using namespace mcfa;

int main(int, char** argv) {
    auto const finder = zoo::pretrained::finder<backend::eigen>();
    auto const cascade = zoo::pretrained::slim<backend::eigen>();
    detector find{finder, cascade, {.smallest_face = 30, .mirror = true}};
    for (auto const& face : find(image::read(argv[1]))) {
        std::cout << face.box << ", probability " << face.probability << '\n';
        if (face.says<"Smiling">()) std::cout << "smiling\n";
    }
    single_shot_detector boxes{finder, {.thresholds = {0.3}, .smallest_face = 30}};
    std::cout << boxes(image::read(argv[1])).size() << " boxes by the finder alone\n";
}
