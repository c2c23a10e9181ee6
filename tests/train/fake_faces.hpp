// SPDX-License-Identifier: MIT
#pragma once

#include "golden_net.hpp"

#include <mcfa/cascade/batch.hpp>
#include <mcfa/core/random.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace mcfa::test {

struct fake_reader;

/// Labelled noise in which faces are brighter, and attribute k brightens channel k: quick to learn, the same for the same seed.
struct fake_faces {
    std::size_t windows = 24;
    std::uint64_t key = 1;
    std::string photos = "noise"; ///< by which a checkpoint knows the data
    bool readable = true;
    /// Called for each batch that is ready, with epoch and number; may spoil it, or the process.
    std::function<void(batch&, std::uint64_t epoch, std::size_t number)> spoil{};

    fake_reader batches(encoding const& rows, batch_options const& options) const;
    std::map<std::string, std::string> identity() const { return {{"photos", photos}}; }
};

struct fake_reader {
    fake_faces source;
    encoding rows;
    batch_options options;
    std::uint64_t epoch = 0;
    std::size_t done = 0, number = 0;

    std::size_t batches_per_epoch() const { return (source.windows + options.batch - 1) / options.batch; }
    std::size_t windows_per_epoch() const { return source.windows; }
    void begin(std::uint64_t e) {
        epoch = e;
        done = number = 0;
    }
    bool next(batch& b) {
        b.size = std::min(options.batch, source.windows - done);
        if (b.size == 0 || !source.readable) return false;
        b.windows.clear();
        for (int const side : rows.sides) {
            auto const s = static_cast<std::size_t>(side);
            b.windows.push_back(array<float, 4>({options.batch, s, s, std::size_t{3}}));
        }
        b.targets = array<float, 2>({options.batch, static_cast<std::size_t>(rows.targets)});
        b.masks = array<float, 2>({options.batch, static_cast<std::size_t>(rows.terms)});
        for (std::size_t n = 0; n < b.size; ++n) fill(b, n, split_key(split_key(source.key, options.training ? epoch : 0), done + n));
        done += b.size;
        if (source.spoil) source.spoil(b, epoch, number);
        ++number;
        return true;
    }
    void fill(batch& b, std::size_t n, std::uint64_t label_key) {
        random_stream random{split_key(label_key, options.seed.value)};
        static auto const names = std::make_shared<attribute_table const>(std::vector<std::string>{"Smiling", "Eyeglasses", "Wearing_Hat"});
        window_label label;
        label.kind = static_cast<window_kind>(random.below(3));
        float const shift = static_cast<float>(random.uniform(-0.1, 0.1));
        if (label.kind != window_kind::negative) label.face = box{0.2f + shift, 0.2f, 0.6f, 0.6f};
        label.landmarks = {{0.3f + shift, 0.4f}, {0.7f + shift, 0.4f}, {0.5f + shift, 0.6f}, {0.4f + shift, 0.8f}, {0.6f + shift, 0.8f}};
        label.attribute_names = names;
        for (int k = 0; k < 3; ++k) label.attributes.push_back(random.chance(0.1) ? 0 : random.chance(0.5) ? 1 : -1);
        label.measurements["pose"] = {0.5f + shift, 0.5f, -0.5f};
        for (auto& w : b.windows) {
            std::size_t const size = w.size() / options.batch;
            for (std::size_t i = 0; i < size; ++i) {
                float const face = label.kind == window_kind::negative ? -0.5f : 0.5f;
                w.data()[n * size + i] =
                    face + 0.3f * static_cast<float>(label.attributes[i % 3]) + static_cast<float>(random.uniform(-0.3, 0.3));
            }
        }
        auto const row = [n](array<float, 2>& a) { return std::span<float>(a.data() + n * a.shape()[1], a.shape()[1]); };
        rows.encode(label, false, row(b.targets), row(b.masks));
    }
};

inline fake_reader fake_faces::batches(encoding const& rows, batch_options const& options) const { return {*this, rows, options}; }

} // namespace mcfa::test
