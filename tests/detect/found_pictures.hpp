// SPDX-License-Identifier: MIT
#pragma once

#include "photos.hpp"

#include <mcfa/data/dataset.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

/// So many photos of 120 x 100, each with a face of 40 x 48 at (35, 30), landmarks and the attributes Male (yes) and Smiling (no).
struct portraits : mcfa::data::dataset {
    explicit portraits(std::size_t count) : count(count) {}
    std::size_t size() const override { return count; }
    std::string name(std::size_t i) const override { return "portrait " + std::to_string(i); }
    bool has_face(std::size_t) const override { return true; }
    mcfa::annotation label(std::size_t) const override {
        return {mcfa::box{35, 30, 40, 48}, {{45, 40}, {65, 40}, {55, 50}, {47, 60}, {63, 60}}, {1, -1}, {}};
    }
    mcfa::data::example load(std::size_t i) const override { return {noise(100, 120, i + 1), label(i)}; }
    std::shared_ptr<mcfa::attribute_table const> attributes() const override {
        return std::make_shared<mcfa::attribute_table const>(std::vector<std::string>{"Male", "Smiling"});
    }
    std::size_t count;
};
