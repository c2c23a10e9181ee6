// SPDX-License-Identifier: MIT
// Whole training steps against PyTorch: every parameter and statistic after one step and after three. tests/golden/joint_step.py.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/backend/reference.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <tuple>
#ifdef MCFA_LAWS_ON_GPU
#include <mcfa/backend/cuda.hpp>
#endif
#include "golden_net.hpp"

#include <mcfa/io/json/json.hpp>
#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/fixed.hpp>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(train_joint_step)

namespace {

struct recorded {
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

template <class T, class B, class Optimiser>
void expect_steps(recorded const& from, std::string const& name, Optimiser rule, double tolerance) {
    model<golden::net, T, B> m{seed{1}};
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

} // namespace

BOOST_AUTO_TEST_CASE(joint_steps_are_those_of_pytorch) {
    recorded const from;
    auto const& s = from.settings["sgd"];
    auto const& a = from.settings["adamw"];
    sgd const momentum{s["lr"], s["momentum"], s["weight_decay"]};
    adamw const adaptive{a["lr"], a["betas"][0], a["betas"][1], a["eps"], a["weight_decay"]};
#ifdef MCFA_LAWS_ON_GPU
    expect_steps<double, backend::cuda>(from, "sgd", momentum, 1e-12);
    expect_steps<float, backend::cuda>(from, "sgd", momentum, 1e-5);
    expect_steps<float, backend::cuda>(from, "adamw", adaptive, 1e-3);
#else
    expect_steps<double, backend::reference>(from, "sgd", momentum, 1e-12);
    expect_steps<double, backend::reference>(from, "adamw", adaptive, 1e-9); // a gradient of nearly 0 is divided by itself
    expect_steps<float, backend::reference>(from, "sgd", momentum, 1e-5);
    expect_steps<float, backend::eigen>(from, "sgd", momentum, 1e-5);
    expect_steps<float, backend::eigen>(from, "adamw", adaptive, 1e-3);
    expect_steps<double, backend::emulated_device>(from, "sgd", momentum, 1e-12);
    expect_steps<double, backend::emulated_device>(from, "adamw", adaptive, 1e-9);
    expect_steps<float, backend::emulated_device>(from, "sgd", momentum, 1e-5);
#endif
}

BOOST_AUTO_TEST_SUITE_END()
