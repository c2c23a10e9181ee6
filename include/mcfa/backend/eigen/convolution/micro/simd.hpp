// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/vector_width.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Architectural vector registers; the micro-kernel's tile is cut to fit them.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr int vector_registers = 32;
#else
inline constexpr int vector_registers = 16;
#endif

template <class T>
struct packet_of {
    typedef T type __attribute__((vector_size(vector_bytes)));
};

/// One register of `T`; arithmetic operators work lane by lane, also with a scalar on one side.
template <class T>
using packet = typename packet_of<T>::type;

template <class T>
inline constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));

/// `n` rounded up to whole vectors.
template <class T>
constexpr int whole_vectors(int n) {
    return (n + lanes<T> - 1) / lanes<T> * lanes<T>;
}

// All are always inlined: a vector passed by address to a call, and with it a kernel's accumulators, would be kept in memory.

template <class T>
[[gnu::always_inline]] inline packet<T> load(T const* from) {
    packet<T> v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

template <class T>
[[gnu::always_inline]] inline void store(T* to, packet<T> const& v) {
    std::memcpy(to, &v, sizeof v);
}

/// `value` in every lane.
template <class T>
[[gnu::always_inline]] inline packet<T> broadcast(T value) {
    return value - packet<T>{};
}

/// The first `count` elements (fewer than a vector), the other lanes zero; reads nothing beyond them.
template <class T>
[[gnu::always_inline]] inline packet<T> load_first(T const* from, int count) {
    T part[lanes<T>] = {};
    for (int i = 0; i < lanes<T>; ++i)
        if (i < count) part[i] = from[i];
    return load(part);
}

template <class T>
[[gnu::always_inline]] inline void store_first(T* to, packet<T> const& v, int count) {
    T part[lanes<T>];
    store(part, v);
    for (int i = 0; i < lanes<T>; ++i)
        if (i < count) to[i] = part[i];
}

/// Sum of the lanes, in an order that depends only on the vector width.
template <class T>
[[gnu::always_inline]] inline T sum_of_lanes(packet<T> const& v) {
    T part[lanes<T>];
    std::memcpy(part, &v, sizeof v);
    for (int width = lanes<T> / 2; width > 0; width /= 2)
        for (int i = 0; i < width; ++i) part[i] += part[i + width];
    return part[0];
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
