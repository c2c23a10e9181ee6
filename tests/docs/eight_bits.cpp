// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/image/window_cutter.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/model/calibrate.hpp>
#include <mcfa/model/describe_prepared.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <iostream>

using namespace mcfa;

int main(int argc, char** argv) {
    auto m = zoo::pretrained::slim<backend::eigen>(backend::eigen{.threads = 2});
    detector const in_float{m, {.smallest_face = 100}};
    image::window_cutter cut(m.net(), 512);
    std::size_t rows = 0;
    for (int i = 1; i < argc; ++i) { // photos like those that it will see
        auto const photo = image::read(argv[i]);
        for (auto const& face : in_float(photo))
            if (rows < 512) cut.fill(photo, face.window, rows++, m.net().stages.size());
    }
    m.set_quantisation(calibrate(m, cut.windows(), {.windows = rows}));
    std::cout << describe(m.quantisation()); // ranges, what each layer loses, what stays in float

    detector<decltype(m), int8> find{m, {.smallest_face = 100}};
    for (auto const& face : find(image::read(argv[1]))) std::cout << "face " << face.probability << '\n';
    std::cout << describe(prepared_model<float, backend::eigen, int8>{m}); // what computes each step
}
