// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/eigen/convolution/direct/pixel_source.hpp>
#include <mcfa/backend/eigen/convolution/micro/simd.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Where the pixels of a rectangle begin, `row` and `pixel` values apart.
template <class T>
struct pixel_grid {
    T* first;
    std::ptrdiff_t row, pixel;

    T* at(int r, int s) const { return first + r * row + s * pixel; }
};

/// The same with precomputed row addresses: a kernel that visits all pixels of a small rectangle needs few of them.
template <int Rows, class T>
struct grid_rows {
    T* row[Rows];
    std::ptrdiff_t pixel;

    [[gnu::always_inline]] grid_rows(T* first, std::ptrdiff_t next, std::ptrdiff_t next_pixel) : pixel(next_pixel) {
        row[0] = first;
#pragma GCC unroll 8
        for (int r = 1; r < Rows; ++r) row[r] = row[r - 1] + next;
    }
    [[gnu::always_inline]] T* at(int r, int s) const { return row[r] + s * pixel; }
};

/// Applied to a convolution's sums while they are in registers: y = pool(rectify(sum + bias)), each step optional.
template <class T>
struct epilogue {
    T const* bias = nullptr; ///< whole vectors, or null for zero
    bool rectified = false;
    bool pooled = false;            ///< 2x2 maximum, stride 2
    std::uint8_t* argmax = nullptr; ///< of the maxima, for the gradient; null if not needed

    /// Lower bound of a result.
    packet<T> floor() const { return broadcast(rectified ? T(0) : -std::numeric_limits<T>::infinity()); }

    /// Stores a tile of Side x Side pixels that hold one vector of channels, from `channel` on, with the bias added.
    template <int Side>
    [[gnu::always_inline]] inline void finish(packet<T> const (&value)[Side][Side], pixel_grid<T> const& to,
                                              pixel_grid<std::uint8_t> const& where, int channel) const {
        packet<T> const low = floor();
        auto const each = [&]<std::size_t... I>(std::index_sequence<I...>, auto const& body)
                              __attribute__((always_inline)) { (body(I), ...); };
        if (!pooled) {
            each(std::make_index_sequence<Side * Side>{}, [&](std::size_t i) __attribute__((always_inline)) {
                store(to.at(static_cast<int>(i) / Side, static_cast<int>(i) % Side) + channel, raised(value[i / Side][i % Side], low));
            });
            return;
        }
        constexpr std::size_t half = Side / 2;
        each(std::make_index_sequence<half * half>{}, [&](std::size_t i) __attribute__((always_inline)) {
            std::size_t const r = i / half, s = i % half;
            auto const &a = value[2 * r][2 * s], &b = value[2 * r][2 * s + 1], &c = value[2 * r + 1][2 * s],
                       &d = value[2 * r + 1][2 * s + 1];
            T* const at = to.at(static_cast<int>(r), static_cast<int>(s)) + channel;
            if (argmax) keep_argmax(a, b, c, d, at, where.at(static_cast<int>(r), static_cast<int>(s)) + channel);
            else store(at, raised(larger(larger(a, b), larger(c, d)), low));
        });
    }

    /// max(v, low); keeps NaN.
    [[gnu::always_inline]] static inline packet<T> raised(packet<T> const& v, packet<T> const& low) { return v < low ? low : v; }

private:
    [[gnu::always_inline]] static inline packet<T> larger(packet<T> const& a, packet<T> const& b) { return a > b ? a : b; }

    /// The first of equal maxima wins, and NaN before all, as in `arithmetic::exceeds`.
    [[gnu::always_inline]] inline void keep_argmax(packet<T> a, packet<T> b, packet<T> c, packet<T> d, T* to, std::uint8_t* where) const {
        using mask = std::remove_cvref_t<decltype(a > b)>;
        packet<T> best = a;
        mask place{};
        auto const consider = [&](packet<T> const& v, int number) __attribute__((always_inline)) {
            mask const taken = (v > best) | (v != v);
            best = taken ? v : best;
            place = taken ? number - mask{} : place;
        };
        consider(b, 1);
        consider(c, 2);
        consider(d, 3);
        if (rectified) {
            mask const cut = best <= T(0);
            best = raised(best, packet<T>{});
            place = cut ? static_cast<int>(arithmetic::no_argmax) - mask{} : place;
        }
        store(to, best);
        typedef std::uint8_t bytes __attribute__((vector_size(lanes<T>)));
        bytes const narrow = __builtin_convertvector(place, bytes);
        std::memcpy(where, &narrow, sizeof narrow);
    }
};

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
