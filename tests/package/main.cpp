#include <mcfa/core/array.hpp>
#include <mcfa/core/shape.hpp>
#include <mcfa/version.hpp>

#include <iostream>

int main() {
    mcfa::shape const s{3, 4, 5};
    mcfa::array<float, 3> const a = xt::ones<float>({s.height, s.width, s.channels});
    std::cout << "mcfa " << mcfa::version << ", " << to_string(s) << '\n';
    return a.size() == s.size() ? 0 : 1;
}
