// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/expected.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/detect/calibration.hpp>
#include <mcfa/detect/detected_face.hpp>
#include <mcfa/detect/detection_limits_met.hpp>
#include <mcfa/detect/detector_options.hpp>
#include <mcfa/detect/judge/judge.hpp>
#include <mcfa/detect/propose/proposals.hpp>
#include <mcfa/detect/propose/pyramid.hpp>
#include <mcfa/detect/propose/suppression.hpp>
#include <mcfa/detect/shot/proposal_source.hpp>
#include <mcfa/detect/time_budget.hpp>
#include <mcfa/detect/turn.hpp>
#include <mcfa/detect/worker_pool.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/model/prediction.hpp>
#include <mcfa/model/prepared_model.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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
/// With `turned` the photo is swept four times, a quarter turn apart. A moved window is also turned to the face that the landmarks saw, if the net has
/// them, so that the last look judges it upright; of two that overlap, found at different turns, the more probable one remains.
///
/// Where the first stage pads its convolutions the sweep is only near to its windows: then step 2 begins with the first stage alone on the
/// windows that reach `proposal` times its threshold. A cascade of one stage judges twice.
///
/// Memory follows the tile of a level, `most_candidates` and `batch`, and a third of the photo's own, four thirds if `turned`. The detector
/// prepares the model's weights once; the model must outlive it and stay as it is: make another detector after more training. The detector is
/// const, and any number of threads may share one.
///
/// Scratch memory is kept from photo to photo, one set for each call at a time. So with `into` a photo allocates nothing, unless it is larger than
/// those before or has more candidates or faces than any of them.
///
/// `Stored` is the arithmetic, as `prepared_model` has it: `detector<decltype(m), bfloat16> find{m, options}` computes in bfloat16, and
/// with int8 in 8-bit integers, of a model that has a quantisation.
///
/// With a single_shot before the cascade there are no steps 1 and 2: what it finds in one pass with a probability of at least `finder_threshold`, its box already
/// moved, the whole cascade judges.
///
///     detector find{finder, m, {.smallest_face = 20}};
template <class Model, class Stored = typename Model::scalar, class Finder = void>
class detector {
    static constexpr bool has_finder = !std::is_void_v<Finder>;

public:
    using net = typename Model::net_type;
    using tasks = typename net::tasks;
    using face = detected_face<tasks>;
    using T = typename Model::scalar;
    using B = typename Model::backend_type;
    static_assert(net::info.judges_windows(), "mcfa: a detector needs a cascade; a single_shot by itself has `single_shot_detector`");
    static_assert(detect::learns<tasks, face_class>(), "mcfa: a detector needs a cascade that learns face_class");

    /// Throws `option_error` for an option out of its range, or another number of thresholds than there are stages.
    explicit detector(Model const& m, detector_options options = {})
        requires(!has_finder)
        : options_(accepted(m, std::move(options))),
          nothing_yet_(prediction<tasks>::above(m.attribute_thresholds())),
          ready_(m, planned_windows, weights_form::fast, source::sees) {
        workers_.add(make_worker());
    }
    explicit detector(Model const&&, detector_options = {}) = delete;

    /// Likewise, with a single_shot that proposes windows and must outlive the detector as well. It computes in its own scalar.
    template <class F>
        requires std::same_as<F, Finder>
    detector(F const& finder, Model const& m, detector_options options = {})
        : options_(accepted(m, std::move(options))),
          nothing_yet_(prediction<tasks>::above(m.attribute_thresholds())),
          ready_(m, planned_windows, weights_form::fast, source::sees),
          source_(finder, options_) {
        workers_.add(make_worker());
    }
    template <class F>
    detector(F const&&, Model const&, detector_options = {}) = delete;

    detector_options const& options() const { return options_; }

    /// What keeps a detector of this model from being made with these options, if anything; thresholds that are not said become the model's.
    static std::optional<option_error> problem(Model const& m, detector_options& options) {
        if (auto bad = options.problem()) return bad;
        if (options.thresholds.empty()) options.thresholds = m.detection_thresholds();
        if (options.thresholds.empty()) options.thresholds.assign(net::count, 0.5);
        if (options.thresholds.size() != net::count)
            return option_error({"detector: the cascade has ", net::count, " stages, given ", options.thresholds.size(), " thresholds"});
        return {};
    }

