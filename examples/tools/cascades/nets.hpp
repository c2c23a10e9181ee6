// SPDX-License-Identifier: MIT
#pragma once

#include "cascades/chosen_cascade.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/zoo/mcfa.hpp>
#include <mcfa/zoo/mobile.hpp>
#include <mcfa/zoo/slim.hpp>

#include <string>

// The list of the nets that the programs know.

/// Calls one of the functions, that of the net that was chosen, and returns what it returns; s, sm and sml are of the paper's cascade of so many stages.
/// Throws mcfa::option_error for a choice that there is none of.
template <class Slim, class Mobile, class S, class SM, class SML>
auto choose_net(net_choice const& choice, Slim const& slim, Mobile const& mobile, S const& s, SM const& sm, SML const& sml)
    -> decltype(slim()) {
    if (choice.net == "slim") return slim();
    if (choice.net == "mobile") return mobile();
    if (choice.net != "mcfa") throw mcfa::option_error("net: '" + choice.net + "', must be mcfa, slim or mobile");
    switch (choice.stages) {
    case 1:
        return s();
    case 2:
        return sm();
    case 3:
        return sml();
    default:
        throw mcfa::option_error("stages: " + std::to_string(choice.stages) + ", must be 1 (S alone), 2 (S and M) or 3 (S, M and L)");
    }
}

/// Calls f.operator()<Net>() for the paper's cascade of some stages, such as mcfa::zoo::mcfa_net_sm, at the width that is named, and returns what it
/// returns. Throws mcfa::option_error for a width that there is none of.
template <template <class, mcfa::zoo::body_options, class> class Net, class F>
auto with_width(std::string const& name, F const& f) {
    using mcfa::zoo::width;
    auto const call = [&]<class Width>() { return f.template operator()<Net<Width, trainable_body, mcfa::zoo::mcfa_tasks>>(); };
    if (name == "1") return call.template operator()<width<1>>();
    if (name == "1/2") return call.template operator()<width<1, 2>>();
    if (name == "1/4") return call.template operator()<width<1, 4>>();
    if (name == "1/8") return call.template operator()<width<1, 8>>();
    throw mcfa::option_error("width: '" + name + "', must be 1, 1/2, 1/4 or 1/8");
}

/// The same for the net that was chosen, whichever it is: all of them are compiled.
template <class F>
auto with_net(net_choice const& choice, F const& f) {
    return choose_net(
        choice, [&] { return f.template operator()<mcfa::zoo::slim_net>(); },
        [&] { return f.template operator()<mcfa::zoo::mobile_net>(); }, [&] { return with_width<mcfa::zoo::mcfa_net_s>(choice.width, f); },
        [&] { return with_width<mcfa::zoo::mcfa_net_sm>(choice.width, f); },
        [&] { return with_width<mcfa::zoo::mcfa_net>(choice.width, f); });
}
