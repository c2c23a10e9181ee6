// SPDX-License-Identifier: MIT
// A net with a quantisation as ONNX files, beside what onnxruntime made of the same files; tests/golden/onnx_outputs.py.
#include "onnx_files.hpp"
#include "scratch_folder.hpp"

#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/core/array.hpp>
#include <mcfa/io/quantisation_text.hpp>
#include <mcfa/io/save_onnx.hpp>
#include <mcfa/model/calibrate.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/workspace.hpp>

#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(onnx_files_in_int8)

using namespace mcfa;
using onnx_nets::golden;
/// Sums of bytes are the same everywhere; between them floats differ in last digits, so that on another processor a byte may be the next one.
constexpr double allowed = 5e-3;
using narrow_model = model<onnx_nets::net, float, backend::eigen>;

io::safetensors_file outputs() { return io::safetensors_file::read(golden + "onnx_outputs.safetensors"); }

/// The windows of the golden outputs.
std::vector<array<float, 4>> windows() {
    auto const file = outputs();
    std::vector<array<float, 4>> all;
    for (auto const& stage : onnx_nets::net::stages) {
        auto const side = static_cast<std::size_t>(stage.side);
        auto const values = file.values<float>(std::string(stage.name));
        std::ranges::copy(values, all.emplace_back(array<float, 4>::from_shape({3, side, side, 3})).begin());
    }
    return all;
}

/// With the quantisation of the golden file, or where that is written a new one; the second layer stays in float.
narrow_model quantised() {
    auto m = onnx_nets::lively<float, backend::eigen>();
    quantisation q;
    if (onnx_nets::written_to()) {
        q = calibrate(m, windows(), {.least_signal_to_noise = 0});
        q.layers[1].in_float = true;
    } else {
        auto const file = onnx_nets::parsed(golden + "onnx_int8_cascade.onnx");
        for (auto const& said : file.metadata_props())
            if (said.key() == io::quantisation_key) BOOST_REQUIRE(!io::read_quantisation(said.value(), "golden", q));
    }
    m.set_quantisation(q);
    return m;
}

/// Logits of all stages, by task; their names begin with `begin`.
template <class Stored>
std::map<std::string, std::vector<float>> logits_of(narrow_model const& m, std::string const& begin) {
    prepared_model<float, backend::eigen, Stored> const ready{m, 3};
    workspace_for<float, backend::eigen, Stored> w{m, 3, purpose::inference};
    auto const given = windows();
    for (std::size_t j = 0; j < given.size(); ++j) w.load(j, given[j], 3);
    forward(ready, w, 3);
    std::map<std::string, std::vector<float>> all;
    for (std::size_t j = 0; j < given.size(); ++j)
        for (task_info const& task : m.net().tasks)
            for (std::size_t n = 0; n < 3; ++n) {
                auto const* const row =
                    w.logits(j) + n * static_cast<std::size_t>(m.net().logits) + static_cast<std::size_t>(task.first_logit);
                auto& to = all[join({begin, m.net().stages[j].name, ".", task.name})];
                to.insert(to.end(), row, row + task.length);
            }
    return all;
}

std::ptrdiff_t count_of(onnx::ModelProto const& file, std::string const& op) {
    return std::ranges::count_if(file.graph().node(), [&](auto const& node) { return node.op_type() == op; });
}

BOOST_AUTO_TEST_CASE(a_net_is_written_as_the_file_that_was_compared) {
    scratch_folder folder;
    auto const m = quantised();
    io::save_onnx(m, folder / "cascade.onnx");
    io::save_onnx_first_stage(m, folder / "first_stage.onnx");
    for (std::string const name : {"cascade", "first_stage"}) {
        auto written = onnx_nets::parsed(folder / (name + ".onnx"));
        onnx::checker::check_model(written);
        onnx::shape_inference::InferShapes(written, onnx::OpSchemaRegistry::Instance(), {true, 1});
        onnx_nets::expect_golden_graph(folder / (name + ".onnx"), "onnx_int8_" + name + ".onnx");
    }
}

/// Each layer in int8 has bytes for its input, and no other layer; normalisations behind such are part of them.
BOOST_AUTO_TEST_CASE(layers_in_float_are_written_so) {
    scratch_folder folder;
    auto m = quantised();
    auto q = m.quantisation();
    auto const layers = static_cast<std::ptrdiff_t>(q.layers.size());
    auto const written = [&] {
        io::save_onnx(m, folder / "a.onnx");
        return onnx_nets::parsed(folder / "a.onnx");
    };
    auto const norms = count_of(written(), "BatchNormalization");
    BOOST_TEST(count_of(written(), "QuantizeLinear") == layers - 1);
    BOOST_TEST(count_of(written(), "DequantizeLinear") == 3 * (layers - 1));
    q.layers[0].in_float = true; // the convolution with a normalisation behind it
    m.set_quantisation(q);
    BOOST_TEST(count_of(written(), "QuantizeLinear") == layers - 2);
    BOOST_TEST(count_of(written(), "BatchNormalization") == norms + 1);
    m.set_quantisation({});
    BOOST_TEST(count_of(written(), "QuantizeLinear") == 0);
    BOOST_TEST(count_of(written(), "Conv") + count_of(written(), "Gemm") > layers);
}

BOOST_AUTO_TEST_CASE(the_cascade_gives_what_onnxruntime_gives) {
    auto const m = quantised();
    auto const file = outputs();
    for (auto const& [name, found] : logits_of<int8>(m, "int8.")) onnx_nets::expect_close(found, file, name, allowed);
}

BOOST_AUTO_TEST_CASE(the_first_stage_gives_on_a_plane_what_onnxruntime_gives) {
    onnx_nets::expect_logits_on_the_plane<int8>(quantised(), "int8.", allowed);
}

/// So the bound above sees whether it was computed in int8.
BOOST_AUTO_TEST_CASE(floats_are_further_away) {
    auto const file = outputs();
    double furthest = 0;
    for (auto const& [name, found] : logits_of<float>(quantised(), "int8.")) {
        auto const expected = file.values<float>(name);
        for (std::size_t i = 0; i < found.size(); ++i) furthest = std::max(furthest, std::abs(static_cast<double>(found[i] - expected[i])));
    }
    BOOST_TEST(furthest > 1e-2);
}

BOOST_AUTO_TEST_SUITE_END()
