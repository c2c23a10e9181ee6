// SPDX-License-Identifier: MIT
// What was not measured is no figure: it is NaN and null, never best; training or validating on nothing is an error.
#include "../model/expect_error.hpp"
#include "small_training.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <string>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(train_nothing_measured)

namespace {

/// Held-out windows without a label for the terms from `first` up to `end`.
fake_faces without(std::size_t first, std::size_t end) {
    fake_faces source{.windows = 16, .key = 2};
    source.spoil = [=](batch& b, std::uint64_t, std::size_t) {
        for (std::size_t n = 0; n < b.size; ++n)
            for (std::size_t k = first; k < end; ++k) b.masks(n, k) = 0;
    };
    return source;
}

std::vector<epoch_report> fit_on(training_options const& options, fake_faces const& training, fake_faces const& held_out,
                                 training_folder const& out) {
    auto m = fresh();
    trainer t{m, rule, weighting::any_policy{weighting::uniform{}}, no_report{}};
    return t.fit(training, held_out, options, out);
}

} // namespace

BOOST_AUTO_TEST_CASE(figures_without_a_label_are_null) {
    folder out;
    auto const history = fit_on(quick(2), {}, without(2, 3), {out.path}); // landmarks
    BOOST_TEST(std::isnan(history[0].validated.at("landmarks.nme")));
    BOOST_TEST(std::isnan(history[0].validated.stages[0].losses[2]));
    BOOST_TEST(history[0].validated.at("face.accuracy") > 0);
    BOOST_TEST(history[0].best);
    auto const log = log_of(out.path);
    BOOST_TEST(log[0].at("stages").at("large").at("landmarks").at("nme").is_null());
    BOOST_TEST(log[0].at("stages").at("large").at("face").at("accuracy").is_number());
}

BOOST_AUTO_TEST_CASE(a_monitor_that_no_window_has_a_label_for_is_refused_before_training) {
    folder out;
    fake_faces untouched;
    untouched.spoil = [](batch&, std::uint64_t, std::size_t) { BOOST_ERROR("trained"); };
    auto options = quick(2);
    options.monitor = "landmarks.nme";
    expect_error<option_error>([&] { fit_on(options, untouched, without(2, 3), {out.path}); },
                               "monitor 'landmarks.nme': not one of the 16 windows to validate on has a label for it");
    options.monitor = "loss";
    expect_error<option_error>([&] { fit_on(options, untouched, without(0, 6), {out.path}); }, "monitor 'loss': not one of the 16 windows");
    BOOST_TEST(files::is_empty(out.path));
}

BOOST_AUTO_TEST_CASE(a_training_whose_photos_cannot_be_read_is_an_error_and_leaves_no_weights) {
    folder out;
    expect_error<option_error>([&] { fit_on(quick(2), fake_faces{.readable = false}, without(0, 0), {out.path}); },
                               "epoch 1: there is nothing to train on: not one batch could be read");
    BOOST_TEST(!files::exists(out.path / "best.safetensors"));
    BOOST_TEST(!files::exists(out.path / "last.safetensors"));
    expect_error<option_error>([&] { fit_on(quick(2), {}, fake_faces{.readable = false}, {out.path}); },
                               "there is nothing to validate on: not one window could be read");
}

BOOST_AUTO_TEST_CASE(a_batch_of_one_is_refused_where_normalisation_would_have_no_variance) {
    struct dense_stage : stage<input<6>, flatten, dense<5>, batch_norm, relu> {};
    struct dense_net : cascade<golden::tasks, dense_stage> {};
    model<dense_net, float, backend::eigen> m{seed{3}, backend::eigen{.threads = 1}};
    trainer t{m, rule, weighting::any_policy{weighting::uniform{}}, no_report{}};
    auto options = quick(1);
    options.batch = 1;
    expect_error<option_error>([&] { t.fit(fake_faces{}, fake_faces{}, options); },
                               "batch is 1, but stage dense_stage, layer bn1 normalises over the batch alone");
    auto planes = fresh(); // on a plane there are more values than one
    trainer u{planes, rule, weighting::any_policy{weighting::uniform{}}, no_report{}};
    BOOST_TEST(u.fit(fake_faces{}, fake_faces{}, options).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
