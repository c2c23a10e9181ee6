// SPDX-License-Identifier: MIT
#include <mcfa/backend/x86.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <iostream>

using namespace mcfa;

int main() {
    auto const m = zoo::pretrained::slim<backend::x86>(backend::x86{.threads = 2});
    detector find{m, {.smallest_face = 80}};
    std::cout << "level " << name_of(backend::x86::level()) << '\n';
}
