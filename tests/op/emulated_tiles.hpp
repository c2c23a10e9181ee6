// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/tiles/configuration.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace mcfa::test {

/// Tiles as Intel defines them, in plain code: a policy for machines without AMX. What a processor would refuse throws.
class emulated_tiles {
public:
    explicit emulated_tiles(backend::eigen_engine::tile_configuration const& c) {
        demand(c.palette == 1 && c.start_row == 0, "palette");
        for (int t = 0; t < 16; ++t) {
            demand(t < 8 || (c.rows[t] == 0 && c.row_bytes[t] == 0), "tiles beyond eight");
            demand(c.rows[t] <= 16 && c.row_bytes[t] <= 64, "size of a tile");
            demand((c.rows[t] == 0) == (c.row_bytes[t] == 0), "empty tile");
            if (t < 8) all_[t].rows = c.rows[t], all_[t].row_bytes = c.row_bytes[t];
        }
        for (std::uint8_t const zero : c.reserved) demand(zero == 0, "reserved bytes");
        ++configured();
    }
    ~emulated_tiles() { --configured(); }
    emulated_tiles(emulated_tiles const&) = delete;
    emulated_tiles& operator=(emulated_tiles const&) = delete;

    /// Values that live on this thread.
    static int& configured() {
        static thread_local int count = 0;
        return count;
    }

    // With tiles by number, as a decoder of instructions has them.

    void zero(int tile) { std::memset(at(tile).bytes, 0, sizeof at(tile).bytes); }
    void load(int tile, void const* from, std::ptrdiff_t stride) {
        zero(tile);
        for (int r = 0; r < at(tile).rows; ++r)
            std::memcpy(all_[tile].bytes[r], static_cast<std::byte const*>(from) + r * stride,
                        static_cast<std::size_t>(all_[tile].row_bytes));
    }
    void store(int tile, void* to, std::ptrdiff_t stride) {
        for (int r = 0; r < at(tile).rows; ++r)
            std::memcpy(static_cast<std::byte*>(to) + r * stride, all_[tile].bytes[r], static_cast<std::size_t>(all_[tile].row_bytes));
    }
    /// TDPBF16PS: products of the first and of the second of pairs have a sum each, in fused steps.
    void add_pairs(int sum, int a, int b) {
        fits(sum, a, b);
        for (int m = 0; m < all_[sum].rows; ++m)
            for (int n = 0; n < all_[sum].row_bytes / 4; ++n) {
                float part[2] = {};
                for (int k = 0; k < all_[a].row_bytes / 4; ++k)
                    for (int i = 0; i < 2; ++i) part[i] = flushed(std::fma(half(a, m, 2 * k + i), half(b, k, 2 * n + i), part[i]));
                float value;
                std::memcpy(&value, all_[sum].bytes[m] + 4 * n, 4);
                value = flushed(flushed(value) + flushed(part[0] + part[1]));
                std::memcpy(all_[sum].bytes[m] + 4 * n, &value, 4);
            }
        clear_beyond(sum);
    }
    /// TDPBUSD
    void add_quads(int sum, int a, int b) { add_bytes<std::uint8_t, std::int8_t>(sum, a, b); }
    /// TDPBSUD
    void add_signed_quads(int sum, int a, int b) { add_bytes<std::int8_t, std::uint8_t>(sum, a, b); }

    // As the kernel has them.

    template <int Tile>
    void zero() {
        zero(Tile);
    }
    template <int Tile>
    void load(void const* from, std::ptrdiff_t stride) {
        load(Tile, from, stride);
    }
    template <int Tile>
    void store(void* to, std::ptrdiff_t stride) {
        store(Tile, to, stride);
    }
    template <int Sum, int A, int B>
    void add_pairs() {
        add_pairs(Sum, A, B);
    }
    template <int Sum, int A, int B>
    void add_quads() {
        add_quads(Sum, A, B);
    }
    template <int Sum, int A, int B>
    void add_signed_quads() {
        add_signed_quads(Sum, A, B);
    }

private:
    struct contents {
        int rows = 0, row_bytes = 0;
        unsigned char bytes[16][64] = {};
    };

    static void demand(bool holds, char const* what) {
        if (!holds) throw std::logic_error(what);
    }
    contents& at(int t) {
        demand(all_[t].rows > 0, "tile that is not configured");
        return all_[t];
    }
    void fits(int sum, int a, int b) const {
        demand(sum != a && sum != b && a != b, "one tile twice");
        demand(all_[sum].rows > 0 && all_[a].rows > 0 && all_[b].rows > 0, "tile that is not configured");
        demand(all_[sum].rows == all_[a].rows && all_[sum].row_bytes == all_[b].row_bytes && all_[a].row_bytes == 4 * all_[b].rows,
               "sizes of factors");
        demand(all_[sum].row_bytes % 4 == 0, "lanes");
    }
    /// A subnormal number is a zero of its sign.
    static float flushed(float v) { return std::abs(v) < std::numeric_limits<float>::min() ? std::copysign(0.0f, v) : v; }
    float half(int t, int row, int place) const {
        std::uint16_t bits;
        std::memcpy(&bits, all_[t].bytes[row] + 2 * place, 2);
        std::uint32_t const wide = static_cast<std::uint32_t>(bits) << 16;
        float v;
        std::memcpy(&v, &wide, 4);
        return flushed(v);
    }
    template <class A, class B>
    void add_bytes(int sum, int a, int b) {
        fits(sum, a, b);
        for (int m = 0; m < all_[sum].rows; ++m)
            for (int n = 0; n < all_[sum].row_bytes / 4; ++n) {
                std::uint32_t value; // wraps, as the sums of 32 bits do
                std::memcpy(&value, all_[sum].bytes[m] + 4 * n, 4);
                for (int k = 0; k < all_[a].row_bytes / 4; ++k)
                    for (int i = 0; i < 4; ++i)
                        value += static_cast<std::uint32_t>(static_cast<A>(all_[a].bytes[m][4 * k + i]) *
                                                            static_cast<B>(all_[b].bytes[k][4 * n + i]));
                std::memcpy(all_[sum].bytes[m] + 4 * n, &value, 4);
            }
        clear_beyond(sum);
    }
    void clear_beyond(int t) {
        for (int r = 0; r < 16; ++r) {
            int const kept = r < all_[t].rows ? all_[t].row_bytes : 0;
            std::memset(all_[t].bytes[r] + kept, 0, static_cast<std::size_t>(64 - kept));
        }
    }

    contents all_[8];
};

} // namespace mcfa::test
