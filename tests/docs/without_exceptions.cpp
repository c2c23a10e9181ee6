// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/image/window_predictor.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <vector>

using namespace mcfa;

/// Says an error and gives the status for it.
int failed(error const& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
}

int main(int argc, char** argv) {
    if (argc != 2) return std::fputs("usage: without_exceptions <weights>\n", stderr), 2;
    auto const m = zoo::pretrained::try_slim(std::filesystem::path(argv[1]), backend::eigen{.threads = 2});
    if (!m) return failed(m.error());
    auto const find = try_detector(*m, {.smallest_face = 100});
    if (!find) return failed(find.error());

    std::vector<std::uint8_t> camera(480 * 640 * 4); // of a camera
    auto const frame = image::try_frame(camera.data(), 480, 640, 640 * 4, image::pixel_order::bgra);
    if (!frame) return failed(frame.error());
    std::printf("%zu faces\n", (*find)(*frame).size());

    auto judge = image::try_window_predictor(*m);
    if (!judge) return failed(judge.error());
    image::placement const window{{320, 240}, 200, 0, false};
    if (image::can_be_cut(window))
        std::printf("probability of a face: %g\n", static_cast<double>((*judge)(*frame, window).get<face_class>()));
}
