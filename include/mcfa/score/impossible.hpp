// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa::score {

/// Pairs of CelebA's attributes of which no face has both, by what the words mean: no hair and a kind of hair, two kinds of it, two
/// colours of it, a forehead that is covered and bare, no beard and a part of one. CelebA's labels break them too, at most in a quarter of the cases
/// that chance would give; bald faces with grey hair are frequent there and are none of these.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 17> impossible_pairs{{
    {"Bald", "Bangs"},
    {"Bald", "Straight_Hair"},
    {"Bald", "Wavy_Hair"},
    {"Bald", "Black_Hair"},
    {"Bald", "Blond_Hair"},
    {"Bald", "Brown_Hair"},
    {"Bangs", "Receding_Hairline"},
    {"Straight_Hair", "Wavy_Hair"},
    {"Black_Hair", "Blond_Hair"},
    {"Black_Hair", "Brown_Hair"},
    {"Black_Hair", "Gray_Hair"},
    {"Blond_Hair", "Brown_Hair"},
    {"Blond_Hair", "Gray_Hair"},
    {"Brown_Hair", "Gray_Hair"},
    {"No_Beard", "Goatee"},
    {"No_Beard", "Mustache"},
    {"No_Beard", "Sideburns"},
}};

/// Those of the pairs that are among given names, as positions.
class impossible_combinations {
public:
    template <class Names>
    explicit impossible_combinations(Names const& names) {
        auto const find = [&](std::string_view wanted) {
            std::size_t k = 0;
            while (k < names.size() && names[k] != wanted) ++k;
            return k;
        };
        for (auto const& [one, other] : impossible_pairs)
            if (std::size_t const a = find(one), b = find(other); a < names.size() && b < names.size()) pairs_.emplace_back(a, b);
    }

    /// Whether the names hold no pair, so that there is nothing to break.
    bool empty() const { return pairs_.empty(); }

    /// Whether both of a pair are said; `said(k)` tells whether attribute k is.
    template <class Said>
    bool in(Said&& said) const {
        for (auto const& [a, b] : pairs_)
            if (said(a) && said(b)) return true;
        return false;
    }

private:
    std::vector<std::pair<std::size_t, std::size_t>> pairs_;
};

} // namespace mcfa::score
