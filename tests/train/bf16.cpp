// SPDX-License-Identifier: MIT
// Trainings whose products are in bfloat16: how they end, how they go on, and what they share with those in float.
#include "small_training.hpp"

#include <mcfa/backend/eigen_in_bf16.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/weighting/any_policy.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

BOOST_AUTO_TEST_SUITE(train_in_bf16)

using namespace mcfa;
using namespace mcfa::test;
using plain = backend::eigen;
using narrow = backend::eigen_in<bf16>;

namespace {

struct stopped {};

/// Trains up to the end, or to the end of an epoch, and goes on with what the folder holds.
template <class B>
std::vector<epoch_report> train(model<net, float, B>& m, training_options const& options, files::path const& out, int until = 0) {
    trainer t{m, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, no_report{}};
    t.on_epoch = [&](epoch_report const& r) {
        if (r.epoch == until) throw stopped{};
    };
    try {
        return t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, options, training_folder{.path = out, .resume = true});
    } catch (stopped const&) {
        return {};
    }
}

template <class B>
model<net, float, B> fresh_on(int threads = 1) {
    return model<net, float, B>{seed{3}, B{.threads = threads}};
}

double loss_of(epoch_report const& r) {
    double sum = 0;
    for (double const loss : r.losses.back())
        if (std::isfinite(loss)) sum += loss;
    return sum;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_resumed_training_equals_an_unbroken_one_bit_for_bit) {
    folder whole, half;
    auto unbroken = fresh_on<narrow>(), begun = fresh_on<narrow>();
    train(unbroken, quick(), whole.path);
    train(begun, quick(), half.path, 2);
    auto resumed = fresh_on<narrow>(3); // on other threads
    BOOST_TEST(train(resumed, quick(), half.path).size() == 2u);
    BOOST_TEST(resumed.values() == unbroken.values());
    expect_same_tensors(whole.path / "last.safetensors", half.path / "last.safetensors");
    BOOST_TEST(content(whole.path / "best.safetensors") == content(half.path / "best.safetensors"));
}

/// The weights of both are float, so products in the other arithmetic are all that a change of backend changes.
BOOST_AUTO_TEST_CASE(a_checkpoint_of_one_arithmetic_resumes_in_the_other) {
    auto const expect_going_on = []<class First, class Second>(model<net, float, First> whole, model<net, float, First> begun,
                                                               model<net, float, Second> resumed) {
        folder unbroken, half;
        train(whole, quick(), unbroken.path);
        train(begun, quick(), half.path, 2);
        io::load(resumed, half.path / "last.safetensors");
        BOOST_TEST(resumed.values() == begun.values());
        BOOST_TEST(train(resumed, quick(), half.path).size() == 2u);
        double off = 0, norm = 0;
        auto const expected = whole.values(), found = resumed.values();
        for (std::size_t i = 0; i < expected.size(); ++i) {
            off += std::pow(static_cast<double>(found[i]) - static_cast<double>(expected[i]), 2);
            norm += std::pow(static_cast<double>(expected[i]), 2);
        }
        BOOST_TEST(std::sqrt(off / norm) < 0.01);
        BOOST_TEST(off > 0); // and was in the other
    };
    expect_going_on(fresh_on<plain>(), fresh_on<plain>(), fresh_on<narrow>());
    expect_going_on(fresh_on<narrow>(), fresh_on<narrow>(), fresh_on<plain>());
}

BOOST_AUTO_TEST_CASE(it_learns_what_a_training_in_float_learns) {
    folder wide_out, narrow_out;
    auto wide = fresh_on<plain>();
    auto m = fresh_on<narrow>();
    auto const expected = train(wide, quick(12), wide_out.path), found = train(m, quick(12), narrow_out.path);
    double const begin = loss_of(expected.front()), end = loss_of(expected.back()), here = loss_of(found.back());
    BOOST_TEST_MESSAGE("float from " << begin << " to " << end << ", bf16 to " << here);
    BOOST_TEST(end < 0.7 * begin);
    BOOST_TEST(std::abs(here - end) < 0.02 * begin);
    BOOST_TEST(here != end);
}

BOOST_AUTO_TEST_SUITE_END()
