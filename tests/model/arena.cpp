// SPDX-License-Identifier: MIT
#include "tiny_net.hpp"

#include <mcfa/backend/reference.hpp>
#include <mcfa/core/aligned_buffer.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace mcfa;

namespace {

constexpr std::size_t small_memory = 100000; // bytes

/// A backend that computes nothing and has little memory.
struct poor {
    template <class T>
    struct buffer : aligned_buffer<T> {
        buffer() = default;
        explicit buffer(std::size_t size) : aligned_buffer<T>(size * sizeof(T) <= small_memory ? size : 0) {
            if (size * sizeof(T) > small_memory) throw memory_error(size * sizeof(T), small_memory, "too little");
        }
    };
    using execution = backend::reference::execution;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_workspace_that_is_too_large_says_what_would_fit) {
    net_info const& net = test::tiny_net::info;
    for (purpose const use : {purpose::training, purpose::inference}) {
        std::size_t const fits = capacity_that_fits(net, use, small_memory, sizeof(float), 1000);
        BOOST_TEST(fits > 0u);
        BOOST_TEST(memory_plan::of(net, fits, use).size * sizeof(float) <= small_memory);
        BOOST_TEST(memory_plan::of(net, fits + 1, use).size * sizeof(float) > small_memory);
        BOOST_TEST(make_arena<poor::buffer<float>>(net, fits, use, memory_plan::of(net, fits, use).size).size() > 0u);
        std::string said;
        try {
            make_arena<poor::buffer<float>>(net, 1000, use, memory_plan::of(net, 1000, use).size);
        } catch (memory_error const& problem) {
            said = problem.what();
            BOOST_TEST(problem.asked == memory_plan::of(net, 1000, use).size * sizeof(float));
        }
        BOOST_TEST(said.find("a workspace for 1000 windows") != std::string::npos, said);
        BOOST_TEST(said.find("; " + std::to_string(fits) + " windows would fit") != std::string::npos, said);
    }
    BOOST_TEST(capacity_that_fits(net, purpose::training, 1000, sizeof(float), 1000) == 0u);
    BOOST_TEST(capacity_that_fits(net, purpose::training, std::size_t{1} << 40, sizeof(float), 1000) == 1000u);
}

BOOST_AUTO_TEST_CASE(a_capacity_beyond_all_addresses_is_refused_and_does_not_wrap) {
    for (purpose const use : {purpose::training, purpose::inference})
        for (int const power : {40, 55, 60, 62, 63}) {
            std::size_t const capacity = std::size_t{1} << power;
            std::string said;
            try {
                model<test::tiny_net, float, backend::reference> const m{seed{3}};
                workspace<float, backend::reference> w(m, capacity, use);
            } catch (memory_error const& problem) {
                said = problem.what();
                BOOST_TEST(problem.asked > capacity);
            }
            BOOST_TEST(said.find("a workspace for " + std::to_string(capacity) + " windows") != std::string::npos, said);
        }
}
