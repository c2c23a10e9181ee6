#pragma once

#include <map>
#include <string>
#include <utility>

#include <mcfa/core/error.hpp>
#include <mcfa/io/safetensors_reader.hpp>
#include <mcfa/zoo/mcfa.hpp>
#include <mcfa/zoo/slim.hpp>

/// The nets that the command-line examples know: the paper's cascade, or its first two stages, at four widths, and a slim one that finds faces
/// quickly. Batch normalisation and a little dropout are ours; without them a net of this depth hardly trains on some thousands of images.
inline constexpr mcfa::zoo::body_options body{.batch_norm = true, .dropout = 25};

struct net_choice {
    std::string net = "mcfa";  ///< mcfa or slim
    std::string width = "1/4"; ///< of mcfa: 1, 1/2, 1/4 or 1/8
    int stages = 3;            ///< of mcfa: 2 or 3
};

/// Calls f.operator()<Net>() for a net. Throws mcfa::option_error for a choice that there is none of.
template <class F>
auto with_net(net_choice const& choice, F&& f) {
    using namespace mcfa::zoo;
    auto const of_width = [&]<class W>() {
        if (choice.stages == 2) return f.template operator()<mcfa_net_sm<W, body>>();
        if (choice.stages == 3) return f.template operator()<mcfa_net<W, body>>();
        throw mcfa::option_error("stages: " + std::to_string(choice.stages) + ", must be 2 (S and M) or 3 (S, M and L)");
    };
    if (choice.net == "slim") return f.template operator()<slim_net>();
    if (choice.net != "mcfa") throw mcfa::option_error("net: '" + choice.net + "', must be mcfa or slim");
    if (choice.width == "1") return of_width.template operator()<mcfa::zoo::width<1>>();
    if (choice.width == "1/2") return of_width.template operator()<mcfa::zoo::width<1, 2>>();
    if (choice.width == "1/4") return of_width.template operator()<mcfa::zoo::width<1, 4>>();
    if (choice.width == "1/8") return of_width.template operator()<mcfa::zoo::width<1, 8>>();
    throw mcfa::option_error("width: '" + choice.width + "', must be 1, 1/2, 1/4 or 1/8");
}

/// What a weights file says of its net, for `with_net_of`.
inline std::map<std::string, std::string> metadata_of(net_choice const& choice) {
    if (choice.net != "mcfa") return {{"cascade", choice.net}};
    return {{"width", choice.width}, {"stages", std::to_string(choice.stages)}};
}

/// The same for the net that a weights file of `train` says it holds. Throws mcfa::file_error where it does not say.
template <class F>
auto with_net_of(mcfa::io::safetensors_file const& file, F&& f) {
    if (auto const named = file.metadata().find("cascade"); named != file.metadata().end())
        return with_net({named->second, "", 0}, std::forward<F>(f));
    std::string const stages = file.metadata_at("stages");
    return with_net({"mcfa", file.metadata_at("width"), stages == "2" || stages == "3" ? stages[0] - '0' : 0}, std::forward<F>(f));
}
