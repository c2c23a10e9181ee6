// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/data/synthetic/canvas.hpp>
#include <mcfa/image/draw/polygon.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mcfa::data {

/// The attributes of a drawn face, in the order of CelebA, whose names they are.
constexpr std::array<std::string_view, 12> synthetic_attribute_names() {
    return {"Bangs",    "Black_Hair", "Blond_Hair",  "Bushy_Eyebrows", "Eyeglasses",  "Mouth_Slightly_Open",
            "Mustache", "Pale_Skin",  "Rosy_Cheeks", "Smiling",        "Wearing_Hat", "Wearing_Lipstick"};
}

/// What shows, in the order of `synthetic_attribute_names`.
struct face_traits {
    bool bangs, black_hair, blond_hair, bushy_eyebrows, eyeglasses, mouth_open, mustache, pale_skin, rosy_cheeks, smiling, hat, lipstick;

    constexpr std::array<bool, 12> list() const {
        return {bangs,    black_hair, blond_hair,  bushy_eyebrows, eyeglasses, mouth_open,
                mustache, pale_skin,  rosy_cheeks, smiling,        hat,        lipstick};
    }
};

/// The traits of a key. Black and blond hair exclude each other, and lipstick seldom goes with a moustache; the rest is independent.
inline face_traits draw_traits(std::uint64_t key) {
    random_stream random{split_key(key, 1)};
    face_traits t{};
    t.bangs = random.chance(0.35);
    double const hair = random.unit();
    t.black_hair = hair < 0.36;
    t.blond_hair = hair > 0.68;
    t.bushy_eyebrows = random.chance(0.35);
    t.eyeglasses = random.chance(0.35);
    t.mouth_open = random.chance(0.4);
    t.lipstick = random.chance(0.4);
    t.mustache = random.chance(t.lipstick ? 0.12 : 0.45);
    t.pale_skin = random.chance(0.3);
    t.rosy_cheeks = random.chance(0.35);
    t.smiling = random.chance(0.5);
    t.hat = random.chance(0.3);
    return t;
}

/// Everything about a person that is not an attribute: colours and proportions, drawn from the key alone, so that the same
/// key with other traits is the same person.
struct face_person {
    image::colour skin, shade, hair, iris, lip, clothes, accent;
    float jaw, chin, eye_distance, eye_size, eye_slant, brow_tilt, nose_width, nose_length, mouth_width, lip_height, volume, gaze, light;
    int hair_style;  ///< 0 short, 1 long, 2 curly, 3 with a bun
    int hat_style;   ///< 0 woollen, 1 with a brim, 2 with a peak
    int frame_style; ///< 0 round, 1 broad
    bool parting_left;
};

inline face_person draw_person(std::uint64_t key, face_traits const& traits) {
    random_stream random{split_key(key, 2)};
    using image::colour;
    auto pick = [&](auto const& list) { return list[random.below(list.size())]; };
    auto varied = [&](colour c, double by) {
        float const level = between(random, -by, by);
        return colour{c.red + level + between(random, -by / 3, by / 3), c.green + level, c.blue + level + between(random, -by / 3, by / 3)};
    };
    constexpr std::array<colour, 6> skins{colour{232, 182, 142}, {219, 165, 122}, {201, 142, 100},
                                          {172, 114, 78},        {136, 88, 60},   {108, 70, 50}};
    constexpr std::array<colour, 3> pale{colour{254, 226, 206}, {252, 220, 198}, {250, 224, 212}};
    constexpr std::array<colour, 3> black{colour{30, 26, 28}, {22, 22, 28}, {38, 30, 28}};
    constexpr std::array<colour, 3> blond{colour{236, 202, 122}, {224, 184, 98}, {245, 220, 156}};
    constexpr std::array<colour, 5> other{colour{116, 72, 42}, {142, 88, 52}, {172, 78, 38}, {158, 156, 158}, {128, 52, 34}};
    constexpr std::array<colour, 5> irises{colour{96, 58, 30}, {66, 118, 170}, {84, 128, 72}, {112, 122, 130}, {70, 42, 26}};
    constexpr std::array<colour, 4> lipsticks{colour{200, 24, 54}, {222, 50, 110}, {150, 20, 70}, {226, 62, 44}};
    constexpr std::array<colour, 7> cloths{colour{60, 92, 150}, {160, 58, 62},  {66, 122, 92}, {226, 214, 190},
                                           {74, 70, 92},        {216, 150, 60}, {112, 76, 132}};
    face_person p{};
    // One pick of each list, whichever is used, keeps the other choices of the key the same.
    colour const usual = varied(pick(skins), 8), light = varied(pick(pale), 4);
    p.skin = traits.pale_skin ? light : usual;
    p.shade = {p.skin.red * 0.75f, p.skin.green * 0.6f, p.skin.blue * 0.54f};
    colour const dark = varied(pick(black), 6), fair = varied(pick(blond), 8), between_both = varied(pick(other), 8);
    p.hair = traits.black_hair ? dark : traits.blond_hair ? fair : between_both;
    p.iris = varied(pick(irises), 8);
    colour const natural = mix(p.skin, {176, 70, 70}, 0.42f), painted = varied(pick(lipsticks), 8);
    p.lip = traits.lipstick ? painted : natural;
    p.clothes = varied(pick(cloths), 16);
    p.accent = varied(pick(cloths), 16);
    p.jaw = between(random, 0.78, 0.93);
    p.chin = between(random, 1.2, 1.36);
    p.eye_distance = between(random, 0.38, 0.44);
    p.eye_size = between(random, 0.175, 0.21);
    p.eye_slant = between(random, -0.03, 0.03);
    p.brow_tilt = between(random, -0.05, 0.04);
    p.nose_width = between(random, 0.14, 0.2);
    p.nose_length = between(random, 0.36, 0.46);
    p.mouth_width = between(random, 0.28, 0.34);
    p.lip_height = between(random, 0.065, 0.1);
    p.volume = between(random, 0.08, 0.2);
    p.gaze = between(random, -0.2, 0.2);
    p.light = random.chance(0.5) ? 1.0f : -1.0f;
    p.hair_style = static_cast<int>(random.below(4));
    p.hat_style = static_cast<int>(random.below(3));
    p.frame_style = static_cast<int>(random.below(2));
    p.parting_left = random.chance(0.5);
    return p;
}

} // namespace mcfa::data
