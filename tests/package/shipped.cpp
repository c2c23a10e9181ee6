// SPDX-License-Identifier: MIT
// Finds faces in photos with the weights that are installed with the library, and holds them within itself besides.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <slim_weights.hpp>

#include <cstdio>

using namespace mcfa;

int main(int argc, char** argv) {
    auto const m = zoo::pretrained::slim<backend::eigen>();
    if (zoo::pretrained::slim<backend::eigen>(embedded::slim_weights()).values() != m.values())
        return std::puts("the weights within differ"), 2;
    detector find{m};
    for (int i = 1; i < argc; ++i)
        for (auto const& face : find(image::read(argv[i])))
            std::printf("%s: %.0f %.0f %.0f %.0f\n", argv[i], static_cast<double>(face.box.left), static_cast<double>(face.box.top),
                        static_cast<double>(face.box.width), static_cast<double>(face.box.height));
    return find.options().thresholds.size() == 3 ? 0 : 1;
}
