// SPDX-License-Identifier: MIT
#pragma once

#include "fake_faces.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/train/training_folder.hpp>
#include <mcfa/weighting/any_policy.hpp>
#include <mcfa/weighting/harder_first.hpp>
#include <mcfa/weighting/uniform.hpp>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

/// A training of a tiny net in seconds, and what its files hold.
namespace mcfa::test {

namespace files = std::filesystem;

struct small : stage<input<6>, conv<4, conv_options{.bias = false}>, batch_norm, relu, dropout<20>, global_average_pool> {};
struct large : stage<input<8>, conv<4>, prelu, max_pool<2>, flatten, dense<6>, relu> {};
struct net : cascade<golden::tasks, small, large> {};
using net_model = model<net, float, backend::eigen>;
inline net_model fresh() { return net_model{seed{3}, backend::eigen{.threads = 1}}; }

struct folder {
    files::path path;
    folder() {
        auto pattern = (files::temp_directory_path() / "mcfa-train-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot create " + pattern);
        path = pattern;
    }
    folder(folder const&) = delete;
    ~folder() { files::remove_all(path); }
};

inline std::string content(files::path const& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline std::vector<nlohmann::json> log_of(files::path const& out) {
    std::vector<nlohmann::json> lines;
    std::ifstream stream(out / "log.jsonl");
    for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

inline training_options quick(int epochs = 4) { return {.epochs = epochs, .batch = 8, .rate = cosine_decay{}, .clip = 5}; }

inline sgd const rule{.rate = 0.05, .momentum = 0.9, .weight_decay = 1e-4};

inline std::vector<epoch_report> fit(net_model& m, training_options const& options, training_folder const& out,
                                     fake_faces const& source = {}, sgd r = rule,
                                     weighting::any_policy policy = weighting::harder_first{.rate = 0.1}) {
    trainer t{m, r, std::move(policy), no_report{}};
    return t.fit(source, fake_faces{.windows = 16, .key = 2}, options, out);
}

/// The same without files.
inline std::vector<epoch_report> fit(net_model& m, training_options const& options, fake_faces const& source = {}) {
    trainer t{m, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, no_report{}};
    return t.fit(source, fake_faces{.windows = 16, .key = 2}, options);
}

/// Every tensor of two checkpoints, the training's own among them, byte for byte.
inline void expect_same_tensors(files::path const& a, files::path const& b) {
    auto const left = io::safetensors_file::read(a), right = io::safetensors_file::read(b);
    BOOST_REQUIRE_EQUAL(left.tensors().size(), right.tensors().size());
    for (auto const& [name, tensor] : left.tensors()) BOOST_TEST((left.bytes(name) == right.bytes(name)), name);
    auto const state = [](auto const& file) { return nlohmann::json::parse(file.metadata_at("training")); };
    BOOST_TEST(state(left) == state(right));
}

} // namespace mcfa::test
