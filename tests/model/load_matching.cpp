// SPDX-License-Identifier: MIT
// Weights of one net taken into another by names and patterns.
#include "expect_error.hpp"
#include "tiny_net.hpp"

#include <mcfa/backend/reference.hpp>
#include <mcfa/io/load_matching.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/layer/relu.hpp>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(model_load_matching)

namespace {

/// The tiny net's first stage under another name, with other attributes.
struct other_look : attributes<"Smiling", "Young"> {};
struct mine : stage<input<8>, conv<4, conv_options{.bias = false}>, batch_norm, prelu, max_pool<2>, conv<5, conv_options{.stride = 2}>,
                    relu, dropout<25>, global_average_pool> {};
struct top : stage<input<10>, conv<6>, relu, global_average_pool> {};
struct my_net : cascade<heads<face_class, face_box, other_look>, mine, top> {};
struct renamed_look : attributes<"Young", "Eyeglasses", "Wearing_Hat"> {};
struct same_shapes : cascade<heads<face_class, face_box, landmarks<5>, renamed_look>, small, large> {};

template <class Net>
using reference_model = model<Net, float, backend::reference>;

struct saved_tiny_net {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("mcfa-matching-" + std::to_string(::getpid()) + ".safetensors");
    reference_model<tiny_net> m{seed{3}};
    saved_tiny_net() {
        disturb(m, 5);
        io::save(m, path);
    }
    saved_tiny_net(saved_tiny_net const&) = delete;
    ~saved_tiny_net() { std::filesystem::remove(path); }
};

/// Each tensor of the model is in the report once, each of the file too; what was taken has the file's values, all else those of before.
template <class Net>
void expect_whole(io::matching_report const& report, saved_tiny_net const& file, reference_model<Net> const& m,
                  std::vector<float> const& before) {
    std::multiset<std::string> of_model(report.missing.begin(), report.missing.end()),
        of_file(report.left_over.begin(), report.left_over.end());
    std::map<std::string, std::string> source;
    for (auto const& [in_file, in_model] : report.taken) {
        of_file.insert(in_file);
        of_model.insert(in_model);
        source[in_model] = in_file;
    }
    for (auto const& misfit : report.refused) {
        of_file.insert(misfit.in_file);
        of_model.insert(misfit.in_model);
    }
    std::multiset<std::string> names, stored;
    for (auto const& tensor : m.tensors()) names.insert(tensor.name);
    for (auto const& tensor : file.m.tensors()) stored.insert(tensor.name);
    BOOST_TEST((of_model == names));
    BOOST_TEST((of_file == stored));
    auto const values = m.values(), given = file.m.values();
    for (auto const& tensor : m.tensors()) {
        float const* expected = before.data() + tensor.first;
        for (auto const& each : file.m.tensors())
            if (source.contains(tensor.name) && each.name == source[tensor.name]) expected = given.data() + each.first;
        BOOST_TEST(std::equal(expected, expected + tensor.size(), values.data() + tensor.first), tensor.name);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(rules_say_what_is_taken_and_where_it_goes) {
    saved_tiny_net const file;
    reference_model<my_net> m{seed{8}};
    auto const before = m.values();
    auto const report = io::load_matching(m, file.path, {{"small.*", "mine.*"}});
    expect_whole(report, file, m, before);
    BOOST_TEST(report.taken.size() == 12u); // four tensors of the normalisation, five of other layers but the heads' biases and weights
    BOOST_REQUIRE_EQUAL(report.refused.size(), 2u);
    BOOST_TEST(report.refused[1].in_file == "small.attributes.weight");
    BOOST_TEST(report.refused[1].in_model == "mine.attributes.weight");
    BOOST_TEST(report.refused[1].why == "expected [2, 5], found [3, 5]");
    BOOST_TEST(report.text().find("not taken: small.attributes.weight for mine.attributes.weight: expected [2, 5], found [3, 5]") !=
               std::string::npos);
    BOOST_TEST(report.text().find("as they were: top.conv1.weight, ") != std::string::npos);
    BOOST_TEST(report.text().find("left over in the file: large.") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_rules_each_tensor_goes_to_its_own_name) {
    saved_tiny_net const file;
    reference_model<tiny_net> m{seed{8}};
    m.set_detection_thresholds({0.1, 0.2});
    auto const before = m.values();
    auto const report = io::load_matching(m, file.path);
    expect_whole(report, file, m, before);
    BOOST_TEST(report.missing.empty());
    BOOST_TEST(report.left_over.empty());
    BOOST_TEST(m.values() == file.m.values());
    BOOST_TEST(m.detection_thresholds().empty());
}

BOOST_AUTO_TEST_CASE(a_head_of_other_attributes_is_not_taken_though_its_shape_fits) {
    saved_tiny_net const file;
    reference_model<same_shapes> m{seed{8}};
    auto const before = m.values();
    auto const report = io::load_matching(m, file.path);
    expect_whole(report, file, m, before);
    BOOST_REQUIRE_EQUAL(report.refused.size(), 4u); // weight and bias of two stages
    BOOST_TEST(report.refused[0].why == "attributes are 'Smiling Eyeglasses Wearing_Hat', the net has 'Young Eyeglasses Wearing_Hat'");
}

BOOST_AUTO_TEST_CASE(a_rule_that_takes_nothing_is_named_with_the_reason) {
    saved_tiny_net const file;
    reference_model<my_net> m{seed{8}};
    auto const before = m.values();
    auto const refused = [&](std::vector<io::matching_rule> const& rules, std::string const& part) {
        expect_error<option_error>([&] { io::load_matching(m, file.path, rules); }, part);
        BOOST_TEST(m.values() == before);
    };
    refused({{"small.*", "mine.*"}, {"smal.*"}},
            "the rule 'smal.*' takes nothing: no tensor of the file, or none that an earlier rule left");
    refused({{"small.*", "mime.*"}}, "the rule 'small.*' to 'mime.*' takes nothing: the net has no tensor \"mime.");
    refused({{"large.conv1.weight", "top.conv1.weight"}},
            "takes nothing: tensor \"top.conv1.weight\": expected [6, 3, 3, 3], found [3, 3, 5, 5]");
    refused({{"small.*", "mine.*"}, {"small.bn1.*", "mine.bn1.*"}}, "the rule 'small.bn1.*' to 'mine.bn1.*' takes nothing");
    refused({{"small.bn1.weight", "mine.bn1.bias"}, {"small.bn1.bias", "mine.bn1.bias"}},
            "both \"small.bn1.bias\" and \"small.bn1.weight\" would go to \"mine.bn1.bias\"");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_changes_nothing) {
    reference_model<tiny_net> m{seed{8}};
    auto const before = m.values();
    expect_error<file_error>([&] { io::load_matching(m, "nothing.safetensors"); }, "nothing.safetensors: cannot be");
    BOOST_TEST(m.values() == before);
}

BOOST_AUTO_TEST_SUITE_END()
