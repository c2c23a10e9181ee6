// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/model/pass/backward_part.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace mcfa {

/// Gradients that are summed over ranks as one row: those of parameters first .. last - 1.
struct gradient_bucket {
    std::size_t first = 0, last = 0;
    std::size_t size() const { return last - first; }
};

/// Parts of the backward pass, after which all that is final is sent or kept until there is enough of it.
struct backward_section {
    std::size_t first_part = 0, last_part = 0; ///< parts first_part .. last_part - 1
    std::size_t final_from = 0;                ///< after them gradients are final from this one on
    std::size_t sent_from = 0;                 ///< and sent from this one on
    std::vector<gradient_bucket> buckets;      ///< from the last parameters to the first
};

/// Gradients in whole units that ranks share out, counted from the first parameter.
inline constexpr std::size_t gradient_unit = 1024;

/// Cuts a backward pass into sections: where `least` gradients are final and not yet sent, and before each part for which begins_one(part) is
/// true. They are sent in buckets of 8 times as many at most, each of which begins at a whole unit.
template <class Begins>
std::vector<backward_section> sections_of(std::span<backward_part const> parts, std::size_t learned, std::size_t least,
                                          Begins&& begins_one) {
    auto const whole = [](std::size_t from) { return (from + gradient_unit - 1) / gradient_unit * gradient_unit; };
    std::size_t const most = std::max(8 * least, gradient_unit);
    std::vector<backward_section> sections;
    std::size_t rest = learned; // not yet in a bucket: parameters before this one
    for (std::size_t p = 0, first = 0; p < parts.size(); ++p) {
        bool const last = p + 1 == parts.size();
        std::size_t const from = last ? 0 : parts[p].final_from, begin = whole(from);
        bool const sends = last || (begin < rest && rest - begin >= least);
        if (!sends && !begins_one(parts[p + 1])) continue;
        backward_section section{.first_part = first, .last_part = p + 1, .final_from = from, .sent_from = 0, .buckets = {}};
        while (sends && rest > begin) {
            std::size_t const start = rest - begin > most ? whole(rest - most) : begin;
            section.buckets.push_back({start, rest});
            rest = start;
        }
        section.sent_from = rest;
        sections.push_back(std::move(section));
        first = p + 1;
    }
    return sections;
}

} // namespace mcfa
