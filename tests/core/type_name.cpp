// SPDX-License-Identifier: MIT
#include <mcfa/core/aligned_buffer.hpp>
#include <mcfa/core/fixed_string.hpp>
#include <mcfa/core/type_name.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace app {
struct small {};
template <class T>
struct wide {};
namespace inner {
struct small2 {};
} // namespace inner
struct called {
    static constexpr std::string_view name = "by its own name";
};
} // namespace app
struct bare {};
namespace {
struct hidden {};
} // namespace

using namespace mcfa;

BOOST_AUTO_TEST_CASE(types_are_called_as_their_authors_wrote_them) {
    static_assert(type_name<app::small>() == "small");
    static_assert(type_name<app::inner::small2>() == "small2");
    static_assert(type_name<app::wide<app::inner::small2>>() == "wide");
    static_assert(type_name<app::called>() == "by its own name");
    static_assert(type_name<bare>() == "bare");
    static_assert(type_name<hidden>() == "hidden");
    struct local {};
    BOOST_TEST(type_name<local>() == "local");
}

BOOST_AUTO_TEST_CASE(text_as_template_argument) {
    constexpr fixed_string s("Smiling");
    static_assert(s.view() == "Smiling" && s == fixed_string("Smiling"));
    static_assert(fixed_string("").view().empty());
}

BOOST_AUTO_TEST_CASE(buffers_begin_on_a_cache_line_and_at_zero) {
    for (std::size_t const size : {1u, 7u, 1000u}) {
        aligned_buffer<float> a(size);
        BOOST_TEST(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0u);
        for (float const v : a) BOOST_TEST(v == 0);
        a[size - 1] = 3;
        aligned_buffer<float> copy = a;
        a[size - 1] = 4;
        BOOST_TEST(copy[size - 1] == 3);
        aligned_buffer<float> const moved = std::move(a);
        BOOST_TEST(moved[size - 1] == 4);
        copy = aligned_buffer<float>();
        BOOST_TEST(copy.empty());
    }
}
