// SPDX-License-Identifier: MIT
#include "../train/fake_faces.hpp"
#include "thread_ranks.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/comm/alone.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/train/over_ranks.hpp>
#include <mcfa/weighting/harder_first.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>

using namespace mcfa;
using mcfa::test::fake_faces;

BOOST_AUTO_TEST_SUITE(overlap)

namespace {

thread_local std::vector<std::string>* happened = nullptr; // on this rank

/// Passes its input on, and notes when its backward pass runs.
struct noted {
    static constexpr std::string_view kind = "noted";
    static constexpr shape output(shape in) { return in; }
    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        std::copy_n(p.x.data(), p.x.size(), p.y.data());
    }
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        if (happened) happened->push_back("first stage");
        if (!p.dx.empty()) std::copy_n(p.dy.data(), p.dy.size(), p.dx.data());
    }
};

struct small : stage<input<6>, conv<4>, batch_norm, noted, relu, flatten, dense<48>, relu> {};
struct large : stage<input<8>, conv<8>, relu, flatten, dense<40>, relu> {};
struct net : cascade<golden::tasks, small, large> {};

/// Notes when a message of more than 4000 bytes leaves.
struct noting_ranks : thread_ranks {
    auto exchange(comm::outgoing to, comm::incoming from) {
        if (happened && std::ranges::any_of(to, [](auto const& bytes) { return bytes.size() > 4000; })) happened->push_back("sent");
        return thread_ranks::exchange(to, from);
    }
};

template <class C>
std::vector<float> train(training_options const& options, C ranks) {
    model<net, float, backend::eigen> m{seed{3}, backend::eigen{.threads = 1}};
    trainer t{m, sgd{.rate = 0.05}, weighting::harder_first{.rate = 0.1}, no_report{}, ranks};
    t.fit(fake_faces{.windows = 31}, fake_faces{.windows = 9, .key = 2}, options);
    return m.values();
}

training_options with_buckets_of(std::size_t values) { return {.epochs = 1, .batch = 12, .block = 2, .ranks{.bucket = values}}; }

bool same_bits(std::vector<float> const& a, std::vector<float> const& b) {
    return std::ranges::equal(a, b, [](float x, float y) { return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y); });
}

} // namespace

BOOST_AUTO_TEST_CASE(sections_cover_the_gradients_from_the_last_to_the_first) {
    model<net, float, backend::eigen> m{seed{3}};
    workspace<float, backend::eigen> const w(m, 2, purpose::training);
    for (part_rates const& rates : {part_rates{}, part_rates{m.net(), {"small.*"}, {}}, part_rates{m.net(), {"large.conv*"}, {}}}) {
        std::vector<backward_part> parts;
        for_each_backward_part(m.net(), w.plan(), rates, [&](backward_part const& part) { parts.push_back(part); });
        auto const any = [](backward_part const&) { return true; };
        BOOST_TEST(sections_of(parts, m.net().learned, std::size_t{1} << 20, any).size() == parts.size());
        for (std::size_t const least : {std::size_t{1}, std::size_t{3000}, std::size_t{1} << 20}) {
            auto const sections = sections_of(parts, m.net().learned, least, [](backward_part const&) { return false; });
            BOOST_TEST((sections.size() == 1) == (least > m.net().learned));
            std::size_t rest = m.net().learned, part = 0;
            for (backward_section const& section : sections) {
                BOOST_TEST(section.first_part == part);
                BOOST_TEST(section.last_part > part);
                part = section.last_part;
                for (gradient_bucket const& bucket : section.buckets) {
                    BOOST_TEST(bucket.last == rest);
                    BOOST_TEST(bucket.first < bucket.last);
                    BOOST_TEST(bucket.first % gradient_unit == 0u);
                    BOOST_TEST(bucket.size() <= std::max(8 * least, gradient_unit));
                    rest = bucket.first;
                }
                BOOST_TEST(section.sent_from == rest);
                BOOST_TEST(section.final_from <= rest);
                BOOST_TEST(rest - section.final_from < gradient_unit);
                BOOST_TEST(section.final_from == (part < parts.size() ? parts[part - 1].final_from : 0u));
            }
            BOOST_TEST(part == parts.size());
            BOOST_TEST(rest == 0u);
        }
    }
}

BOOST_AUTO_TEST_CASE(buckets_of_any_size_give_the_same_bits) {
    auto const expected = train(with_buckets_of(std::size_t{1} << 20), comm::one{});
    for (int const size : {1, 2, 3, 4})
        for (std::size_t const values : {std::size_t{1}, std::size_t{3000}, std::size_t{1} << 20}) {
            std::vector<std::vector<float>> found(static_cast<std::size_t>(size));
            auto const thrown = thread_ranks::run(
                size, [&](thread_ranks ranks) { found[static_cast<std::size_t>(ranks.rank())] = train(with_buckets_of(values), ranks); });
            for (std::size_t r = 0; r < found.size(); ++r) {
                BOOST_TEST(!thrown[r]);
                BOOST_TEST(same_bits(found[r], expected), "rank " << r << " of " << size << ", buckets of " << values);
            }
        }
}

BOOST_AUTO_TEST_CASE(the_last_stages_gradients_leave_before_the_first_stage_is_computed) {
    auto const steps = [](std::size_t values) { // what rank 0 does in its first step
        std::vector<std::string> log;
        auto const thrown = thread_ranks::run(2, [&](thread_ranks ranks) {
            if (ranks.rank() == 0) happened = &log;
            train(with_buckets_of(values), noting_ranks{ranks});
        });
        BOOST_TEST(!thrown[0]);
        return log;
    };
    auto const early = steps(3000), late = steps(std::size_t{1} << 20);
    auto const sent_before = [](std::vector<std::string> const& log) {
        auto const first = std::ranges::find(log, "first stage");
        BOOST_REQUIRE((first != log.end()));
        return std::count(log.begin(), first, "sent");
    };
    BOOST_TEST(sent_before(early) > sent_before(late));
}

BOOST_AUTO_TEST_CASE(a_bucket_of_nothing_is_refused) {
    BOOST_CHECK_EXCEPTION(train(with_buckets_of(0), comm::one{}), option_error,
                          [](auto const& problem) { return std::string(problem.what()) == "ranks.bucket is 0, must be at least 1"; });
}

BOOST_AUTO_TEST_SUITE_END()
