// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/detect/detected_face.hpp>
#include <mcfa/detect/detection_limits_met.hpp>
#include <mcfa/detect/detector_options.hpp>
#include <mcfa/detect/judge/calibration.hpp>
#include <mcfa/detect/judge/judge.hpp>
#include <mcfa/detect/propose/proposals.hpp>
#include <mcfa/detect/propose/scan.hpp>
#include <mcfa/detect/propose/sweep.hpp>
#include <mcfa/detect/worker_pool.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/model/prediction.hpp>
#include <mcfa/model/prepared_model.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa {

/// Finds faces in photos with a cascade:
///
///     detector find{m, {.thresholds = {0.6, 0.7}}};
///     for (auto const& face : find(image::read("photo.jpg"))) ...
///
/// 1. The first stage sweeps every level of an image pyramid. Places that reach its threshold propose windows; overlapping ones are suppressed,
///    within a level and across levels, and the most probable remain.
/// 2. The second stage judges those windows, cut out of the photo, beside the feature that the sweep left there. What reaches the
///    second threshold has its window moved to the face that the box head saw, and overlapping ones are suppressed.
/// 3. The moved windows are judged by one stage more than before, from the first stage on, moved and suppressed again, until the whole cascade has
///    judged a moved window, `looks` times, the last of them in the mirror too if `mirror` is set. So what is reported comes, as in training,
///    from stages that all saw one window.
///
/// Where the first stage pads its convolutions the sweep is only near to its windows: then step 2 begins with the first stage alone on the
/// windows that reach `proposal` times its threshold. A cascade of one stage judges twice.
///
/// Memory follows the tile of a level, `most_candidates` and `batch`, and a third of the photo's own. The detector prepares the model's weights once; the
/// model must outlive it and stay as it is: make another detector after more training. The detector is const, and any number of threads may share one.
///
/// `Stored` is the arithmetic, as `prepared_model` has it: `detector<decltype(m), bfloat16> find{m, options}` computes in bfloat16.
template <class Model, class Stored = typename Model::scalar>
class detector {
public:
    using net = typename Model::net_type;
    using tasks = typename net::tasks;
    using face = detected_face<tasks>;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    static_assert(detect::learns<tasks, face_class>(), "mcfa: a detector needs a cascade that learns face_class");

    /// Throws `option_error` for an option out of its range, or another number of thresholds than there are stages.
    explicit detector(Model const& m, detector_options options = {})
        : options_(std::move(options)),
          nothing_yet_(prediction<tasks>::above(m.attribute_thresholds())),
          ready_(m, planned_windows, weights_form::fast, proposer::sees) {
        options_.check();
        if (options_.thresholds.empty()) options_.thresholds = m.detection_thresholds();
        if (options_.thresholds.empty()) options_.thresholds.assign(net::count, 0.5);
        if (options_.thresholds.size() != net::count)
            throw option_error({"detector: the cascade has ", net::count, " stages, given ", options_.thresholds.size(), " thresholds"});
        workers_.add(make_worker());
    }
    explicit detector(Model const&&, detector_options = {}) = delete;

    detector_options const& options() const { return options_; }

    /// The faces of a photo, the most probable first; none is an empty vector. Throws `shape_error` unless the photo has three channels.
    /// `met`, where it is given, says whether a limit left something out: then faces may be missing.
    std::vector<face> operator()(image::frame const& photo, detection_limits_met* met = nullptr) const {
        detection_limits_met own;
        return workers_.with([this] { return make_worker(); }, [&](worker& w) { return find(photo, w, met ? *met : own); });
    }

    /// The faces of a photo that an xtensor expression makes, evaluated first.
    template <class E>
        requires(!image::bytes_in_memory<E>)
    std::vector<face> operator()(xt::xexpression<E> const& photo, detection_limits_met* met = nullptr) const {
        return (*this)(image::frame(image::evaluated(photo)), met);
    }

    /// The faces of each photo.
    std::vector<std::vector<face>> operator()(std::span<image::pixels const> photos) const {
        std::vector<std::vector<face>> all;
        for (image::pixels const& photo : photos) all.push_back((*this)(photo));
        return all;
    }

private:
    using proposer = std::conditional_t<detect::first_footprint<net>::slides, detect::sweep<Model, Stored>, detect::scan<Model, Stored>>;

    struct worker {
        worker(prepared_model<T, B, Stored> const& ready, std::size_t batch) : propose(ready), judge(ready, batch) {}
        proposer propose;
        detect::judge<T, B, Stored> judge;
    };
    static constexpr std::size_t planned_windows = 32; ///< smallest number of windows in a sweep's level or a batch of candidates

