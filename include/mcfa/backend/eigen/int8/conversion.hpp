// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/int8/quads.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/op/int8.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace mcfa {

template <>
struct kernel<byte_quantisation<float>, backend::eigen> {
    static void run(backend::eigen::execution& run, byte_quantisation<float> const& p) {
        using namespace backend::eigen_engine;
        float const share = 1 / p.scale.scale, low = static_cast<float>(-p.scale.zero), high = static_cast<float>(255 - p.scale.zero);
        backend::launch_chunks(run, p.x.size(), [&](std::size_t first, std::size_t last) {
            packet<float> const least = broadcast(low), most = broadcast(high), zeros{};
            for (; first + lanes<float> <= last; first += lanes<float>) {
                packet<float> v = load(p.x.data() + first) * share;
                v = v != v ? zeros : v;
                v = v < least ? least : v;
                v = v > most ? most : v;
                store_bytes(p.y.data() + first, rounded(v) + p.scale.zero);
            }
            for (; first < last; ++first) {
                float const v = p.x[first] * share;
                p.y[first] = static_cast<std::uint8_t>((v != v ? 0 : std::lrint(std::min(std::max(v, low), high))) + p.scale.zero);
            }
        });
    }
};

template <>
struct kernel<byte_widening<float>, backend::eigen> {
    static void run(backend::eigen::execution& run, byte_widening<float> const& p) {
        using namespace backend::eigen_engine;
        backend::launch_chunks(run, p.x.size(), [&](std::size_t first, std::size_t last) {
            for (; first + lanes<float> <= last; first += lanes<float>)
                store(p.y.data() + first,
                      __builtin_convertvector(load_bytes(p.x.data() + first) - p.scale.zero, packet<float>) * p.scale.scale);
            for (; first < last; ++first) p.y[first] = static_cast<float>(p.x[first] - p.scale.zero) * p.scale.scale;
        });
    }
};

} // namespace mcfa
