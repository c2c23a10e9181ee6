// SPDX-License-Identifier: MIT
#include "../refused_model.hpp"

struct twice {
    static constexpr std::string_view kind = "twice";
    static constexpr mcfa::shape output(mcfa::shape in) { return in; }
    template <class T, class B>
    static void forward(mcfa::layer_pass<T, B> const&) {}
};
struct twofold : mcfa::stage<mcfa::input<4>, twice, mcfa::flatten> {};
struct twofold_net : mcfa::cascade<mcfa::heads<look>, twofold> {};
mcfa::model<twofold_net, float, mcfa::backend::reference> const m{mcfa::seed{1}};
