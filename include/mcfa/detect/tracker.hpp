// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/detect/track/one_euro.hpp>
#include <mcfa/detect/track/tracker_options.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/placement.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace mcfa {

/// A face of a frame, and which of the faces followed it is.
template <class Face>
struct tracked_face : Face {
    std::size_t number = 0; ///< from 1; the same for one face from frame to frame, never given to another
    std::size_t frames = 0; ///< in which it was seen so far
};

/// Finds faces in the frames of a video, in their order, and follows them:
///
///     tracker follow{find};
///     for (...) for (auto const& face : follow(frame)) ... face.number, face.box, face.landmarks
///
/// 1. Where a face is expected, from its last place and its motion, the whole cascade judges one window.
/// 2. A share of the photo is swept for new faces, another one in each frame; the first frame, and the first after `restart`, is swept whole.
/// 3. A new face near one that was lost a few frames ago takes its number up; another one gets the next number.
///
/// So a frame costs a share of a sweep and a window a face, each frame about as much. The detector must outlive the tracker. A tracker has state:
/// one thread uses it, one tracker a video; any number of trackers share a detector.
template <class Detector>
class tracker {
public:
    using detected = typename Detector::face;
    using face = tracked_face<detected>;

    /// Throws `option_error` for an option out of its range.
    explicit tracker(Detector const& find, tracker_options options = {}) : find_(find), options_(options) { options_.check(); }
    explicit tracker(Detector const&&, tracker_options = {}) = delete;

    tracker_options const& options() const { return options_; }

    /// The faces that are seen in this frame, by number. Throws `shape_error` unless the frame has three channels.
    std::vector<face> operator()(image::frame const& frame) {
        follow(frame);
        join_doubles();
        for (auto const& one : fresh(frame)) add(one);
        std::erase_if(tracks_, [&](track const& t) { return t.missed > options_.patience; });
        ++frames_;
        std::vector<face> seen;
        for (track& t : tracks_)
            if (t.missed == 0) seen.push_back(shown(t));
        return seen;
    }

    /// Forgets all faces, as at a cut of the film; numbers go on.
    void restart() {
        tracks_.clear();
        frames_ = 0;
    }

private:
    struct track {
        std::size_t number, frames;
        detected last;  ///< as the cascade said it, not filtered
        point motion;   ///< of the box's centre, pixels a frame
        int missed = 0; ///< frames since it was seen
        detect::one_euro filter{};
    };

    /// The whole cascade on the window in which each face is expected.
    void follow(image::frame const& frame) {
        std::vector<image::placement> expected;
        for (track const& t : tracks_) {
            auto window = find_.moved(t.last);
            window.centre.x += t.motion.x * static_cast<float>(t.missed + 1);
            window.centre.y += t.motion.y * static_cast<float>(t.missed + 1);
            expected.push_back(window);
        }
        auto const found = find_.at(frame, expected, options_.keep, options_.mirror);
        for (std::size_t i = 0; i < tracks_.size(); ++i) {
            if (found[i]) see(tracks_[i], *found[i]);
            else ++tracks_[i].missed;
        }
    }

    /// Faces in this frame's share of the photo, but for those followed.
    std::vector<detected> fresh(image::frame const& frame) const {
        if (frames_ == 0) return find_(frame);
        std::vector<image::placement> known;
        for (track const& t : tracks_)
            if (t.missed == 0) known.push_back(find_.moved(t.last));
        return find_.part(frame, static_cast<int>(frames_ % static_cast<std::size_t>(options_.sweep_frames)), options_.sweep_frames, known);
    }

    void see(track& t, detected const& now) {
        point const from = t.last.box.centre(), to = now.box.centre();
        auto const passed = static_cast<float>(t.missed + 1);
        t.motion = {(t.motion.x + (to.x - from.x) / passed) / 2, (t.motion.y + (to.y - from.y) / passed) / 2};
        t.last = now;
        t.missed = 0;
        ++t.frames;
    }

    /// Of two that came to be one face the one that was seen longer remains.
    void join_doubles() {
        std::stable_sort(tracks_.begin(), tracks_.end(), [](track const& a, track const& b) { return a.frames > b.frames; });
        std::vector<track> kept;
        for (track& t : tracks_)
            if (std::ranges::none_of(kept,
                                     [&](track const& k) { return k.missed == 0 && t.missed == 0 && one_face(k.last.box, t.last.box); }))
                kept.push_back(std::move(t));
        tracks_ = std::move(kept);
        std::ranges::sort(tracks_, {}, &track::number);
    }

    bool one_face(box a, box b) const {
        float const smaller = std::min(a.area(), b.area());
        return iou(a, b) > find_.options().overlap || (smaller > 0 && intersection(a, b) > find_.options().containment * smaller);
    }

    /// A face that the sweep found: known already, lost before, or new.
    void add(detected const& found) {
        for (track const& t : tracks_)
            if (t.missed == 0 && one_face(t.last.box, found.box)) return;
        track* nearest = nullptr;
        float least = options_.reach;
        for (track& t : tracks_) {
            if (t.missed == 0) continue;
            point const a = t.last.box.centre(), b = found.box.centre();
            float const side = std::max(longer_side(t.last.box), longer_side(found.box));
            if (float const away = std::hypot(a.x - b.x, a.y - b.y) / side; away <= least) least = away, nearest = &t;
        }
        if (nearest) see(*nearest, found), nearest->motion = {}, nearest->filter = {};
        else tracks_.push_back({++last_number_, 1, found, {}});
    }

    static float longer_side(box b) { return std::max(b.width, b.height); }

    /// The face as it is reported: box and landmarks filtered.
    face shown(track& t) const {
        face result{t.last, t.number, t.frames};
        if (!options_.smooth) return result;
        std::vector<float> values{result.box.left, result.box.top, result.box.width, result.box.height};
        if constexpr (requires { result.landmarks; })
            for (point const p : result.landmarks) values.insert(values.end(), {p.x, p.y});
        t.filter(values, std::max(longer_side(result.box), 1.0f), options_.filter);
        result.box = {values[0], values[1], values[2], values[3]};
        if constexpr (requires { result.landmarks; })
            for (std::size_t i = 0; i < result.landmarks.size(); ++i) result.landmarks[i] = {values[4 + 2 * i], values[5 + 2 * i]};
        return result;
    }

    Detector const& find_;
    tracker_options options_;
    std::vector<track> tracks_; ///< by number
    std::size_t frames_ = 0, last_number_ = 0;
};

} // namespace mcfa
