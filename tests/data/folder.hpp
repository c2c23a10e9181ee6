// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/write.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

/// A folder that goes away with the test.
struct temporary_folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("mcfa-data-" + std::to_string(std::random_device{}()));
    temporary_folder() { std::filesystem::create_directories(path); }
    temporary_folder(temporary_folder const&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    void put(std::filesystem::path const& name, std::string const& content) const {
        std::filesystem::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << content;
    }
};

/// A photo of coloured noise, never near black.
inline mcfa::image::pixels noise(std::uint64_t key, int height, int width) {
    auto photo = mcfa::image::blank(height, width);
    for (std::size_t i = 0; i < photo.size(); ++i) photo.data()[i] = static_cast<std::uint8_t>(60 + mcfa::random_bits(key, i) % 190);
    return photo;
}

inline std::string photo_name(int i) { return "face" + std::to_string(i) + ".png"; }

/// `count` photos of 120 x 100 in the plain layout, two attributes, boxes of 40 x 48; every fifth photo is for validation and every fifth for test.
struct plain_folder : temporary_folder {
    explicit plain_folder(int count) {
        std::string attributes = std::to_string(count) + "\nSmiling Male\n",
                    boxes = std::to_string(count) + "\nimage_id x_1 y_1 width height\n", parts;
        std::string points =
            "1\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y\n" +
            photo_name(0) + " 45 40 65 40 55 50 47 60 63 60\n";
        std::filesystem::create_directories(path / "Img");
        for (int i = 0; i < count; ++i) {
            attributes += photo_name(i) + (i % 2 ? " 1 -1\n" : " -1 0\n");
            boxes += photo_name(i) + " " + std::to_string(35 + i % 3) + " 30 40 48\n";
            parts += photo_name(i) + " " + (i % 5 == 3 ? "1" : i % 5 == 4 ? "2" : "0") + "\n";
            mcfa::image::write_png(path / "Img" / photo_name(i), noise(static_cast<std::uint64_t>(i), 100, 120));
        }
        put("Anno/list_attr.txt", attributes);
        put("Anno/list_bbox.txt", boxes);
        put("Anno/list_landmarks.txt", points);
        put("Eval/list_eval_partition.txt", parts);
    }
};

/// Expects an `Error` whose message begins with `start` and contains `words`.
template <class Error, class F>
void refuses(F&& act, std::string const& start, std::string const& words) {
    try {
        act();
        BOOST_ERROR("accepted, expected: " + words);
    } catch (Error const& problem) {
        std::string const message = problem.what();
        BOOST_TEST(message.starts_with(start), message + " does not begin with " + start);
        BOOST_TEST((message.find(words) != std::string::npos), message + " does not say: " + words);
    }
}
