// SPDX-License-Identifier: MIT
// Nets as ONNX files, beside what onnxruntime and OpenCV made of the same files; tests/golden/onnx_outputs.py.
#include "expect_error.hpp"
#include "onnx_files.hpp"
#include "scratch_folder.hpp"

#include <mcfa/backend/reference.hpp>
#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/io/save_onnx.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/prepared_model.hpp>
#include <mcfa/model/workspace.hpp>

#include <boost/test/unit_test.hpp>
#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(onnx_files)

namespace {

using model_type = model<onnx_nets::net, double, backend::reference>;
using onnx_nets::expect_close;
using onnx_nets::golden;
using onnx_nets::parsed;

model_type lively() { return onnx_nets::lively<double, backend::reference>(); }

} // namespace

BOOST_AUTO_TEST_CASE(a_net_is_written_as_the_file_that_was_compared) {
    scratch_folder folder;
    auto const m = lively();
    io::save_onnx(m, folder / "cascade.onnx");
    io::save_onnx_first_stage(m, folder / "first_stage.onnx");
    for (std::string const name : {"cascade", "first_stage"}) {
        auto const written = parsed(folder / (name + ".onnx"));
        ::onnx::checker::check_model(written);
        auto inferred = written;
        ::onnx::shape_inference::InferShapes(inferred, ::onnx::OpSchemaRegistry::Instance(), {true, 1});
        onnx_nets::expect_golden_graph(folder / (name + ".onnx"), "onnx_" + name + ".onnx");
    }
}

BOOST_AUTO_TEST_CASE(a_file_says_what_a_weights_file_says) {
    scratch_folder folder;
    auto const m = lively();
    io::save_onnx_first_stage(m, folder / "a.onnx", {{"note", "ours"}});
    std::map<std::string, std::string> said;
    auto const written = parsed(folder / "a.onnx");
    for (auto const& each : written.metadata_props()) said[each.key()] = each.value();
    auto expected = io::metadata_of(m);
    expected.insert({{"note", "ours"}, {"window", "12"}, {"stride", "4"}});
    BOOST_CHECK(said == expected);
    BOOST_CHECK_EQUAL(said["thresholds"], "0.1 0.2 0.3");
}

BOOST_AUTO_TEST_CASE(the_cascade_gives_what_other_runtimes_give) {
    auto const file = io::safetensors_file::read(golden + "onnx_outputs.safetensors");
    auto const m = lively();
    workspace<double, backend::reference> w{m, 3, purpose::inference};
    auto const stages = m.net().stages;
    for (std::size_t j = 0; j < stages.size(); ++j) {
        auto const windows = file.values<float>(std::string(stages[j].name));
        w.copy_in(w.input(j), windows.data(), windows.size());
    }
    forward(prepared_model{m}, w, 3);
    for (std::size_t j = 0; j < stages.size(); ++j)
        for (task_info const& task : m.net().tasks) {
            std::vector<double> found;
            for (std::size_t n = 0; n < 3; ++n)
                for (int i = 0; i < task.length; ++i)
                    found.push_back(
                        w.logits(j)[n * static_cast<std::size_t>(m.net().logits) + static_cast<std::size_t>(task.first_logit + i)]);
            expect_close(found, file, join({stages[j].name, ".", task.name}));
        }
}

BOOST_AUTO_TEST_CASE(the_first_stage_gives_on_a_plane_what_other_runtimes_give) {
    onnx_nets::expect_logits_on_the_plane<double>(lively(), "");
}

BOOST_AUTO_TEST_CASE(a_value_that_is_not_finite_is_named) {
    scratch_folder folder;
    auto m = lively();
    auto values = m.values();
    values[m.tensors()[1].first] = std::numeric_limits<double>::infinity();
    m.assign(values);
    expect_error<shape_error>([&] { io::save_onnx(m, folder / "a.onnx"); },
                              "tensor \"" + m.tensors()[1].name + "\": a value is not finite");
    BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_is_named) {
    scratch_folder folder;
    auto const m = lively();
    auto const nowhere = folder / "none" / "a.onnx";
    expect_error<file_error>([&] { io::save_onnx(m, nowhere); }, nowhere.string());
    std::filesystem::create_directory(folder / "b.onnx");
    expect_error<file_error>([&] { io::save_onnx(m, folder / "b.onnx"); }, "not a regular file");
}

BOOST_AUTO_TEST_CASE(a_model_of_another_net_is_refused) {
    scratch_folder folder;
    auto const m = lively();
    struct other : cascade<onnx_nets::tasks, onnx_nets::third> {};
    expect_error<option_error>([&] { io::save_onnx<other>(m, folder / "a.onnx"); }, "another net");
}

BOOST_AUTO_TEST_SUITE_END()
