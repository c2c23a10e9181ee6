// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/zoo/slim.hpp>

using namespace mcfa;

int main() {
    model<zoo::slim_net, float, backend::eigen> const m{seed{1}};
    prepared_model<float, backend::eigen, int8> const ready{m};
    return static_cast<int>(ready.bytes());
}