    std::unique_ptr<worker> make_worker() const { return std::make_unique<worker>(ready_, options_.batch); }

    std::vector<face> find(image::frame const& photo, worker& w, detection_limits_met& met) const {
        constexpr bool features_are_kept = proposer::exact && net::count > 1;
        std::size_t stages = features_are_kept ? 2 : 1;
        std::vector<face> faces;
        auto const proposed = proposals_of(photo, w, met);
        std::vector<image::placement> windows;
        for (auto const& p : proposed) windows.push_back(p.window);
        auto const add = [&](std::size_t i, std::span<float const> logits) { pass(windows[i], stages, logits, faces); };
        if constexpr (features_are_kept) w.judge.swept(photo, proposed, stages, add);
        else w.judge.windows(photo, windows, stages, add);
        for (int looks = 0; looks < options_.looks && !faces.empty();) {
            suppress(faces, 0.5f, detect::overlap_measure::union_area);
            windows.clear();
            for (face const& f : faces) windows.push_back(detect::calibrated(f.window, f.box, options_.context));
            faces.clear();
            stages = std::min(stages + 1, net::count);
            looks += stages == net::count;
            if (options_.mirror && looks == options_.looks) look_twice(photo, windows, w, faces);
            else w.judge.windows(photo, windows, stages, add);
        }
        suppress(faces, options_.overlap, detect::overlap_measure::union_area);
        suppress(faces, options_.containment, detect::overlap_measure::smaller_area);
        return faces;
    }

    /// The whole cascade on windows and on their mirror images.
    void look_twice(image::frame const& photo, std::vector<image::placement> windows, worker& w, std::vector<face>& faces) const {
        std::size_t const count = windows.size();
        for (std::size_t i = 0; i < count; ++i) {
            windows.push_back(windows[i]);
            windows.back().mirrored = !windows[i].mirrored;
        }
        std::vector<prediction<tasks>> seen(count);
        w.judge.windows(photo, windows, net::count, [&](std::size_t i, std::span<float const> logits) {
            prediction<tasks> one;
            std::copy(logits.begin(), logits.end(), one.logits.begin());
            if (i < count) seen[i] = one;
            else join_mirror_image(seen[i - count], one);
        });
        for (std::size_t i = 0; i < count; ++i) pass(windows[i], net::count, seen[i].logits, faces);
    }

    std::vector<detect::proposal<T>> proposals_of(image::frame const& photo, worker& w, detection_limits_met& met) const {
        detect::photo_sizes sizes(photo);
        float const largest =
            options_.largest_face > 0 ? options_.largest_face : static_cast<float>(std::min(sizes.height(), sizes.width()));
        auto const least = static_cast<float>(options_.thresholds[0]) * (proposer::exact ? 1 : options_.proposal);
        detect::proposals<T> found(options_.most_candidates);
        for (double const size : detect::face_sizes(options_.smallest_face, largest, options_.factor)) {
            auto const on = detect::level_for(size, options_.context, proposer::side, proposer::stride, sizes.height(), sizes.width());
            w.propose(sizes, on, least, [&](int row, int column, float probability, std::span<T const> feature) {
                found.add(probability, on.window(row, column), feature);
            });
            found.end_level();
        }
        auto best = found.finish();
        met.candidates_left_out = found.left_out();
        return best;
    }

    /// Keeps a window that reaches the threshold of the last stage that saw it, unless its box is not finite.
    void pass(image::placement const& window, std::size_t stages, std::span<float const> logits, std::vector<face>& faces) const {
        prediction<tasks> p = nothing_yet_;
        std::copy(logits.begin(), logits.end(), p.logits.begin());
        p.stage = static_cast<int>(stages) - 1;
        p.passed = p.template get<face_class>() >= static_cast<float>(options_.thresholds[stages - 1]);
        if (!p.passed) return;
        face const found = detect::face_of(p, window, options_.context);
        if (std::isfinite(found.box.left + found.box.top + found.box.width + found.box.height)) faces.push_back(found);
    }

    static void suppress(std::vector<face>& faces, float most, detect::overlap_measure measure) {
        std::vector<box> boxes;
        std::vector<float> scores;
        for (face const& f : faces) boxes.push_back(f.box), scores.push_back(f.probability);
        std::vector<face> kept;
        for (std::size_t const i : detect::suppress(boxes, scores, most, measure)) kept.push_back(faces[i]);
        faces = std::move(kept);
    }

    detector_options options_;
    prediction<tasks> nothing_yet_; ///< has the model's thresholds of attributes
    prepared_model<T, B, Stored> ready_;
    mutable detect::worker_pool<worker> workers_;
};

} // namespace mcfa
