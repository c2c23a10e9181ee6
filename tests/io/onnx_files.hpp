// SPDX-License-Identifier: MIT
#pragma once

#include "onnx_nets.hpp"

#include <mcfa/core/message.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/detect/propose/plane_pass.hpp>
#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/prepared_model.hpp>

#include <boost/test/unit_test.hpp>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

namespace onnx_nets {

inline std::string const golden = MCFA_GOLDEN_DIR "/";

/// Of every tensor other values than those of an untrained net: statistics and slopes too.
template <class T, class B>
mcfa::model<net, T, B> lively() {
    mcfa::model<net, T, B> m{mcfa::seed{7}};
    auto values = m.values();
    mcfa::random_stream random{11};
    for (auto const& t : m.tensors())
        for (std::size_t i = 0; i < t.size(); ++i) {
            T& v = values[t.first + i];
            if (t.spec.deviation == 0.01) v *= 40; // heads
            else if (t.spec.deviation == 0) v = static_cast<T>(static_cast<double>(v) + 0.3 * (random.unit() - 0.3));
        }
    m.assign(values);
    m.set_detection_thresholds({0.1, 0.2, 0.3});
    return m;
}

inline onnx::ModelProto parsed(std::filesystem::path const& file) {
    onnx::ModelProto found;
    std::ifstream in(file, std::ios::binary);
    BOOST_REQUIRE(found.ParseFromIstream(&in));
    return found;
}

/// Where the tests write their files rather than compare them, if anywhere.
inline char const* written_to() { return std::getenv("MCFA_WRITE_ONNX"); }

/// Compares the graph of a file with that of the golden one of this name, or puts it in its place.
inline void expect_golden_graph(std::filesystem::path const& file, std::string const& name) {
    auto const found = parsed(file);
    if (auto const* const to = written_to())
        std::filesystem::copy_file(file, std::filesystem::path(to) / name, std::filesystem::copy_options::overwrite_existing);
    else BOOST_CHECK(found.graph().SerializeAsString() == parsed(golden + name).graph().SerializeAsString());
}

template <class T>
void expect_close(std::vector<T> const& found, mcfa::io::safetensors_file const& file, std::string const& name, double allowed = 1e-5) {
    auto const expected = file.values<T>(name);
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST(std::abs(static_cast<double>(found[i]) - static_cast<double>(expected[i])) < allowed, name << " " << i);
}

/// Compares a first stage's logits on the golden plane, in the arithmetic `Stored`, with the golden ones whose names begin so.
template <class Stored, class Model>
void expect_logits_on_the_plane(Model const& m, std::string const& begin, double allowed = 1e-5) {
    using T = typename Model::scalar;
    auto const file = mcfa::io::safetensors_file::read(golden + "onnx_outputs.safetensors");
    mcfa::prepared_model<T, typename Model::backend_type, Stored> const ready{m, 1, mcfa::weights_form::fast,
                                                                              mcfa::first_stage_sees::planes};
    mcfa::detect::plane_pass<Model, Stored> pass{ready};
    auto const plane = file.values<T>("plane");
    auto const feature = pass(plane.data(), {3, 29, 38});
    auto const values = m.values();
    auto const& stage = m.net().stages[0];
    auto const length = static_cast<std::size_t>(stage.feature);
    for (mcfa::task_info const& task : m.net().tasks) {
        std::vector<T> found;
        for (std::size_t place = 0; place < static_cast<std::size_t>(feature.size.pixels()); ++place)
            for (std::size_t i = 0; i < static_cast<std::size_t>(task.length); ++i) {
                std::size_t const row = static_cast<std::size_t>(task.first_logit) + i;
                found.push_back(std::inner_product(feature.values + place * length, feature.values + (place + 1) * length,
                                                   values.begin() + static_cast<std::ptrdiff_t>(stage.first_head_weight + row * length),
                                                   values[stage.first_head_bias + row]));
            }
        expect_close(found, file, mcfa::join({begin, "plane.", task.name}), allowed);
    }
}

} // namespace onnx_nets
