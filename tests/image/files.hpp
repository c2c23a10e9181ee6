// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/image.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

using bytes = std::vector<std::uint8_t>;

/// A folder that goes away with the test.
struct temporary_folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("mcfa-image-" + std::to_string(std::random_device{}()));
    temporary_folder() { std::filesystem::create_directories(path); }
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path put(std::string const& name, bytes const& content) const {
        std::ofstream(path / name, std::ios::binary)
            .write(reinterpret_cast<char const*>(content.data()), static_cast<std::streamsize>(content.size()));
        return path / name;
    }
    std::filesystem::path put(std::string const& name, std::string const& content) const {
        return put(name, bytes(content.begin(), content.end()));
    }
};

/// Expects a `file_error` whose message begins with the name and contains the words.
template <class F>
void refuses(F&& act, std::string const& name, std::string const& words) {
    try {
        act();
        BOOST_ERROR(name + ": accepted, expected: " + words);
    } catch (mcfa::file_error const& problem) {
        std::string const message = problem.what();
        BOOST_TEST(message.starts_with(name + ":"), message);
        BOOST_TEST((message.find(words) != std::string::npos), message + " does not say: " + words);
    }
}

/// A smooth picture, so that JPEG keeps it: red grows to the right, green downwards, blue is constant.
inline mcfa::image::pixels ramp(int height, int width) {
    auto photo = mcfa::image::blank(height, width);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            photo(y, x, 0) = static_cast<std::uint8_t>(x * 255 / width);
            photo(y, x, 1) = static_cast<std::uint8_t>(y * 255 / height);
            photo(y, x, 2) = 90;
        }
    return photo;
}

inline int greatest_difference(mcfa::image::pixels const& a, mcfa::image::pixels const& b) {
    BOOST_REQUIRE(a.shape() == b.shape());
    int most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(int{a.data()[i]} - int{b.data()[i]}));
    return most;
}
