// SPDX-License-Identifier: MIT
// This library's side of compare_input.py: windows out of photos on one core; answers requests on its standard input.
//
//     ours_input same <list> <folder>       the windows of the list, "photo left top side mirrored" a line, photos in <folder>
//     ours_input training <data> <count>    the first windows of an epoch of training, as the loader makes them: turned and jittered too
//
// A run makes all windows at 56, 112 and 224 pixels: file read, decoded, window cut, shrunk, mirrored, normalised.
// Requests: run N -> "times" and N times in milliseconds;  outputs FILE -> float32 (window, then 224, 112 and 56 pixels, y, x, channel).
#include "serve.hpp"

#include <mcfa/cascade/batch.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/data/row_maker.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/image/resample.hpp>
#include <mcfa/image/shrink.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace mcfa;

constexpr std::array<std::size_t, 3> sides{224, 112, 56};
constexpr std::size_t floats(std::size_t side) { return side * side * 3; }
constexpr std::size_t floats_of_window = floats(sides[0]) + floats(sides[1]) + floats(sides[2]);

class listed_windows : public peers::subject {
public:
    listed_windows(std::string const& list, std::filesystem::path const& folder) {
        std::ifstream file(list);
        std::string name;
        float left, top, side;
        int mirrored;
        while (file >> name >> left >> top >> side >> mirrored)
            windows_.push_back({folder / name, {{left + side / 2, top + side / 2}, side, 0, mirrored != 0}});
        if (windows_.empty()) throw file_error(list, "has no windows");
    }

    void run() override {
        for (std::size_t i = 0; i < windows_.size(); ++i) make(windows_[i], batch_.data() + i % batch * floats_of_window);
    }
    std::vector<float> outputs() override {
        std::vector<float> all(windows_.size() * floats_of_window);
        for (std::size_t i = 0; i < windows_.size(); ++i) make(windows_[i], all.data() + i * floats_of_window);
        return all;
    }

private:
    struct listed {
        std::filesystem::path path;
        image::placement window;
    };

    /// At 224 pixels, at 112 from that, at 56 from that.
    void make(listed const& one, float* to) {
        image::cut(image::read(one.path), one.window, static_cast<int>(sides[0]), cut_);
        to = normalised(cut_, to);
        image::shrink_area(cut_, static_cast<int>(sides[0]), static_cast<int>(sides[1]), small_, shrunk_rows_);
        to = normalised(small_, to);
        image::shrink_area(small_, static_cast<int>(sides[1]), static_cast<int>(sides[2]), smaller_, shrunk_rows_);
        normalised(smaller_, to);
    }

    static float* normalised(std::vector<float> const& pixels, float* to) {
        mcfa::pixel_rule{}.apply(pixels.data(), to, pixels.size());
        return to + pixels.size();
    }

    static constexpr std::size_t batch = 32; ///< windows that are kept, as a batch is in training
    std::vector<listed> windows_;
    std::vector<float> batch_ = std::vector<float>(batch * floats_of_window), cut_ = std::vector<float>(floats(sides[0])),
                       small_ = std::vector<float>(floats(sides[1])), smaller_ = std::vector<float>(floats(sides[2])), shrunk_rows_;
};

class training_windows : public peers::subject {
public:
    training_windows(std::string const& folder, std::size_t count) : faces_(folder), maker_(faces_.source(), options_, code_, true) {
        std::vector<std::size_t> photos;
        for (std::size_t i = 0; i < faces_.source().size(); ++i)
            if (faces_.source().has_face(i)) photos.push_back(i);
        plan_ = data::plan_training({photos, {}, {}}, options_, seed{1}, 0);
        plan_.resize(std::min(plan_.size(), count));
        for (std::size_t const side : sides) rows_.windows.emplace_back(std::array<std::size_t, 4>{1, side, side, 3});
        rows_.targets = array<float, 2>(std::array<std::size_t, 2>{1, 1});
        rows_.masks = array<float, 2>(std::array<std::size_t, 2>{1, 1});
    }

    void run() override {
        for (auto const& planned : plan_) maker_.fill(planned, rows_, 0);
    }
    std::vector<float> outputs() override { return {}; }

private:
    static void encode(window_label const&, bool, std::span<float>, std::span<float>) {}

    data::sampling options_;
    encoding code_{{224, 112, 56}, 1, 1, &encode, {}};
    data::celeba faces_;
    data::row_maker maker_;
    std::vector<data::planned_window> plan_;
    batch rows_;
};

} // namespace

int main(int argc, char** argv) try {
    if (argc != 4) throw option_error("usage: ours_input same <list> <folder>, or ours_input training <data> <count>");
    if (std::string(argv[1]) == "same") {
        listed_windows s(argv[2], argv[3]);
        peers::serve(s);
    } else {
        training_windows s(argv[2], std::stoul(argv[3]));
        peers::serve(s);
    }
} catch (std::exception const& e) {
    std::cerr << "ours_input: " << e.what() << '\n';
    return 1;
}
