// SPDX-License-Identifier: MIT
#include "../train/small_training.hpp"
#include "thread_ranks.hpp"

#include <mcfa/comm/alone.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/train/over_ranks.hpp>

#include <atomic>
#include <limits>
#include <optional>
#include <tuple>

using namespace mcfa;
using mcfa::test::fake_faces;

BOOST_AUTO_TEST_SUITE(shared_moments_of_ranks)

namespace {

std::atomic<bool> breaks = false;

/// Passes its input on; its gradient is infinite where a test says so.
struct fragile {
    static constexpr std::string_view kind = "fragile";
    static constexpr shape output(shape in) { return in; }
    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        std::copy_n(p.x.data(), p.x.size(), p.y.data());
    }
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        std::copy_n(p.dy.data(), p.dy.size(), p.dx.data());
        if (breaks) p.dx.data()[0] = std::numeric_limits<T>::infinity();
    }
};

struct small : stage<input<6>, conv<4>, batch_norm, fragile, relu, flatten, dense<48>, relu> {};
struct large : stage<input<8>, conv<8>, relu, flatten, dense<40>, relu> {};
struct net : cascade<golden::tasks, small, large> {};

struct by_tensor : sgd {
    static constexpr std::string_view name = "by_tensor";
    static constexpr bool elementwise = false;
};

struct wish {
    training_options options{.epochs = 2, .batch = 12, .clip = 0.3, .block = 2}; // so small a norm that every step is clipped
    std::optional<std::filesystem::path> folder{};
};

template <class Optimiser, class C>
std::vector<float> train(wish const& w, Optimiser const& optimiser, C ranks) {
    model<net, float, backend::eigen> m{seed{3}, backend::eigen{.threads = 1}};
    trainer t{m, optimiser, weighting::harder_first{.rate = 0.1}, no_report{}, ranks};
    fake_faces const training{.windows = 31}, held_out{.windows = 9, .key = 2};
    if (w.folder) t.fit(training, held_out, w.options, training_folder{*w.folder, {}, true});
    else t.fit(training, held_out, w.options);
    return m.values();
}

/// What each rank ends with; what one throws, if `thrown` takes it.
template <class Optimiser>
std::vector<std::vector<float>> train_on(int size, wish const& w, Optimiser const& optimiser, std::vector<std::string>* thrown = nullptr) {
    std::vector<std::vector<float>> found(static_cast<std::size_t>(size));
    auto const failures =
        thread_ranks::run(size, [&](thread_ranks ranks) { found[static_cast<std::size_t>(ranks.rank())] = train(w, optimiser, ranks); });
    for (auto const& failure : failures) {
        std::string const said = failure ? comm::reason_of(failure) : std::string();
        if (thrown) thrown->push_back(said);
        else BOOST_TEST(said == "");
    }
    return found;
}

template <class Optimiser>
void expect_the_bits_of_whole_moments(Optimiser const& optimiser) {
    wish w;
    auto const expected = train(w, optimiser, comm::one{});
    w.options.ranks.share_moments = true;
    BOOST_TEST((train(w, optimiser, comm::one{}) == expected));
    for (int const size : {1, 2, 3, 4})
        for (std::size_t const bucket : {std::size_t{1}, std::size_t{1} << 18}) {
            w.options.ranks.bucket = bucket;
            for (auto const& values : train_on(size, w, optimiser))
                BOOST_TEST((values == expected), size << " ranks, buckets of " << bucket);
        }
}

} // namespace

BOOST_AUTO_TEST_CASE(shares_give_the_bits_of_whole_moments) {
    expect_the_bits_of_whole_moments(sgd{.rate = 0.05, .weight_decay = 1e-3});
    expect_the_bits_of_whole_moments(adamw{.rate = 1e-2});
}

BOOST_AUTO_TEST_CASE(a_step_keeps_no_whole_moments) {
    auto const thrown = thread_ranks::run(3, [](thread_ranks ranks) {
        model<net, float, backend::eigen> m{seed{3}, backend::eigen{.threads = 1}};
        training_step<float, backend::eigen, adamw, weighting::uniform,
                      ranks_driver<thread_ranks, float, backend::eigen, adamw, weighting::uniform>>
            step(m, adamw{}, weighting::uniform{}, 2, {}, 5, seed{1}, 1, {}, ranks_options{.bucket = 3000, .share_moments = true});
        std::size_t const learned = m.net().learned;
        for (std::size_t i = 0; i < learned; ++i) step.moment(1)[i] = static_cast<float>(i);
        step.divide_moments(ranks);
        bool good = step.moment(0) == nullptr && step.moment(1) == nullptr;
        step.collect_moments(ranks);
        if (ranks.rank() > 0) good = good && step.moment(1) == nullptr;
        else
            for (std::size_t i = 0; i < learned; ++i) good = good && step.moment(1)[i] == static_cast<float>(i);
        step.release_moments(ranks);
        if (!good || step.moment(1) != nullptr) throw std::runtime_error("moments");
    });
    for (auto const& failure : thrown) BOOST_TEST(!failure);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_holds_all_moments) {
    test::folder straight, changing;
    wish w{.folder = straight.path};
    w.options.epochs = 3;
    train(w, adamw{.rate = 1e-2}, comm::one{});

    w.folder = changing.path;
    for (auto const& [size, epochs, shared] : {std::tuple{4, 1, true}, std::tuple{1, 2, false}, std::tuple{3, 3, true}}) {
        w.options.epochs = epochs;
        w.options.ranks.share_moments = shared;
        train_on(size, w, adamw{.rate = 1e-2});
    }
    auto const left = io::safetensors_file::read(straight.path / "last.safetensors"),
               right = io::safetensors_file::read(changing.path / "last.safetensors");
    BOOST_REQUIRE_EQUAL(left.tensors().size(), right.tensors().size());
    for (auto const& [tensor, info] : left.tensors()) BOOST_TEST((left.bytes(tensor) == right.bytes(tensor)), tensor);
}

BOOST_AUTO_TEST_CASE(a_gradient_that_is_not_finite_is_named_on_all_ranks) {
    breaks = true;
    std::vector<std::string> thrown;
    wish w;
    train_on(3, w, sgd{.rate = 0.05}, &thrown);
    w.options.ranks = {.bucket = 1, .share_moments = true};
    train_on(3, w, sgd{.rate = 0.05}, &thrown);
    breaks = false;
    for (auto const& said : thrown)
        BOOST_TEST(said ==
                   "epoch 1, step 1: the gradient is not finite, first in tensor small.conv1.weight; no checkpoint was written yet");
}

BOOST_AUTO_TEST_CASE(an_optimiser_of_whole_tensors_is_refused) {
    wish w;
    w.options.ranks.share_moments = true;
    BOOST_CHECK_EXCEPTION(train(w, by_tensor{}, comm::one{}), option_error, [](auto const& problem) {
        return std::string(problem.what()).find("ranks.share_moments is set, but optimiser by_tensor does not say") == 0;
    });
}

BOOST_AUTO_TEST_SUITE_END()
