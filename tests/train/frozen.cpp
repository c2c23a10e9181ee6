// SPDX-License-Identifier: MIT
// Trainings in which parts of the net are frozen or have rates of their own.
#include "../model/expect_error.hpp"
#include "small_training.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(train_frozen)

namespace {

training_options with(std::vector<std::string> frozen, std::map<std::string, double> rates = {}, int epochs = 2) {
    auto options = quick(epochs);
    options.frozen = std::move(frozen);
    options.rates = std::move(rates);
    return options;
}

/// The frozen tensors, statistics among them, keep their bits; every other one moves.
void expect_moves(std::vector<std::string> const& frozen) {
    auto m = fresh();
    auto const before = m.values();
    fit(m, with(frozen));
    auto const after = m.values();
    part_rates const rates(m.net(), frozen, {});
    for (auto const& tensor : m.tensors()) {
        bool moved = false;
        for (std::size_t i = tensor.first; i < tensor.first + tensor.size(); ++i) moved = moved || before[i] != after[i];
        BOOST_TEST(moved == (rates.of(tensor) > 0), tensor.name << (moved ? " moved" : " stayed"));
    }
}

/// One step on the same batch without clipping, decay or momentum of the past.
std::vector<float> after_a_step(part_rates const& rates, double rate) {
    auto m = fresh();
    training_step<float, backend::eigen, sgd, weighting::uniform> step(m, sgd{.rate = rate}, {}, 8, {}, 0, seed{1}, 1, rates);
    auto reader = fake_faces{}.batches(encoding_of(net::info), {.batch = 8});
    reader.begin(1);
    batch b;
    reader.next(b);
    step.run(b, 1);
    return m.values();
}

} // namespace

BOOST_AUTO_TEST_CASE(frozen_parts_keep_their_bits_and_the_others_move) {
    expect_moves({"small"});
    expect_moves({"large"});
    expect_moves({"*.bn*"});
    expect_moves({"box", "small.attributes", "large.prelu1"});
    expect_moves({"small.*", "large.conv*"});
}

BOOST_AUTO_TEST_CASE(the_rest_moves_as_it_would_if_all_did) {
    auto const all = after_a_step({}, 0.05), rest = after_a_step(part_rates(net::info, {"large.conv1", "box"}, {}), 0.05);
    for (auto const& tensor : tensors_of(net::info)) {
        bool const frozen = tensor.name.starts_with("large.conv1.") || tensor.name.find(".box.") != std::string::npos;
        bool same = true;
        for (std::size_t i = tensor.first; i < tensor.first + tensor.size(); ++i) same = same && all[i] == rest[i];
        BOOST_TEST(same == !frozen, tensor.name);
    }
}

BOOST_AUTO_TEST_CASE(a_part_moves_at_its_rate) {
    auto const whole = after_a_step({}, 0.05), half = after_a_step({}, 0.025), quarter = after_a_step({}, 0.0125);
    auto const mixed = after_a_step(part_rates(net::info, {}, {{"small", 0.5}, {"box", 0.5}}), 0.05);
    for (auto const& tensor : tensors_of(net::info)) {
        bool const small = tensor.stage == 0, box = tensor.name.find(".box.") != std::string::npos;
        auto const& expected = small && box ? quarter : small || box ? half : whole;
        bool same = true;
        for (std::size_t i = tensor.first; i < tensor.first + tensor.size(); ++i) same = same && expected[i] == mixed[i];
        BOOST_TEST(same, tensor.name);
    }
}

BOOST_AUTO_TEST_CASE(a_resumed_training_with_frozen_parts_is_the_unbroken_one) {
    folder whole, broken;
    auto unbroken = fresh(), m = fresh();
    auto const options = with({"small", "large.prelu1"}, {{"large", 0.5}}, 3);
    fit(unbroken, options, {whole.path});
    trainer t{m, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, no_report{}};
    t.on_epoch = [&](epoch_report const&) { t.stop = [] { return true; }; };
    t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, options, training_folder{broken.path});
    auto other = with({"small"}, {{"large", 0.5}}, 3);
    training_folder const again{.path = broken.path, .resume = true};
    expect_error<option_error>([&] { fit(m, other, again); }, R"('frozen' was ["small","large.prelu1"] and is now ["small"])");
    other = options;
    other.rates = {};
    expect_error<option_error>([&] { fit(m, other, again); }, R"('rates' was {"large":0.5} and is now {})");
    fit(m, options, again);
    BOOST_TEST(m.values() == unbroken.values());
    expect_same_tensors(whole.path / "last.safetensors", broken.path / "last.safetensors");
}

BOOST_AUTO_TEST_CASE(what_names_nothing_or_makes_no_sense_is_refused_by_name) {
    auto m = fresh();
    auto const before = m.values();
    auto const refused = [&](training_options const& options, std::string const& part) {
        expect_error<option_error>([&] { fit(m, options); }, part);
        BOOST_TEST(m.values() == before);
    };
    refused(with({"smal"}), "frozen: 'smal' names nothing; there are the stages small, large, their layers (such as small.conv1) and the "
                            "tasks face, box, landmarks, attributes");
    refused(with({"small.conv1.weight"}), "frozen: 'small.conv1.weight' names nothing");
    refused(with({}, {{"*.dense9", 0.5}}), "rates: '*.dense9' names nothing");
    refused(with({}, {{"small", 0.0}}), "rates: 'small' is 0, must be positive and finite; what shall not move is frozen");
    refused(with({"*"}), "frozen: nothing is left that trains");
}

// Normalisation over a batch of one has no variance, but frozen it needs none.
BOOST_AUTO_TEST_CASE(a_frozen_normalisation_takes_a_batch_of_one) {
    struct vector_stage : stage<input<4>, flatten, dense<5>, batch_norm, relu> {};
    struct one : cascade<golden::tasks, vector_stage> {};
    model<one, float, backend::eigen> m{seed{3}};
    trainer t{m, rule, weighting::uniform{}, no_report{}};
    training_options options{.epochs = 1, .batch = 1};
    expect_error<option_error>([&] { t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, options); }, "it must be at least 2");
    options.frozen = {"*.bn*"};
    BOOST_TEST(t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, options).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
