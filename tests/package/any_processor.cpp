// SPDX-License-Identifier: MIT
// A detector for any x86-64 processor, compiled without a flag for one.
#include <mcfa/backend/x86.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <cstdio>
#include <string>

using namespace mcfa;

int main(int argc, char** argv) {
    auto const m = zoo::pretrained::slim<backend::x86>();
    detector find{m};
    for (int i = 1; i < argc; ++i)
        for (auto const& face : find(image::read(argv[i])))
            std::printf("%s, level %s: %.0f %.0f %.0f %.0f\n", argv[i], std::string(name_of(backend::x86::level())).c_str(),
                        static_cast<double>(face.box.left), static_cast<double>(face.box.top), static_cast<double>(face.box.width),
                        static_cast<double>(face.box.height));
}
