// SPDX-License-Identifier: MIT
// Weights files: a model comes back as it was, and a file that does not fit changes nothing.
#include "expect_error.hpp"
#include "tiny_net.hpp"

#include <mcfa/backend/reference.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/save.hpp>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

namespace {

template <class Net>
using plain_model = model<Net, float, backend::reference>;

/// The same stages with other attributes, fewer attributes, a wider last stage, or one stage less.
struct other_order : attributes<"Eyeglasses", "Smiling", "Wearing_Hat"> {};
struct reordered_net : cascade<heads<face_class, face_box, landmarks<5>, other_order>, small, large> {};
namespace wider {
struct large : stage<input<12>, conv<3, conv_options{.kernel = 5, .pad = 0}>, relu, average_pool<2>, flatten, dense<7>, batch_norm, prelu> {
};
} // namespace wider
struct wider_net : cascade<tasks, small, wider::large> {};
struct short_net : cascade<tasks, small> {};

struct file_of_its_own {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("mcfa-model-" + std::to_string(::getpid()) + ".safetensors");
    ~file_of_its_own() { std::filesystem::remove(path); }
};

template <class Net>
void expect_refusal(std::filesystem::path const& path, std::string const& part) {
    plain_model<Net> m{seed{8}};
    auto const before = m.values();
    expect_error<file_error>([&] { io::load(m, path); }, part);
    auto const loaded = io::try_load(m, path);
    BOOST_REQUIRE(!loaded);
    BOOST_TEST(std::string(loaded.error().what()).find(part) != std::string::npos);
    BOOST_TEST(m.values() == before);
}

} // namespace

BOOST_AUTO_TEST_SUITE(model_file)

BOOST_AUTO_TEST_CASE(a_model_comes_back_bit_for_bit) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}}, back{seed{4}};
    disturb(m, 5);
    io::save(m, file.path, {{"epoch", "7"}});
    io::load(back, file.path);
    BOOST_TEST(back.values() == m.values());
    model<tiny_net, double, backend::reference> wide{seed{4}};
    io::load(wide, file.path);
    auto const narrow = m.values();
    BOOST_TEST(wide.values() == std::vector<double>(narrow.begin(), narrow.end()));
    auto const metadata = io::safetensors_file::read(file.path).metadata();
    BOOST_TEST(metadata.at("attributes") == "Smiling Eyeglasses Wearing_Hat");
    BOOST_TEST(metadata.at("net") == "small 8 px, feature 5; large 12 px, feature 11");
    BOOST_TEST(metadata.at("epoch") == "7");
}

BOOST_AUTO_TEST_CASE(a_file_of_another_net_is_refused_by_tensor) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}};
    io::save(m, file.path);
    expect_refusal<wider_net>(file.path, "\"large.dense2.weight\": expected [7, 48], found [6, 48]");
    expect_refusal<short_net>(file.path, "\"large.attributes.bias\" is not part of the net (small 8 px, feature 5)");
    expect_refusal<reordered_net>(file.path,
                                  "attributes are 'Smiling Eyeglasses Wearing_Hat', the net has 'Eyeglasses Smiling Wearing_Hat'");
    plain_model<short_net> part{seed{3}};
    io::save(part, file.path);
    expect_refusal<tiny_net>(file.path, "\"large.conv1.weight\": is missing");
}

BOOST_AUTO_TEST_CASE(values_that_are_not_numbers_are_refused) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}};
    auto values = m.values();
    io::safetensors_writer writer;
    for (auto const& tensor : m.tensors()) {
        auto const own = std::span(values).subspan(tensor.first, tensor.size());
        if (tensor.name == "large.bn2.bias") own[2] = std::numeric_limits<float>::quiet_NaN();
        writer.add(tensor.name, io::dtype::f32, tensor.dims(), std::as_bytes(own)); // bytes are taken unseen
    }
    writer.write(file.path);
    expect_refusal<tiny_net>(file.path, "\"large.bn2.bias\": value 2 is nan");
    m.assign(values);
    expect_error<error>([&] { io::save(m, file.path); }, "large.bn2.bias");
}

