// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/bfloat16/pairs.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/op/dense.hpp>

#include <cstddef>

namespace mcfa {

template <>
struct kernel<conversion<float, bfloat16>, backend::eigen> {
    static void run(backend::eigen::execution& run, conversion<float, bfloat16> const& p) {
        using namespace backend::eigen_engine;
        backend::launch_chunks(run, p.x.size(), [&](std::size_t first, std::size_t last) {
            for (; first + lanes<float> <= last; first += lanes<float>) store_narrow(p.y.data() + first, load(p.x.data() + first));
            for (; first < last; ++first) p.y[first] = bfloat16(p.x[first]);
        });
    }
};

template <>
struct kernel<conversion<bfloat16, float>, backend::eigen> {
    static void run(backend::eigen::execution& run, conversion<bfloat16, float> const& p) {
        using namespace backend::eigen_engine;
        backend::launch_chunks(run, p.x.size(), [&](std::size_t first, std::size_t last) {
            for (; first + lanes<float> <= last; first += lanes<float>) store(p.y.data() + first, load_wide(p.x.data() + first));
            for (; first < last; ++first) p.y[first] = static_cast<float>(p.x[first]);
        });
    }
};

} // namespace mcfa
