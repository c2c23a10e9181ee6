// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/collective.hpp>
#include <mcfa/comm/together.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/io/model_metadata.hpp>
#include <mcfa/io/safetensors/checksum.hpp>
#include <mcfa/train/training_options.hpp>
#include <mcfa/version.hpp>
#include <mcfa/weighting/policy.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mcfa {

/// What all ranks must have alike, by name.
using rank_settings = std::vector<std::pair<std::string, std::string>>;

/// Adds what a source of data says of itself, where it does.
template <class Source>
void add_identity(rank_settings& all, std::string const& part, Source const& source) {
    if constexpr (requires { source.identity(); })
        for (auto const& [name, text] : source.identity()) all.emplace_back(part + "." + name, text);
}

/// Library, net, optimiser, policy, options, data.
template <class Step, class Training, class HeldOut>
rank_settings settings_of_rank(Step& step, training_options const& options, std::size_t batches_per_epoch, Training const& training,
                               HeldOut const& held_out) {
    rank_settings all;
    auto const add = [&](char const* name, text_piece const& value) { all.emplace_back(name, join({value})); };
    net_info const& net = step.model().net();
    add("library version", version);
    add("net", io::net_text(net));
    add("parameters of the net", net.size());
    add("attributes", io::attributes_text(net));
    add("bytes of a scalar", sizeof(typename Step::scalar));
    add("optimiser", step.optimiser().name);
    add("rate", static_cast<double>(step.optimiser().rate));
    if constexpr (requires { step.optimiser().options(); })
        for (auto const& [name, value] : step.optimiser().options()) all.emplace_back(name, join({value}));
    add("policy", weighting::policy_traits<std::remove_cvref_t<decltype(step.policy())>>::text(step.policy()));
    add("schedule", options.rate.text);
    add("epochs", options.epochs);
    add("batch", options.batch);
    add("block", step.block());
    add("bucket", options.ranks.bucket);
    add("batch normalisation over", options.ranks.batch_norm == batch_norm_over::batch ? "batch" : "block");
    add("moments", options.ranks.share_moments ? "shared" : "whole");
    add("gradients", options.ranks.bfloat16_gradients ? "bfloat16" : "as they are");
    add("batches per epoch", batches_per_epoch);
    add("seed", options.seed.value);
    add("clip", options.clip);
    add("patience", options.patience);
    add("monitor", options.monitor);
    add("share of hard examples", options.hard_example_share);
    for (auto const& [name, scale] : options.scales) all.emplace_back("scale of " + name, join({scale}));
    for (auto const& part : options.frozen) all.emplace_back("frozen", part);
    for (auto const& [part, factor] : options.rates) all.emplace_back("rate of " + part, join({factor}));
    add_identity(all, "training", training);
    add_identity(all, "validation", held_out);
    return all;
}

/// Throws on all ranks if one has another setting than rank 0: there `option_error` with the first that differs, elsewhere `comm::rank_error`.
template <comm::communicator C>
void check_agreement(C& ranks, rank_settings const& own) {
    std::string text;
    for (auto const& [name, value] : own) text.append(name).append(1, '\0').append(value).append(1, '\0');
    std::string const of_first = comm::text_of_first(ranks, text);
    comm::together(ranks, [&] {
        std::size_t at = 0;
        auto const next = [&] {
            std::size_t const begin = std::min(at, of_first.size()), end = std::min(of_first.find('\0', begin), of_first.size());
            at = end + 1;
            return of_first.substr(begin, end - begin);
        };
        for (auto const& [name, value] : own) {
            std::string const first_name = next(), first_value = next();
            if (name != first_name)
                throw option_error({"'", name, "' is ", value, ", and rank 0 has ",
                                    first_name.empty() ? "no such setting" : "'" + first_name + "' in its place: " + first_value});
            if (value != first_value) throw option_error({"'", name, "' is ", value, ", but ", first_value, " on rank 0"});
        }
        if (at < of_first.size()) throw option_error({"'", next(), "' is set on rank 0 only"});
    });
}

/// Throws `comm::rank_error` on all ranks for the first whose values have other bits than those of rank 0.
template <comm::communicator C, class T>
void check_same_values(C& ranks, std::vector<T> const& values, int epoch) {
    io::data_checksum digest;
    digest.add(std::as_bytes(std::span(values)));
    auto const all = comm::gather_texts(ranks, digest.text());
    for (std::size_t r = 1; r < all.size(); ++r)
        if (all[r] != all[0])
            throw comm::rank_error(static_cast<int>(r), {"its model differs from that of rank 0 after epoch ", epoch,
                                                         "; its program, libraries or processor round otherwise"});
}

} // namespace mcfa
