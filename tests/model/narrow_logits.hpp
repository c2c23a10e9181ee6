// SPDX-License-Identifier: MIT
#pragma once

#include "tiny_net.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/prepared_model.hpp>
#include <mcfa/model/workspace.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace mcfa::test {

/// Logits of all stages, in the arithmetic `Stored`.
template <class Stored, class Net>
std::vector<float> logits_in(model<Net, float, backend::eigen> const& m, std::vector<array<float, 4>> const& windows, std::size_t count,
                             int threads) {
    prepared_model<float, backend::eigen, Stored> const ready{m, count};
    workspace_for<float, backend::eigen, Stored> w{m, count, purpose::inference};
    w.run.use(threads);
    load_all(w, windows, count);
    forward(ready, w, count);
    std::vector<float> all;
    for (std::size_t j = 0; j < Net::count; ++j) {
        auto const stage = w.logits(j, count);
        all.insert(all.end(), stage.begin(), stage.end());
    }
    return all;
}

/// The largest difference over the largest magnitude expected; NaN where a value is none.
inline double difference(std::vector<float> const& expected, std::vector<float> const& found) {
    double largest = 0, furthest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        double const error = std::abs(static_cast<double>(expected[i]) - static_cast<double>(found[i]));
        largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
        furthest = error <= furthest ? furthest : error; // NaN wins
    }
    return furthest / largest;
}

} // namespace mcfa::test