    /// The faces of a photo, the most probable first; none is an empty vector. Throws `shape_error` unless the photo has three channels.
    /// `met`, where it is given, says whether a limit left something out: then faces may be missing.
    std::vector<face> operator()(image::frame const& photo, detection_limits_met* met = nullptr) const {
        std::vector<face> faces;
        into(faces, photo, met);
        return faces;
    }

    /// Likewise in place of what `faces` held, in its memory:
    ///
    ///     std::vector<decltype(find)::face> faces;
    ///     while (camera.read(frame)) find.into(faces, frame);
    void into(std::vector<face>& faces, image::frame const& photo, detection_limits_met* met = nullptr) const {
        find(faces, photo, {}, {}, met);
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

    /// The faces in part `index` of `count` of the photo's height, bands one below the other, so that a video's frames share one sweep. Where the first
    /// stage proposes a window that overlaps one of `known` by more than a third, it is not judged again.
    /// Throws as for a whole photo, and `option_error` unless 0 <= index < count.
    std::vector<face> part(image::frame const& photo, int index, int count, std::span<image::placement const> known = {},
                           detection_limits_met* met = nullptr) const {
        std::vector<face> faces;
        part_into(faces, photo, index, count, known, met);
        return faces;
    }
    /// Likewise in place of what `faces` held, in its memory.
    void part_into(std::vector<face>& faces, image::frame const& photo, int index, int count, std::span<image::placement const> known = {},
                   detection_limits_met* met = nullptr) const {
        if (index < 0 || index >= count) raise(option_error({"detector: part ", index, " of ", count, ", expected 0 to ", count - 1}));
        find(faces, photo, {index, count}, known, met);
    }

    /// What the whole cascade says of each window: a face, or nothing where its probability is below `share` of the last threshold. With `mirror` each
    /// is judged in the mirror too, whatever the detector's option. Of `budget` all is for these windows, in their order: those whose turn does not
    /// come are nothing, and `met`, where it is given, says that time was over.
    std::vector<std::optional<face>> at(image::frame const& photo, std::span<image::placement const> windows, float share = 1,
                                        bool mirror = false, detection_limits_met* met = nullptr) const {
        std::vector<std::optional<face>> faces;
        at_into(faces, photo, windows, share, mirror, met);
        return faces;
    }
    /// Likewise in place of what `faces` held, in its memory.
    void at_into(std::vector<std::optional<face>>& faces, image::frame const& photo, std::span<image::placement const> windows,
                 float share = 1, bool mirror = false, detection_limits_met* met = nullptr) const {
        detect::time_budget const time(options_.budget, options_.clock);
        detection_limits_met own;
        faces.assign(windows.size(), std::nullopt);
        workers_.with([this] { return make_worker(); },
                      [&](worker& w) {
                          auto const keep = [&](std::size_t i, std::span<float const> logits) {
                              faces[i] = passed(windows[i], net::count, logits, share);
                          };
                          w.windows.assign(windows.begin(), windows.end());
                          if (mirror) look_twice(photo, w, keep, time.until(1, own.out_of_time));
                          else w.judge.windows(photo, w.windows, net::count, keep, time.until(1, own.out_of_time));
                      });
        if (met) *met = own;
    }

    /// The window on which a face that was found is judged next: its box's, and with `turned` its landmarks' turn.
    image::placement moved(face const& found) const {
        auto window = detect::calibrated(found.window, found.box, options_.context);
        if constexpr (detect::learns<tasks, landmarks<5>>())
            if (options_.turned) window.angle = found.angle;
        return window;
    }

private:
    using source = detect::proposal_source<Model, Stored, Finder>;

    /// What one call works with.
    struct worker {
        worker(source const& from, prepared_model<T, B, Stored> const& ready, detector_options const& options)
            : propose(from.make(ready, options)), judge(ready, options.batch) {}
        typename source::proposals propose;
        detect::judge<T, B, Stored> judge;
        detect::suppression suppression;
        image::pixels turned;
        std::vector<std::uint8_t> turned_row;
        std::vector<image::placement> windows; ///< being judged
        std::vector<prediction<tasks>> looks;  ///< at windows and their mirror images
        std::vector<face> found, all, kept;    ///< at one turn, at all of them, by suppression
    };
    static constexpr std::size_t planned_windows = 32; ///< smallest number of windows in a sweep's level or a batch of candidates

    static detector_options accepted(Model const& m, detector_options options) {
        if (auto const bad = problem(m, options)) raise(*bad);
        return options;
    }

    std::unique_ptr<worker> make_worker() const { return std::make_unique<worker>(source_, ready_, options_); }

    void find(std::vector<face>& faces, image::frame const& photo, detect::band searched, std::span<image::placement const> known,
              detection_limits_met* met) const {
        detection_limits_met own;
        workers_.with([this] { return make_worker(); },
                      [&](worker& w) {
                          find_all(photo, searched, known, w, own);
                          faces.assign(w.all.begin(), w.all.end());
                      });
        if (met) *met = own;
    }

    /// Leaves the faces in `w.all`.
    void find_all(image::frame const& photo, detect::band searched, std::span<image::placement const> known, worker& w,
                  detection_limits_met& met) const {
        w.all.clear();
        detect::time_budget const time(options_.budget, options_.clock);
        int const turns = options_.turned ? 4 : 1;
        for (int quarters = 0; quarters < turns; ++quarters) {
            auto const until = [&](double share) { return (quarters + share) / turns; }; // of the whole budget
            if (quarters > 0) detect::turn_back(photo, quarters, w.turned, w.turned_row);
            auto& proposed = w.propose(quarters > 0 ? image::frame(w.turned) : photo, searched, time, until(0.5), met);
            if (quarters > 0)
                for (auto& p : proposed) p.window = detect::turned_with_photo(p.window, quarters, photo.height(), photo.width());
            std::erase_if(proposed, [&](auto const& p) {
                return std::ranges::any_of(known,
                                           [&](auto const& k) { return iou(image::square_of(p.window), image::square_of(k)) > 1.0f / 3; });
            });
            judge(photo, proposed, w, time, until(0.75), until(1), met);
            w.all.insert(w.all.end(), w.found.begin(), w.found.end());
        }
        suppress(w.all, w, options_.overlap, detect::overlap_measure::union_area);
        suppress(w.all, w, options_.containment, detect::overlap_measure::smaller_area);
    }

    /// Leaves the faces among proposed windows in `w.found`: steps 2 and 3, but for the last suppression; each until a share of the time is spent.
    void judge(image::frame const& photo, std::vector<detect::proposal<T>> const& proposed, worker& w, detect::time_budget const& time,
               double first_share, double share, detection_limits_met& met) const {
        std::size_t stages = has_finder ? net::count : source::keep_features ? 2 : 1;
        w.found.clear();
        w.windows.clear();
        for (auto const& p : proposed) w.windows.push_back(p.window);
        auto const add = [&](std::size_t i, std::span<float const> logits) {
            if (auto const found = passed(w.windows[i], stages, logits)) w.found.push_back(*found);
        };
        int looks = has_finder;
        if (has_finder) look(photo, w, looks, stages, add, time.until(share, met.out_of_time));
        else if constexpr (source::keep_features) w.judge.swept(photo, proposed, stages, add, time.until(first_share, met.out_of_time));
        else w.judge.windows(photo, w.windows, stages, add, time.until(first_share, met.out_of_time));
        while (looks < options_.looks && !w.found.empty()) {
            if (looks > 0 && !time.until(share, met.out_of_time)(0)) break; // what a whole look found stays
            suppress(w.found, w, 0.5f, detect::overlap_measure::union_area);
            w.windows.clear();
            for (face const& f : w.found) w.windows.push_back(moved(f));
            w.found.clear();
            stages = std::min(stages + 1, net::count);
            looks += stages == net::count;
            look(photo, w, looks, stages, add, time.until(share, met.out_of_time));
        }
    }

    /// Judges `w.windows`, in the last look with `mirror` their mirror images too.
    template <class F, class G>
    void look(image::frame const& photo, worker& w, int looks, std::size_t stages, F const& add, G const& go_on) const {
        if (options_.mirror && looks == options_.looks) look_twice(photo, w, add, go_on);
        else w.judge.windows(photo, w.windows, stages, add, go_on);
    }

    /// The whole cascade on `w.windows` and on their mirror images: visit(i, mean logits of window i). Where `go_on` stops it, the logits of windows
    /// whose mirror images were not seen yet are theirs alone.
    template <class F, class G = detect::every_batch>
    void look_twice(image::frame const& photo, worker& w, F const& visit, G const& go_on = {}) const {
        std::size_t const count = w.windows.size();
        for (std::size_t i = 0; i < count; ++i) {
            auto mirrored = w.windows[i];
            mirrored.mirrored = !mirrored.mirrored;
            w.windows.push_back(mirrored);
        }
        w.looks.resize(count);
        std::size_t seen = 0;
        w.judge.windows(
            photo, w.windows, net::count,
            [&](std::size_t i, std::span<float const> logits) {
                prediction<tasks> one;
                std::copy(logits.begin(), logits.end(), one.logits.begin());
                if (i < count) w.looks[i] = one, ++seen;
                else join_mirror_image(w.looks[i - count], one);
            },
            go_on);
        for (std::size_t i = 0; i < seen; ++i) visit(i, w.looks[i].logits);
    }

    /// The face of a window that reaches `share` of the threshold of the last stage that saw it, unless its box is not finite.
    std::optional<face> passed(image::placement const& window, std::size_t stages, std::span<float const> logits, float share = 1) const {
        prediction<tasks> p = nothing_yet_;
        std::copy(logits.begin(), logits.end(), p.logits.begin());
        p.stage = static_cast<int>(stages) - 1;
        p.passed = p.template get<face_class>() >= share * static_cast<float>(options_.thresholds[stages - 1]);
        if (!p.passed) return {};
        face const found = detect::face_of(p, window, options_.context);
        if (!std::isfinite(found.box.left + found.box.top + found.box.width + found.box.height)) return {};
        return found;
    }

    static void suppress(std::vector<face>& faces, worker& w, float most, detect::overlap_measure measure) {
        w.suppression.clear();
        for (face const& f : faces) w.suppression.add(f.box, f.probability);
        w.kept.clear();
        for (std::size_t const i : w.suppression.kept(most, measure)) w.kept.push_back(faces[i]);
        faces.assign(w.kept.begin(), w.kept.end());
    }

    detector_options options_;
    prediction<tasks> nothing_yet_; ///< has the model's thresholds of attributes
    prepared_model<T, B, Stored> ready_;
    source source_;
    mutable detect::worker_pool<worker> workers_;
};

template <class Model>
detector(Model const&, detector_options) -> detector<Model>;
template <class Model>
detector(Model const&) -> detector<Model>;
template <class Finder, class Model>
    requires single_shot_net<typename Finder::net_type>
detector(Finder const&, Model const&, detector_options) -> detector<Model, typename Model::scalar, Finder>;
template <class Finder, class Model>
    requires single_shot_net<typename Finder::net_type>
detector(Finder const&, Model const&) -> detector<Model, typename Model::scalar, Finder>;

/// A detector, or what its constructor throws:
///
///     auto const find = try_detector(m, {.smallest_face = 40});
///     if (!find) return std::puts(find.error().what());
///     for (auto const& face : (*find)(frame)) ...
///
/// `Stored` is the arithmetic, void the model's own.
template <class Stored = void, class Model>
auto try_detector(Model const& m, detector_options options = {}) {
    using made = detector<Model, std::conditional_t<std::is_void_v<Stored>, typename Model::scalar, Stored>>;
    if (auto const bad = made::problem(m, options)) return expected<made>(unexpected(*bad));
    return expected<made>(std::in_place, m, std::move(options));
}
template <class Stored = void, class Model>
void try_detector(Model const&&, detector_options = {}) = delete;

} // namespace mcfa
