// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/model/describe_prepared.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <iostream>

using namespace mcfa;

int main(int, char** argv) {
    auto const m = zoo::pretrained::slim<backend::eigen>(backend::eigen{.threads = 2});
    detector<decltype(m), bfloat16> find{m, {.smallest_face = 100}};
    for (auto const& face : find(image::read(argv[1]))) std::cout << "face " << face.probability << '\n';
    std::cout << describe(prepared_model<float, backend::eigen, bfloat16>{m}); // what computes each convolution
}
