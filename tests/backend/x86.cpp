// SPDX-License-Identifier: MIT
// `backend::x86` at the level that MCFA_X86_LEVEL names; the program runs once for each. It is compiled without a flag for the processor.
#define BOOST_TEST_MODULE mcfa_x86
#include "../train/recorded_steps.hpp"

#include <mcfa/backend/eigen/tiles/permission.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/backend/x86.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/layer/squeeze_excite.hpp>
#include <mcfa/model/calibrate.hpp>
#include <mcfa/model/describe_prepared.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/prepared_model.hpp>
#include <mcfa/model/workspace.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace mcfa;

namespace {

struct tasks : heads<face_class, face_box> {};
struct plain : stage<input<32>, vgg_block<20, 2>, vgg_block<36, 1>, flatten, dense<40>, relu> {};
struct light : stage<input<48>, conv<16>, batch_norm, relu, depthwise_conv<>, conv<24, conv_options{.kernel = 1, .pad = 0}>, relu,
                     squeeze_excite<4>, max_pool<2>, global_average_pool, dense<20>, relu> {};
struct net : cascade<tasks, plain, light> {};

constexpr std::size_t window_count = 5;

std::vector<array<float, 4>> windows() {
    std::vector<array<float, 4>> all;
    for (std::size_t const side : {32u, 48u}) {
        array<float, 4>& pixels = all.emplace_back(std::array<std::size_t, 4>{window_count, side, side, 3});
        for (std::size_t i = 0; i < pixels.size(); ++i) pixels.data()[i] = static_cast<float>(i * 37 % 101) / 50 - 1;
    }
    return all;
}

/// Logits of all stages for a few windows.
template <class Stored, class Backend>
std::vector<float> logits(Backend backend) {
    model<net, float, Backend> m{seed{7}, backend};
    if constexpr (std::is_same_v<Stored, int8>) m.set_quantisation(calibrate(m, windows()));
    prepared_model<float, Backend, Stored> const ready{m, window_count};
    workspace_for<float, Backend, Stored> w{m, window_count, purpose::inference};
    for (std::size_t j = 0; j < m.net().stages.size(); ++j) w.load(j, windows()[j], window_count);
    forward(ready, w, window_count);
    std::vector<float> all;
    for (std::size_t j = 0; j < m.net().stages.size(); ++j) {
        auto const stage = w.logits(j, window_count);
        all.insert(all.end(), stage.begin(), stage.end());
    }
    return all;
}

template <class Stored>
double furthest() {
    auto const found = logits<Stored>(backend::x86{.threads = 2}), expected = logits<float>(backend::reference{});
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    double off = 0, largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        off = std::max(off, std::abs(static_cast<double>(found[i]) - expected[i]));
        largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    }
    return off / largest;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_environment_names_the_level) {
    char const* const asked = std::getenv("MCFA_X86_LEVEL");
    if (asked) BOOST_TEST(name_of(backend::x86::level()) == std::string_view(asked));
    for (backend::x86_level const other : backend::x86_levels) {
        if (other == backend::x86::level()) backend::x86::use_level(other); // in use, so no change
        else
            BOOST_CHECK_EXCEPTION(backend::x86::use_level(other), option_error, [&](option_error const& e) {
                return std::string_view(e.what()).find(name_of(other)) != std::string_view::npos;
            });
    }
}

BOOST_AUTO_TEST_CASE(a_level_needs_what_those_below_need) {
    using backend::x86;
    for (std::size_t i = 1; i < std::size(backend::x86_levels); ++i)
        BOOST_TEST((!x86::offers(backend::x86_levels[i]) || x86::offers(backend::x86_levels[i - 1])));
    BOOST_TEST(x86::offers(backend::x86_level::amx) ==
               (x86::offers(backend::x86_level::avx512_bf16) && backend::eigen_engine::tiles_permitted()));
}

BOOST_AUTO_TEST_CASE(inference_is_that_of_plain_loops) {
    BOOST_TEST(furthest<float>() < 2e-5);
    BOOST_TEST(furthest<float16>() < 5e-3);
    BOOST_TEST(furthest<bfloat16>() < 5e-2);
    BOOST_TEST(furthest<int8>() < 1e-1);
}

BOOST_AUTO_TEST_CASE(results_are_the_same_for_any_number_of_threads) {
    BOOST_TEST(logits<float>(backend::x86{.threads = 1}) == logits<float>(backend::x86{.threads = 3}));
    BOOST_TEST(logits<bfloat16>(backend::x86{.threads = 1}) == logits<bfloat16>(backend::x86{.threads = 3}));
}

BOOST_AUTO_TEST_CASE(training_steps_are_those_of_pytorch) {
    golden::recorded_steps const from;
    auto const& s = from.settings["sgd"];
    auto const& a = from.settings["adamw"];
    golden::expect_steps<float, backend::x86>(from, "sgd", sgd{s["lr"], s["momentum"], s["weight_decay"]}, 1e-5);
    golden::expect_steps<float, backend::x86>(from, "adamw", adamw{a["lr"], a["betas"][0], a["betas"][1], a["eps"], a["weight_decay"]},
                                              1e-3);
}

BOOST_AUTO_TEST_CASE(a_prepared_model_says_what_computes_it) {
    model<net, float, backend::x86> const m{seed{7}};
    BOOST_TEST(describe(prepared_model{m, 1}).find("direct") != std::string::npos);
}

// Errors cross from a level's object into the program by their type.
BOOST_AUTO_TEST_CASE(errors_of_a_level_are_caught_by_their_type) {
    BOOST_CHECK_THROW(backend::x86::execution{backend::x86{.threads = -1}}, option_error);
    backend::x86::execution run{backend::x86{.threads = 1}};
    BOOST_CHECK_THROW(run.use(0), option_error);
    BOOST_TEST(run.threads() == 1);
}
