// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/message.hpp>
#include <mcfa/model/prepared_model.hpp>

#include <cstddef>
#include <string>

namespace mcfa {

/// What a prepared model runs: a line for each step with prepared weights, with its shapes, the algorithm that the backend has chosen and the
/// bytes of its weights.
///
///     small  16x56x56 to 16x28x28: Winograd F(4x4, 3x3), 36992 bytes
template <class T, class B, class Stored>
std::string describe(prepared_model<T, B, Stored> const& ready) {
    std::string text;
    for (std::size_t j = 0; j < ready.net().stages.size(); ++j)
        for (std::size_t i = 0; i < ready.steps(j).size(); ++i) {
            step const& s = ready.steps(j)[i];
            auto const& prepared = ready.at(j, i);
            if (prepared.layout.size == 0) continue;
            std::string algorithm = "product";
            if (s.is_unit) {
                using preparation = kernel<unit_preparation<T, Stored>, B>;
                if constexpr (requires { preparation::name(prepared.layout); }) algorithm = preparation::name(prepared.layout);
                else algorithm = join({"algorithm ", prepared.layout.algorithm});
            }
            text += join({ready.net().stages[j].name, "  ", to_string(s.in), " to ", to_string(s.out), ": ", algorithm, ", ",
                          prepared.layout.size * sizeof(Stored), " bytes\n"});
        }
    return text;
}

} // namespace mcfa
