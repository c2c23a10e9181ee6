#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <mcfa/detect/calibration.hpp>
#include <mcfa/detect/detected_face.hpp>
#include <mcfa/detect/detector_options.hpp>
#include <mcfa/detect/proposals.hpp>
#include <mcfa/detect/scan.hpp>
#include <mcfa/detect/sweep.hpp>
#include <mcfa/detect/window_cutter.hpp>
#include <mcfa/detect/worker_pool.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/model/predictor.hpp>

namespace mcfa {

/// Finds faces in photos of any size with a cascade:
///
///     detector find{m, {.thresholds = {0.6, 0.7}}};
///     for (auto const& face : find(image::read("photo.jpg"))) ...
///
/// 1. The first stage sweeps every level of an image pyramid and proposes windows; overlapping ones are suppressed, the most probable remain.
/// 2. Those are cut out of the photo and judged by the first stage; the box head moves each window to the face it saw.
/// 3. The moved windows are judged by the first two stages and moved again, and so on until the whole cascade has judged. So, as in training, all
///    stages see one window. A cascade of one stage judges twice.
///
/// The detector refers to the model, which must outlive it. It is const, and any number of threads may share one.
template <class Model>
class detector {
public:
    using net = typename Model::net_type;
    using tasks = typename net::tasks;
    using face = detected_face<tasks>;
    static_assert(detect::learns<tasks, face_class>(), "mcfa: a detector needs a cascade that learns face_class");

    /// Throws `option_error` for an option out of its range, or another number of thresholds than there are stages.
    explicit detector(Model const& m, detector_options options = {}) : model_(m), options_(std::move(options)) {
        options_.check();
        if (options_.thresholds.empty()) options_.thresholds.assign(net::count, 0.5);
        workers_.add(make_worker());
    }
    explicit detector(Model const&&, detector_options = {}) = delete;

    detector_options const& options() const { return options_; }

    /// The faces of a photo, the most probable first; none is an empty vector.
    std::vector<face> operator()(image::pixels const& photo) const {
        return workers_.with([this] { return make_worker(); }, [&](worker& w) { return find(photo, w); });
    }

    /// The faces of each photo.
    std::vector<std::vector<face>> operator()(std::span<image::pixels const> photos) const {
        std::vector<std::vector<face>> all;
        for (image::pixels const& photo : photos) all.push_back((*this)(photo));
        return all;
    }

private:
    using proposer = std::conditional_t<detect::first_footprint<net>::slides, detect::sweep<Model>, detect::scan<Model>>;

    struct worker {
        worker(Model const& m, std::vector<float> thresholds, std::size_t batch)
            : propose(m), judge(m, std::move(thresholds), batch), cutter(batch) {}
        proposer propose;
        predictor<Model> judge;
        detect::window_cutter<net> cutter;
    };

    std::unique_ptr<worker> make_worker() const {
        return std::make_unique<worker>(model_, std::vector<float>(options_.thresholds.begin(), options_.thresholds.end()),
                                        static_cast<std::size_t>(options_.batch));
    }

    std::vector<face> find(image::pixels const& photo, worker& w) const {
        constexpr std::size_t rounds = std::max<std::size_t>(2, net::count);
        std::vector<image::placement> windows = proposed(photo, w);
        std::vector<face> faces;
        for (std::size_t round = 0; round < rounds; ++round) {
            faces = judged(photo, windows, std::min(round + 1, net::count), w);
            suppress(faces, 0.7f, detect::overlap_measure::union_area);
            windows.clear();
            for (face const& f : faces) windows.push_back(detect::calibrated(f.window, f.box, options_.context));
        }
        suppress(faces, options_.overlap, detect::overlap_measure::union_area);
        suppress(faces, options_.containment, detect::overlap_measure::smaller_area);
        return faces;
    }

    std::vector<image::placement> proposed(image::pixels const& photo, worker& w) const {
        int const height = image::height(photo), width = image::width(photo);
        float const largest = options_.largest_face > 0 ? options_.largest_face : static_cast<float>(std::min(height, width));
        auto const threshold = static_cast<float>(options_.thresholds[0]) * options_.proposal;
        detect::proposals found(static_cast<std::size_t>(options_.most_candidates));
        for (double const size : detect::face_sizes(options_.smallest_face, largest, options_.factor)) {
            auto const on = detect::level_for(size, options_.context, proposer::side, proposer::stride, height, width);
            w.propose(photo, on, [&](int row, int column, float probability) {
                if (probability >= threshold) found.add(probability, on.window(row, column));
            });
            found.end_level();
        }
        std::vector<image::placement> windows;
        for (auto const& p : found.finish()) windows.push_back(p.window);
        return windows;
    }

    /// What the first `stages` stages let pass.
    std::vector<face> judged(image::pixels const& photo, std::vector<image::placement> const& windows, std::size_t stages, worker& w) const {
        std::vector<face> faces;
        std::size_t const batch = w.judge.capacity();
        for (std::size_t first = 0; first < windows.size(); first += batch) {
            std::size_t const count = std::min(batch, windows.size() - first);
            for (std::size_t i = 0; i < count; ++i) w.cutter.fill(photo, windows[first + i], i, stages);
            auto const results = w.judge(w.cutter.windows(), count, stages);
            for (std::size_t i = 0; i < count; ++i)
                if (results[i].passed) faces.push_back(detect::face_of(results[i], windows[first + i], options_.context));
        }
        return faces;
    }

    static void suppress(std::vector<face>& faces, float most, detect::overlap_measure measure) {
        std::vector<box> boxes;
        std::vector<float> scores;
        for (face const& f : faces) boxes.push_back(f.box), scores.push_back(f.probability);
        std::vector<face> kept;
        for (std::size_t const i : detect::suppress(boxes, scores, most, measure)) kept.push_back(faces[i]);
        faces = std::move(kept);
    }

    Model const& model_;
    detector_options options_;
    mutable detect::worker_pool<worker> workers_;
};

} // namespace mcfa
