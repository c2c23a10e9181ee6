// SPDX-License-Identifier: MIT
#pragma once

#include "golden_net.hpp"

#include <mcfa/io/json/json.hpp>
#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/fixed.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

/// Whole training steps as PyTorch computes them, recorded by tests/golden/joint_step.py.
namespace mcfa::golden {

struct recorded_steps {
    io::safetensors_file file = io::safetensors_file::read(MCFA_GOLDEN_DIR "/joint_step.safetensors");
    nlohmann::json settings = nlohmann::json::parse(file.metadata_at("settings"));

    template <std::size_t Rank>
    array<float, Rank> tensor(std::string const& name) const {
        std::array<std::size_t, Rank> shape;
        std::copy_n(file.at(name).shape.begin(), Rank, shape.begin());
        array<float, Rank> result(shape);
        auto const values = file.values<float>(name);
        std::copy(values.begin(), values.end(), result.begin());
        return result;
    }
    batch batch_of(int step) const {
        std::string const prefix = "batch" + std::to_string(step) + "/";
        batch b{0, {tensor<4>(prefix + "small"), tensor<4>(prefix + "large")}, tensor<2>(prefix + "targets"), tensor<2>(prefix + "masks")};
        b.size = b.targets.shape()[0];
        return b;
    }
};

/// Every parameter and statistic after one step and after three.
template <class T, class B, class Optimiser>
void expect_steps(recorded_steps const& from, std::string const& name, Optimiser rule, double tolerance) {
    model<net, T, B> m{seed{1}};
    std::vector<T> values(m.size());
    for (auto const& tensor : m.tensors()) {
        auto const own = from.file.template values<T>("initial/" + tensor.name);
        BOOST_REQUIRE_EQUAL(own.size(), tensor.size());
        std::copy(own.begin(), own.end(), values.begin() + static_cast<std::ptrdiff_t>(tensor.first));
    }
    m.assign(values);
    weighting::fixed const policy{from.settings["weights"].get<std::vector<double>>()};
    auto const scales = from.settings["scales"].get<std::map<std::string, double>>();
    double const clip = from.settings["clip"];
    auto const norms = from.file.values<double>(name + "/norms");
    training_step<T, B, Optimiser, weighting::fixed> step(m, rule, policy, 4, scales, clip, seed{1});
    for (int i = 0; i < 3; ++i) {
        step.run(from.batch_of(i), 1);
        double const norm = norms[static_cast<std::size_t>(i)];
        BOOST_TEST(std::abs(step.gradient_norm() - norm) < 100 * tolerance * norm);
        if (i == 1) continue;
        auto const found = m.values();
        for (auto const& tensor : m.tensors()) {
            auto const expected = from.file.values<double>(name + std::to_string(i + 1) + "/" + tensor.name);
            double worst = 0;
            for (std::size_t k = 0; k < tensor.size(); ++k) {
                double const off = std::abs(static_cast<double>(found[tensor.first + k]) - expected[k]);
                worst = std::isfinite(off) ? std::max(worst, off) : 1e9;
            }
            BOOST_TEST(worst < tolerance, name << ", step " << i + 1 << ", " << tensor.name << ": off by " << worst);
        }
    }
}

} // namespace mcfa::golden