BOOST_AUTO_TEST_CASE(thresholds_of_attributes_come_back_with_the_model) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}}, back{seed{4}};
    std::vector<double> const thresholds{0.1, 0.328125, 1};
    m.set_attribute_thresholds(thresholds);
    io::save(m, file.path);
    BOOST_TEST(io::safetensors_file::read(file.path).metadata_at("attribute_thresholds") == "0.1 0.328125 1");
    io::load(back, file.path);
    BOOST_TEST(back.attribute_thresholds() == thresholds);
    m.set_attribute_thresholds({});
    io::save(m, file.path);
    BOOST_TEST(!io::safetensors_file::read(file.path).metadata().contains("attribute_thresholds"));
    io::load(back, file.path);
    BOOST_TEST(back.attribute_thresholds().empty());
}

BOOST_AUTO_TEST_CASE(thresholds_that_do_not_fit_the_net_are_refused) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}};
    auto const refused = [&](std::string const& text, std::string const& part) {
        io::save(m, file.path, {{"attribute_thresholds", text}});
        expect_refusal<tiny_net>(file.path, part);
    };
    refused("0.5 0.5", "metadata attribute_thresholds has 2 numbers, the net has 3 attributes");
    refused("0.5 0.5 1.5", "metadata attribute_thresholds is '0.5 0.5 1.5', expected numbers from 0 to 1");
    refused("0.5 much 0.5", "expected numbers from 0 to 1");
    expect_error<option_error>([&] { m.set_attribute_thresholds({0.5}); }, "the net has 3 attributes, given 1");
    expect_error<option_error>([&] { m.set_attribute_thresholds({0.5, 0.5, -1}); }, "-1 is not a probability");
}

BOOST_AUTO_TEST_CASE(thresholds_of_detection_come_back_with_the_model_and_must_fit_its_stages) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}}, back{seed{4}};
    std::vector<double> const thresholds{0.9, 0.25};
    m.set_detection_thresholds(thresholds);
    io::save(m, file.path);
    BOOST_TEST(io::safetensors_file::read(file.path).metadata_at("thresholds") == "0.9 0.25");
    io::load(back, file.path);
    BOOST_TEST(back.detection_thresholds() == thresholds);
    m.set_detection_thresholds({});
    io::save(m, file.path);
    io::load(back, file.path);
    BOOST_TEST(back.detection_thresholds().empty());
    io::save(m, file.path, {{"thresholds", "0.5 0.5 0.5"}});
    expect_refusal<tiny_net>(file.path, "metadata thresholds has 3 numbers, the net has 2 stages");
    expect_error<option_error>([&] { m.set_detection_thresholds({0.5}); }, "detection thresholds: the net has 2 stages, given 1");
    expect_error<option_error>([&] { m.set_detection_thresholds({0.5, 2}); }, "detection thresholds: 2 is not a probability");
}

BOOST_AUTO_TEST_CASE(the_quantisation_comes_back_with_the_model) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}}, back{seed{4}};
    quantisation const q{{{"small.conv1", {0.0078125f, 127}, 41.5, false},
                          {"small.conv2", {1e-20f, 0}, std::numeric_limits<double>::infinity(), false},
                          {"large.conv1", {0.1f, 255}, -3.25, true},
                          {"large.dense2", {3e8f, 12}, 20, false}}};
    m.set_quantisation(q);
    io::save(m, file.path);
    BOOST_TEST(io::safetensors_file::read(file.path).metadata_at("int8") == "small.conv1 0.0078125 127 41.5 int8\n"
                                                                            "small.conv2 1e-20 0 inf int8\n"
                                                                            "large.conv1 0.1 255 -3.25 float\n"
                                                                            "large.dense2 3e+08 12 20 int8\n");
    io::load(back, file.path);
    BOOST_TEST((back.quantisation() == q));
    m.set_quantisation({});
    io::save(m, file.path);
    BOOST_TEST(!io::safetensors_file::read(file.path).metadata().contains("int8"));
    io::load(back, file.path);
    BOOST_TEST(back.quantisation().empty());
}

