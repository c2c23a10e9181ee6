#pragma once

#include <string>
#include <utility>

#include <mcfa/core/error.hpp>
#include <mcfa/io/safetensors_reader.hpp>
#include <mcfa/zoo/mcfa.hpp>

/// The nets that the command-line examples know: the paper's cascade, or its first two stages, at four widths. Batch normalisation
/// and a little dropout are ours; without them a net of this depth hardly trains on some thousands of images.
inline constexpr mcfa::zoo::body_options body{.batch_norm = true, .dropout = 25};

/// Calls f.operator()<Net>() for the net of a width ("1", "1/2", "1/4", "1/8") and a number of stages (2 or 3).
/// Throws mcfa::option_error for others.
template <class F>
auto with_net(std::string const& width, int stages, F&& f) {
    using namespace mcfa::zoo;
    auto const of_width = [&]<class W>() {
        if (stages == 2) return f.template operator()<mcfa_net_sm<W, body>>();
        if (stages == 3) return f.template operator()<mcfa_net<W, body>>();
        throw mcfa::option_error("stages: " + std::to_string(stages) + ", must be 2 (S and M) or 3 (S, M and L)");
    };
    if (width == "1") return of_width.template operator()<mcfa::zoo::width<1>>();
    if (width == "1/2") return of_width.template operator()<mcfa::zoo::width<1, 2>>();
    if (width == "1/4") return of_width.template operator()<mcfa::zoo::width<1, 4>>();
    if (width == "1/8") return of_width.template operator()<mcfa::zoo::width<1, 8>>();
    throw mcfa::option_error("width: '" + width + "', must be 1, 1/2, 1/4 or 1/8");
}

/// The same for the net that a weights file of `train` says it holds. Throws mcfa::file_error where it does not say.
template <class F>
auto with_net_of(mcfa::io::safetensors_file const& file, F&& f) {
    std::string const stages = file.metadata_at("stages");
    return with_net(file.metadata_at("width"), stages == "2" || stages == "3" ? stages[0] - '0' : 0, std::forward<F>(f));
}
