// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/message.hpp>
#include <mcfa/model/int8/prepared_model.hpp>
#include <mcfa/model/prepared_model.hpp>

#include <cstddef>
#include <string>
#include <string_view>

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

/// The same in int8, where every step is listed: what computes it, and whether bytes or floats lie behind it.
///
///     small  16x56x56 to 16x28x28: direct, products in 8 bits, 2304 bytes, gives bytes
template <class T, class B>
std::string describe(prepared_model<T, B, int8> const& ready) {
    std::string text;
    for (std::size_t j = 0; j < ready.net().stages.size(); ++j)
        for (std::size_t i = 0; i < ready.steps(j).size(); ++i) {
            step const& s = ready.steps(j)[i];
            auto const& prepared = ready.at(j, i);
            std::string_view algorithm = prepared.in_int8 ? "bytes rearranged" : "in float";
            if (prepared.layout.size > 0) algorithm = kernel<int8_unit_preparation<T>, B>::name(prepared.layout);
            text += join({ready.net().stages[j].name, "  ", to_string(s.in), " to ", to_string(s.out), ": ", algorithm});
            if (prepared.layout.size > 0) text += join({", ", prepared.layout.size, " bytes"});
            text += prepared.gives_bytes ? ", gives bytes\n" : "\n";
        }
    return text;
}

} // namespace mcfa