BOOST_AUTO_TEST_CASE(a_quantisation_that_does_not_fit_the_net_is_refused) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}};
    std::string const begin = "small.conv1 0.1 0 30 int8\nsmall.conv2 0.1 0 30 int8\nlarge.conv1 0.1 0 30 int8\n";
    auto const refused = [&](std::string const& text, std::string const& part) {
        io::save(m, file.path, {{"int8", text}});
        expect_refusal<tiny_net>(file.path, part);
    };
    refused(begin, "metadata int8 has 3 layers, the net has 4");
    refused(begin + "large.dense3 0.1 0 30 int8", "metadata int8 has layer \"large.dense3\" where the net has \"large.dense2\"");
    for (std::string const line : {"large.dense2 0 0 30 int8", "large.dense2 -1 0 30 int8", "large.dense2 nan 0 30 int8",
                                   "large.dense2 0.1 256 30 int8", "large.dense2 0.1 -1 30 int8", "large.dense2 0.1 0 nan int8",
                                   "large.dense2 0.1 0 30 int16", "large.dense2 0.1 0 30", "large.dense2 0.1 0.5 30 int8", "", "int8"})
        refused(begin + line + "\n", "metadata int8 has the line '" + line + "', expected a layer's name");
}

BOOST_AUTO_TEST_CASE(tensors_of_training_are_ignored) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}}, back{seed{4}};
    io::safetensors_writer writer;
    io::add_model(writer, m);
    writer.add("training.moment1", io::dtype::f32, {2}, std::vector<float>{1, 2});
    writer.write(file.path);
    io::load(back, file.path);
    BOOST_TEST(back.values() == m.values());
}

BOOST_AUTO_TEST_CASE(counters_of_batches_that_pytorch_saves_are_left_aside) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}}, back{seed{4}};
    auto const write = [&](std::string const& counter) {
        io::safetensors_writer writer;
        io::add_model(writer, m);
        writer.add(counter, io::dtype::i64, {}, std::vector<std::int64_t>{1000});
        writer.write(file.path);
    };
    write("large.bn2.num_batches_tracked");
    io::load(back, file.path);
    BOOST_TEST(back.values() == m.values());
    write("large.conv1.num_batches_tracked"); // of a layer that counts nothing
    expect_refusal<tiny_net>(file.path, "\"large.conv1.num_batches_tracked\" is not part of the net");
}

BOOST_AUTO_TEST_CASE(places_in_another_unit_are_refused) {
    file_of_its_own file;
    plain_model<tiny_net> m{seed{3}};
    io::save(m, file.path, {{"places", "acres"}});
    expect_refusal<tiny_net>(
        file.path, "boxes and landmarks are in acres, this version's in tenths of the window's side, from half of it: train anew");
    auto const write_without_places = [&](bool as_ours) {
        io::safetensors_writer writer;
        auto const values = m.values();
        for (auto const& tensor : m.tensors())
            writer.add(tensor.name, io::dtype::f32, tensor.dims(), std::span(values).subspan(tensor.first, tensor.size()));
        if (as_ours) writer.set_metadata("library", "mcfa 0.1.0");
        writer.write(file.path);
    };
    write_without_places(true);
    expect_refusal<tiny_net>(file.path, "boxes and landmarks are in sides of the window");
    write_without_places(false); // another tool's, which can say nothing of it
    plain_model<tiny_net> back{seed{4}};
    io::load(back, file.path);
    BOOST_TEST(back.values() == m.values());
    struct placeless_net : cascade<heads<face_class>, small> {};
    plain_model<placeless_net> without{seed{3}};
    io::save(without, file.path);
    BOOST_TEST(!io::safetensors_file::read(file.path).metadata().contains("places"));
    io::load(without, file.path);
}

BOOST_AUTO_TEST_SUITE_END()
