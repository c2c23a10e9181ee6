// SPDX-License-Identifier: MIT
// Two libraries of one program, compiled for different processors: both compute what plain loops do.
#include "outputs.hpp"

#include <mcfa/backend/reference.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>

namespace {

bool near(std::vector<float> const& found, std::vector<float> const& expected, char const* what) {
    bool good = found.size() == expected.size();
    for (std::size_t i = 0; good && i < found.size(); ++i) good = std::abs(found[i] - expected[i]) <= 1e-3f * (1 + std::abs(expected[i]));
    if (!good) std::fprintf(stderr, "the %s library computes something else\n", what);
    return good;
}

} // namespace

int main() {
    auto const expected = outputs(mcfa::backend::reference{});
    library const first = narrow(), second = wide();
    bool good = near(first.outputs, expected, "narrow") && near(second.outputs, expected, "wide");
    bool const share = std::strcmp(first.name, second.name) == 0;
    if (share != (first.vector_bytes == second.vector_bytes)) {
        std::fprintf(stderr, "libraries of %d and %d bytes share the names of functions\n", first.vector_bytes, second.vector_bytes);
        good = false;
    }
    return good ? 0 : 1;
}
