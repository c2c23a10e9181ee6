// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/detect/detected_face.hpp>
#include <mcfa/detect/detection_limits_met.hpp>
#include <mcfa/detect/detector_options.hpp>
#include <mcfa/detect/propose/photo_sizes.hpp>
#include <mcfa/detect/propose/suppression.hpp>
#include <mcfa/detect/shot/shots.hpp>
#include <mcfa/detect/time_budget.hpp>
#include <mcfa/detect/worker_pool.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/model/prediction.hpp>
#include <mcfa/model/prepared_model.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace mcfa {

/// Finds faces in photos with a single_shot, at all its strides in one pass:
///
///     single_shot_detector find{finder, {.smallest_face = 30}};
///     for (auto const& face : find(image::read("photo.jpg"))) ...
///
/// The photo is made smaller until a face of the smallest size is as large as the first stage has learned; where the largest ones are then too large for
/// the last stage, it is seen once more at a size that fits them, which costs next to nothing. Of faces that overlap the most probable one remains.
///
/// Of `detector_options` the sizes, `thresholds` (one), `context`, `overlap`, `containment`, `most_candidates` and `budget` count. The detector prepares the
/// model's weights once; the model must outlive it and stay as it is. It is const, and any number of threads may share one.
template <class Model, class Stored = typename Model::scalar>
class single_shot_detector {
public:
    using net = typename Model::net_type;
    using tasks = typename net::tasks;
    using face = detected_face<tasks>;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    static_assert(single_shot_net<net>, "mcfa: a single_shot_detector needs a single_shot; a cascade has `detector`");
    static_assert(detect::learns<tasks, face_class>(), "mcfa: a detector needs a net that learns face_class");

    /// Throws `option_error` for an option out of its range, or another number of thresholds than one.
    explicit single_shot_detector(Model const& m, detector_options options = {})
        : options_(accepted(m, std::move(options))),
          nothing_yet_(prediction<tasks>::above(m.attribute_thresholds())),
          ready_(m, 1, weights_form::fast, detect::shots<Model, Stored>::sees) {
        workers_.add(make_worker());
    }
    explicit single_shot_detector(Model const&&, detector_options = {}) = delete;

    detector_options const& options() const { return options_; }

    /// What keeps a detector from being made with these options, if anything; a threshold that is not said becomes the model's, or 0.5.
    static std::optional<option_error> problem(Model const& m, detector_options& options) {
        if (auto bad = options.problem()) return bad;
        if (options.thresholds.empty() && !m.detection_thresholds().empty()) options.thresholds = {m.detection_thresholds().front()};
        if (options.thresholds.empty()) options.thresholds = {0.5};
        if (options.thresholds.size() != 1) return option_error({"single_shot_detector: one threshold, given ", options.thresholds.size()});
        return {};
    }

    /// The faces of a photo, the most probable first; none is an empty vector. Throws `shape_error` unless the photo has three channels.
    /// `met`, where it is given, says whether a limit left something out: then faces may be missing.
    std::vector<face> operator()(image::frame const& photo, detection_limits_met* met = nullptr) const {
        std::vector<face> faces;
        into(faces, photo, met);
        return faces;
    }

    /// Likewise in place of what `faces` held, in its memory.
    void into(std::vector<face>& faces, image::frame const& photo, detection_limits_met* met = nullptr) const {
        detection_limits_met own;
        workers_.with([this] { return make_worker(); },
                      [&](worker& w) {
                          find(photo, w, own);
                          faces.assign(w.kept.begin(), w.kept.end());
                      });
        if (met) *met = own;
    }

private:
    /// The smallest face is shown at so much of the size that suits the first stage best: well above the least that is learned (`place_rules`), since at
    /// that one face in forty more is missed.
    static constexpr double least_shown = 0.75;

    struct worker {
        explicit worker(prepared_model<T, B, Stored> const& ready) : see(ready) {}
        detect::shots<Model, Stored> see;
        detect::photo_sizes sizes;
        detect::suppression suppression;
        std::vector<face> found, kept;
    };

    static detector_options accepted(Model const& m, detector_options options) {
        if (auto const bad = problem(m, options)) raise(*bad);
        return options;
    }

    std::unique_ptr<worker> make_worker() const { return std::make_unique<worker>(ready_); }

    /// Leaves the faces in `w.kept`.
    void find(image::frame const& photo, worker& w, detection_limits_met& met) const {
        constexpr auto const& grids = detect::place_grids<net>();
        // sizes of face in pixels that the net sees: the least that its first stage is shown, and from one pass over the photo to the next
        double const least = grids.front().side / static_cast<double>(options_.context) * least_shown;
        double const octaves = grids.back().stride / grids.front().stride * 2;
        double const largest = options_.largest_face > 0 ? static_cast<double>(options_.largest_face)
                                                         : static_cast<double>(std::min(photo.height(), photo.width()));
        detect::time_budget const time(options_.budget, options_.clock);
        w.sizes.show(photo);
        w.found.clear();
        double smallest = static_cast<double>(options_.smallest_face);
        int passes = 1;
        for (double size = smallest * octaves; size < largest; size *= octaves) ++passes;
        for (int pass = passes; pass-- > 0;) { // the largest faces first, which cost least
            if (pass + 1 < passes && time.spent() > 0.5) {
                met.out_of_time = true;
                break;
            }
            double const step = smallest * std::pow(octaves, pass) / least;
            w.see(w.sizes, step, static_cast<float>(options_.thresholds[0]),
                  [&](image::placement const& window, std::span<float const> logits) {
                      prediction<tasks> p = nothing_yet_;
                      std::copy(logits.begin(), logits.end(), p.logits.begin());
                      p.passed = true;
                      face const one = detect::face_of(p, window, options_.context);
                      if (std::isfinite(one.box.left + one.box.top + one.box.width + one.box.height)) w.found.push_back(one);
                  });
        }
        keep_most_probable(photo, w, met);
        suppress(w, options_.overlap, detect::overlap_measure::union_area);
        w.found.assign(w.kept.begin(), w.kept.end());
        suppress(w, options_.containment, detect::overlap_measure::smaller_area);
    }

    /// Several places see one face, so some times as many as candidates remain before suppression.
    void keep_most_probable(image::frame const& photo, worker& w, detection_limits_met& met) const {
        std::size_t const most = 16 * options_.candidates_on(photo.height(), photo.width());
        if (w.found.size() <= most) return;
        met.candidates_left_out += w.found.size() - most;
        std::ranges::stable_sort(w.found, [](face const& a, face const& b) { return a.probability > b.probability; });
        w.found.resize(most);
    }

    static void suppress(worker& w, float most, detect::overlap_measure measure) {
        w.suppression.clear();
        for (face const& f : w.found) w.suppression.add(f.box, f.probability);
        w.kept.clear();
        for (std::size_t const i : w.suppression.kept(most, measure)) w.kept.push_back(w.found[i]);
    }

    detector_options options_;
    prediction<tasks> nothing_yet_; ///< has the model's thresholds of attributes
    prepared_model<T, B, Stored> ready_;
    mutable detect::worker_pool<worker> workers_;
};

} // namespace mcfa
