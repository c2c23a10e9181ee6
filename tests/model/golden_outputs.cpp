// SPDX-License-Identifier: MIT
// Weights that PyTorch wrote, its windows and its logits. tests/golden/model_outputs.py.
#include "../train/golden_net.hpp"
#include "tiny_net.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/safetensors/writer.hpp>
#include <mcfa/io/save.hpp>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

using namespace mcfa;

namespace {

std::string const golden_folder = MCFA_GOLDEN_DIR "/";

template <class T, class B>
void load_windows(workspace<T, B>& w, io::safetensors_file const& from) {
    for (std::size_t j = 0; j < 2; ++j) {
        auto const values = from.values<float>(std::string(golden::net::stages[j].name));
        w.copy_in(w.input(j), values.data(), values.size());
    }
}

template <class T, class B>
void expect_outputs(double tolerance) {
    auto const from = io::safetensors_file::read(golden_folder + "model_outputs.safetensors");
    model<golden::net, T, B> m{seed{1}};
    io::load(m, golden_folder + "model_outputs_weights.safetensors");
    workspace<T, B> w(m, 3, purpose::inference);
    load_windows(w, from);
    forward(prepared_model{m}, w, 3);
    for (std::size_t j = 0; j < 2; ++j)
        for (auto const& task : golden::tasks::info) {
            std::string const name = std::string(golden::net::stages[j].name) + "." + std::string(task.name);
            auto const expected = from.values<double>(name);
            for (std::size_t i = 0; i < expected.size(); ++i) {
                auto const length = static_cast<std::size_t>(task.length), first = static_cast<std::size_t>(task.first_logit);
                T const found = w.logits(j)[i / length * static_cast<std::size_t>(golden::tasks::length) + first + i % length];
                BOOST_TEST(std::abs(static_cast<double>(found) - expected[i]) < tolerance,
                           name << " " << i << ": " << found << " for " << expected[i]);
            }
        }
}

} // namespace

BOOST_AUTO_TEST_SUITE(model_golden)

BOOST_AUTO_TEST_CASE(weights_from_pytorch_give_its_outputs) {
    expect_outputs<double, backend::reference>(1e-12);
    expect_outputs<float, backend::eigen>(1e-5);
}

/// Runs where MCFA_PYTHON names an interpreter with torch and safetensors.
BOOST_AUTO_TEST_CASE(weights_of_ours_give_our_outputs_in_pytorch) {
    char const* const python = std::getenv("MCFA_PYTHON");
    if (!python) {
        BOOST_TEST_MESSAGE("skipped: MCFA_PYTHON is not set");
        return;
    }
    model<golden::net, float, backend::eigen> m{seed{6}};
    test::disturb(m, 7);
    workspace<float, backend::eigen> w(m, 3, purpose::inference);
    load_windows(w, io::safetensors_file::read(golden_folder + "model_outputs.safetensors"));
    forward(prepared_model{m}, w, 3);
    auto const folder = std::filesystem::temp_directory_path() / ("mcfa-outputs-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    io::save(m, folder / "weights.safetensors");
    io::safetensors_writer outputs;
    auto const length = static_cast<std::size_t>(golden::tasks::length);
    for (std::size_t j = 0; j < 2; ++j) {
        auto const& stage = golden::net::stages[j];
        std::vector<float> const windows(w.input(j), w.input(j) + 3 * stage.input.size());
        outputs.add(std::string(stage.name), io::dtype::f32, {3, stage.side, stage.side, 3}, windows);
        for (auto const& task : golden::tasks::info) {
            std::vector<float> own;
            for (std::size_t n = 0; n < 3; ++n) {
                float const* const row = w.logits(j) + n * length + static_cast<std::size_t>(task.first_logit);
                own.insert(own.end(), row, row + task.length);
            }
            outputs.add(std::string(stage.name) + "." + std::string(task.name), io::dtype::f32, {3, task.length}, own);
        }
    }
    outputs.write(folder / "outputs.safetensors");
    std::string const command = std::string(python) + " " + golden_folder + "model_outputs.py --check " +
                                (folder / "weights.safetensors").string() + " " + (folder / "outputs.safetensors").string();
    BOOST_TEST(std::system(command.c_str()) == 0);
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()
