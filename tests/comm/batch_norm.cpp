// SPDX-License-Identifier: MIT
#include "../train/fake_faces.hpp"
#include "thread_ranks.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/comm/alone.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/train/over_ranks.hpp>
#include <mcfa/weighting/uniform.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

using namespace mcfa;
using mcfa::test::fake_faces;

BOOST_AUTO_TEST_SUITE(batch_norm_over_ranks)

namespace {

struct small
    : stage<input<6>, conv<4, conv_options{.bias = false}>, batch_norm, relu, conv<4>, batch_norm, relu, flatten, dense<12>, batch_norm> {};
struct large : stage<input<8>, batch_norm, conv<4>, relu, max_pool<2>, flatten, dense<40>, relu> {};
struct net : cascade<golden::tasks, small, large> {};
using net_model = model<net, double, backend::eigen>;

struct wish {
    training_options options{.epochs = 2, .batch = 12, .clip = 5, .block = 2, .ranks{.batch_norm = batch_norm_over::batch}};
    fake_faces training{.windows = 31}; // batches of 12, 12 and 7, whose last block has one window
    sgd rule{.rate = 0.05};
};

net_model fresh() { return net_model{seed{3}, backend::eigen{.threads = 1}}; }

template <class C>
std::vector<epoch_report> train(net_model& m, wish const& w, C ranks) {
    trainer t{m, w.rule, weighting::uniform{}, no_report{}, ranks};
    return t.fit(w.training, fake_faces{.windows = 9, .key = 2}, w.options);
}

/// The values that rank 0 ends with, and what it reports; all ranks must end with the same.
std::pair<std::vector<double>, std::vector<epoch_report>> train_on(int size, wish const& w, std::vector<double> const& from) {
    std::vector<std::vector<double>> values(static_cast<std::size_t>(size));
    std::vector<epoch_report> reports;
    auto const thrown = thread_ranks::run(size, [&](thread_ranks ranks) {
        auto m = fresh();
        m.assign(from);
        auto const own = train(m, w, ranks);
        values[static_cast<std::size_t>(ranks.rank())] = m.values();
        if (ranks.rank() == 0) reports = own;
    });
    for (std::size_t r = 0; r < values.size(); ++r) {
        BOOST_TEST(!thrown[r], comm::reason_of(thrown[r] ? thrown[r] : std::make_exception_ptr(0)));
        BOOST_TEST((values[r] == values[0]), "rank " << r << " of " << size);
    }
    return {values[0], reports};
}

double largest_difference(std::vector<double> const& a, std::vector<double> const& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

} // namespace

BOOST_AUTO_TEST_CASE(ranks_give_the_bits_of_one) {
    wish w;
    auto one = fresh();
    train(one, w, comm::one{});
    for (int const size : {1, 2, 3, 4})
        for (std::size_t const bucket : {std::size_t{1}, std::size_t{1} << 18}) {
            w.options.ranks.bucket = bucket;
            BOOST_TEST((train_on(size, w, fresh().values()).first == one.values()), size << " ranks, buckets of " << bucket);
        }
}

BOOST_AUTO_TEST_CASE(blocks_learn_what_the_whole_batch_learns) {
    wish w;
    auto alone = fresh(), blocks = fresh();
    train(alone, w, comm::alone{});
    train(blocks, w, comm::one{});
    BOOST_TEST(largest_difference(alone.values(), blocks.values()) < 1e-9);
    w.options.ranks.batch_norm = batch_norm_over::block;
    auto apart = fresh();
    train(apart, w, comm::one{});
    BOOST_TEST(largest_difference(alone.values(), apart.values()) > 1e-3);
}

/// A step of rate 1 moves each parameter by its gradient; reports of steps of rate 0 give the loss beside it.
BOOST_AUTO_TEST_CASE(gradients_are_those_of_the_loss_over_all_ranks) {
    wish w{.training{.windows = 11}, .rule{.rate = 1, .momentum = 0}};
    w.options.epochs = 1;
    w.options.clip = 0;
    auto const from = fresh().values();
    auto const moved = train_on(3, w, from).first;

    batch b;
    auto reader = w.training.batches(encoding_of(net::info), {w.options.batch, 1, w.options.seed, true});
    reader.begin(1);
    BOOST_REQUIRE(reader.next(b));
    w.rule.rate = 0;
    auto const loss = [&](std::vector<double> const& at) {
        auto const report = train_on(3, w, at).second[0];
        double sum = 0;
        for (auto const& stage : report.losses)
            for (std::size_t k = 0; k < stage.size(); ++k)
                for (std::size_t n = 0; n < b.size; ++n) sum += static_cast<double>(b.masks(n, k)) * stage[k];
        return sum / static_cast<double>(b.size);
    };
    auto const tensors = fresh().tensors();
    for (tensor_info const& tensor : tensors) {
        if (tensor.spec.role == parameter_role::statistic) continue;
        std::size_t const i = tensor.first + tensor.size() / 2;
        auto above = from, below = from;
        constexpr double h = 1e-6;
        above[i] += h, below[i] -= h;
        double const slope = (loss(above) - loss(below)) / (2 * h), gradient = from[i] - moved[i];
        BOOST_TEST(std::abs(slope - gradient) < 1e-6 + 1e-5 * std::abs(gradient),
                   tensor.name << ": " << gradient << ", by differences " << slope);
    }
}

BOOST_AUTO_TEST_SUITE_END()
