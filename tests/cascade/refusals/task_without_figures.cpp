// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct age {
    static constexpr std::string_view name = "age";
    static constexpr int length = 1;
    using loss = mcfa::squared_error;
    static void encode(mcfa::window_label const&, std::span<float>, std::span<float>) {}
    static void mirror(std::span<float>) {}
    struct metric {
        void add(std::span<float const>, std::span<float const>, std::span<float const>) {}
    };
};
struct aged : mcfa::heads<mcfa::face_class, age> {};
struct small : mcfa::stage<mcfa::input<8>, mcfa::flatten> {};
struct net : mcfa::cascade<aged, small> {};
static_assert(net::count == 1);
