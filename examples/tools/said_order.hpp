// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/zoo/celeba_attributes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

/// Attributes of CelebA in the order in which they are said of a face: first what tells people on a photo apart.
inline constexpr std::array<std::string_view, 27> said_first_to_last{"Eyeglasses",
                                                                     "Wearing_Hat",
                                                                     "Smiling",
                                                                     "Bald",
                                                                     "Blond_Hair",
                                                                     "Brown_Hair",
                                                                     "Black_Hair",
                                                                     "Gray_Hair",
                                                                     "Bangs",
                                                                     "Wavy_Hair",
                                                                     "Straight_Hair",
                                                                     "Receding_Hairline",
                                                                     "Mustache",
                                                                     "Goatee",
                                                                     "Sideburns",
                                                                     "5_o_Clock_Shadow",
                                                                     "Wearing_Earrings",
                                                                     "Wearing_Necktie",
                                                                     "Wearing_Necklace",
                                                                     "Mouth_Slightly_Open",
                                                                     "Wearing_Lipstick",
                                                                     "Heavy_Makeup",
                                                                     "Rosy_Cheeks",
                                                                     "Bushy_Eyebrows",
                                                                     "Arched_Eyebrows",
                                                                     "Male",
                                                                     "Blurry"};

/// Numbers of CelebA's attributes in that order. Those that are left judge looks (`Attractive`, `Big_Nose`, `Young`, ...), or say what is absent
/// from most faces (`No_Beard`): they follow in CelebA's own order if `judgements` asks for them.
inline std::vector<std::size_t> said_order(bool judgements) {
    auto const& names = mcfa::zoo::celeba_attributes::names;
    std::vector<std::size_t> order;
    for (std::string_view const name : said_first_to_last)
        order.push_back(static_cast<std::size_t>(std::ranges::find(names, name) - names.begin()));
    for (std::size_t k = 0; judgements && k < names.size(); ++k)
        if (std::ranges::find(said_first_to_last, std::string_view(names[k])) == said_first_to_last.end()) order.push_back(k);
    return order;
}
