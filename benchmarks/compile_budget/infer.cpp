// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/zoo/slim.hpp>

#include <cstdint>
#include <cstdio>
#include <vector>

/// Loads weights and finds faces in a frame: what a program without training compiles.
int main(int argc, char** argv) {
    if (argc != 2) return std::fprintf(stderr, "usage: infer <weights>\n"), 2;
    mcfa::inference_model<mcfa::zoo::slim_net, float, mcfa::backend::eigen> m;
    mcfa::io::load(m, argv[1]);
    mcfa::detector find{m, {.thresholds = {0.5, 0.5, 0.6}}};

    std::vector<std::uint8_t> camera(480 * 640 * 3); // BGR, as a camera gives it
    mcfa::image::frame const frame{camera.data(), 480, 640, 640 * 3, mcfa::image::pixel_order::bgr};
    for (auto const& face : find(frame)) std::printf("%g %g\n", static_cast<double>(face.box.left), static_cast<double>(face.probability));
}
