// SPDX-License-Identifier: MIT
#pragma once

#include "report/face_picture.hpp"
#include "report/page.hpp"

#include <mcfa/core/geometry.hpp>
#include <mcfa/detect/score/detection_score.hpp>
#include <mcfa/image/image.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Pictures of the largest faces that a detector missed, and of its most probable false alarms.
class wrong_faces {
public:
    static constexpr std::size_t most_pictures = 60; ///< of each kind

    /// Faces of at least this probability are said; a face that is found below it counts as missed here.
    explicit wrong_faces(double threshold) : threshold_(threshold) {}

    double threshold() const { return threshold_; }
    std::size_t missed_count() const { return missed_count_; }
    std::size_t alarm_count() const { return alarm_count_; }

    /// One photo; `verdicts` as `detection_score::add` returns them for `found` and `truth`.
    void add(mcfa::image::pixels const& photo, std::string const& name, std::span<mcfa::box const> found, std::span<float const> scores,
             std::span<mcfa::box const> truth, std::span<int const> verdicts) {
        std::vector<bool> said(truth.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (static_cast<double>(scores[i]) < threshold_) continue;
            if (verdicts[i] >= 0) said[static_cast<std::size_t>(verdicts[i])] = true;
            if (verdicts[i] == mcfa::detect::detection_score::false_alarm) {
                ++alarm_count_;
                keep(alarms_, scores[i], photo, found[i], report::number(scores[i], 3), name);
            }
        }
        for (std::size_t t = 0; t < truth.size(); ++t) {
            if (said[t]) continue;
            ++missed_count_;
            float const side = std::max(truth[t].width, truth[t].height);
            keep(missed_, side, photo, truth[t], report::number(side, 0) + " px", name);
        }
    }

    std::vector<report::thumbnail> missed() const { return row_of(missed_); }
    std::vector<report::thumbnail> alarms() const { return row_of(alarms_); }

private:
    using by_size = std::multimap<float, report::thumbnail, std::greater<>>;

    static void keep(by_size& all, float size, mcfa::image::pixels const& photo, mcfa::box face, std::string caption, std::string name) {
        if (all.size() == most_pictures && size <= all.rbegin()->first) return;
        all.emplace(size, report::thumbnail{report::face_picture(photo, face), std::move(caption), std::move(name)});
        if (all.size() > most_pictures) all.erase(std::prev(all.end()));
    }

    static std::vector<report::thumbnail> row_of(by_size const& all) {
        std::vector<report::thumbnail> row;
        for (auto const& entry : all) row.push_back(entry.second);
        return row;
    }

    double threshold_;
    by_size missed_, alarms_;
    std::size_t missed_count_ = 0, alarm_count_ = 0;
};
