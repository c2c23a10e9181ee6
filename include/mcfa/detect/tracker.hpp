// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/detect/track/one_euro.hpp>
#include <mcfa/detect/track/tracker_options.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/placement.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
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
/// So a frame costs a share of a sweep and a window a face, each frame about as much. With the detector's `budget` 1 and 2 take as long at most,
/// each; a face whose window is not judged in time counts as unseen. The detector must outlive the tracker. A tracker has state: one thread uses
/// it, one tracker a video; any number of trackers share a detector.
///
/// Scratch memory is kept from frame to frame. So with `into` a frame allocates nothing, once every share of a photo of this size has been swept,
/// unless it has more candidates or faces than those before.
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
        std::vector<face> seen;
        into(seen, frame);
        return seen;
    }

    /// Likewise in place of what `seen` held, in its memory.
    void into(std::vector<face>& seen, image::frame const& frame) {
        follow(frame);
        join_doubles();
        find_fresh(frame);
        for (detected const& one : fresh_) add(one);
        std::erase_if(tracks_, [&](track const& t) { return t.missed > options_.patience; });
        ++frames_;
        seen.clear();
        for (track& t : tracks_)
            if (t.missed == 0) seen.push_back(shown(t));
    }

    /// Forgets all faces, as at a cut of the film; numbers go on.
    void restart() {
        tracks_.clear();
        frames_ = 0;
    }

private:
    static constexpr bool has_landmarks = requires(detected const& d) { d.landmarks; };
    static constexpr std::size_t places = has_landmarks ? 4 + 2 * 5 : 4; ///< numbers that are filtered: of box and landmarks

    struct track {
        std::size_t number, frames;
        detected last;  ///< as the cascade said it, not filtered
        point motion;   ///< of the box's centre, pixels a frame
        int missed = 0; ///< frames since it was seen
        detect::one_euro<places> filter{};
    };

    /// The whole cascade on the window in which each face is expected.
    void follow(image::frame const& frame) {
        windows_.clear();
        for (track const& t : tracks_) {
            auto window = find_.moved(t.last);
            window.centre.x += t.motion.x * static_cast<float>(t.missed + 1);
            window.centre.y += t.motion.y * static_cast<float>(t.missed + 1);
            windows_.push_back(window);
        }
        find_.at_into(followed_, frame, windows_, options_.keep, options_.mirror);
        for (std::size_t i = 0; i < tracks_.size(); ++i) {
            if (followed_[i]) see(tracks_[i], *followed_[i]);
            else ++tracks_[i].missed;
        }
    }

    /// Leaves the faces in this frame's share of the photo, but for those followed, in `fresh_`.
    void find_fresh(image::frame const& frame) {
        if (frames_ == 0) return find_.into(fresh_, frame);
        windows_.clear();
        for (track const& t : tracks_)
            if (t.missed == 0) windows_.push_back(find_.moved(t.last));
        auto const share = static_cast<int>(frames_ % static_cast<std::size_t>(options_.sweep_frames));
        find_.part_into(fresh_, frame, share, options_.sweep_frames, windows_);
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
        std::ranges::sort(tracks_,
                          [](track const& a, track const& b) { return a.frames != b.frames ? a.frames > b.frames : a.number < b.number; });
        auto kept = tracks_.begin();
        for (track const& t : tracks_)
            if (std::none_of(tracks_.begin(), kept,
                             [&](track const& k) { return k.missed == 0 && t.missed == 0 && one_face(k.last.box, t.last.box); }))
                *kept++ = t;
        tracks_.erase(kept, tracks_.end());
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
        std::array<float, places> values{result.box.left, result.box.top, result.box.width, result.box.height};
        if constexpr (has_landmarks)
            for (std::size_t i = 0; i < result.landmarks.size(); ++i)
                values[4 + 2 * i] = result.landmarks[i].x, values[5 + 2 * i] = result.landmarks[i].y;
        t.filter(values, std::max(longer_side(result.box), 1.0f), options_.filter);
        result.box = {values[0], values[1], values[2], values[3]};
        if constexpr (has_landmarks)
            for (std::size_t i = 0; i < result.landmarks.size(); ++i) result.landmarks[i] = {values[4 + 2 * i], values[5 + 2 * i]};
        return result;
    }

    Detector const& find_;
    tracker_options options_;
    std::vector<track> tracks_; ///< by number
    std::size_t frames_ = 0, last_number_ = 0;
    std::vector<image::placement> windows_;         ///< being judged, or known
    std::vector<std::optional<detected>> followed_; ///< by track
    std::vector<detected> fresh_;
};

} // namespace mcfa
