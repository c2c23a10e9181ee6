// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/model/int8/prepared_model.hpp>
#include <mcfa/op/int8.hpp>
#include <mcfa/op/rearrange.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

struct rounded_input {}; // scratch memory

/// Bytes that stand at the beginning of a place for scalars.
template <class T>
std::uint8_t* bytes_at(T* place) {
    return reinterpret_cast<std::uint8_t*>(place);
}

/// A convolution unit or dense layer in 8 bits, from bytes to y: bytes, by the factors given, or floats.
template <class Out, class T, class B>
void forward_int8_unit(prepared_model<T, B, int8> const& ready, typename B::execution& run,
                       typename prepared_model<T, B, int8>::ready_step const& s, planes<std::uint8_t const> const& x,
                       row<T const> const& factors, planes<Out> const& y) {
    bool const is_dense = s.product.in.pixels() == 1 && x.stride() == s.product.in.size();
    planes<std::uint8_t const> const in = is_dense ? x.as(x.extent(0), 1, 1, x.stride()) : x;
    compute(run, int8_unit_forward<Out>{.x = in,
                                        .x_zero = s.given.zero,
                                        .prepared = ready.weights(s),
                                        .layout = s.layout,
                                        .starts = ready.starts(s),
                                        .factors = factors,
                                        .y = y,
                                        .y_zero = s.wanted.zero,
                                        .kernel = s.product.kernel,
                                        .stride = s.product.stride,
                                        .pad = s.product.pad,
                                        .rectified = s.rectified,
                                        .pooled = s.pooled});
}

/// x as bytes, in scratch memory.
template <class T, class Execution>
planes<std::uint8_t const> rounded_to_bytes(Execution& run, planes<T const> const& x, byte_scale const& scale) {
    auto const bytes = run.template scratch<std::uint8_t>(rounded_input{}, x.size());
    compute(run, byte_quantisation<T>{.x = x.flat(), .y = bytes, .scale = scale});
    return {bytes.data(), x.extents()};
}

/// Step i of stage j, which computes in int8, from x to y: places for scalars, in which bytes lie where the steps say so.
template <class T, class B>
void forward_int8_step(prepared_model<T, B, int8> const& ready, typename B::execution& run, std::size_t j, std::size_t i,
                       planes<T const> const& x, planes<T> const& y) {
    auto const& s = ready.at(j, i);
    planes<std::uint8_t const> const in =
        s.takes_bytes ? planes<std::uint8_t const>{bytes_at(const_cast<T*>(x.data())), x.extents()} : rounded_to_bytes(run, x, s.given);
    planes<std::uint8_t> const out{bytes_at(y.data()), y.extents()};
    if (s.product.out_channels == 0) return compute(run, channels_first<std::uint8_t>{.x = in, .y = out.rows()});
    if (s.gives_bytes) forward_int8_unit(ready, run, s, in, ready.factors(s), out);
    else forward_int8_unit(ready, run, s, in, ready.factors(s), y);
}

} // namespace mcfa
