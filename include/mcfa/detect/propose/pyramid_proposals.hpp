// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/detect/detection_limits_met.hpp>
#include <mcfa/detect/detector_options.hpp>
#include <mcfa/detect/propose/footprint.hpp>
#include <mcfa/detect/propose/photo_sizes.hpp>
#include <mcfa/detect/propose/proposals.hpp>
#include <mcfa/detect/propose/pyramid.hpp>
#include <mcfa/detect/propose/scan.hpp>
#include <mcfa/detect/propose/sweep.hpp>
#include <mcfa/detect/time_budget.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/model/prepared_model.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace mcfa::detect {

/// The windows that a cascade's first stage takes for faces on the levels of a photo's pyramid, the most probable first. One thread uses it at a time.
/// `Stored` is the arithmetic, as `prepared_model` has it.
template <class Model, class Stored>
class pyramid_proposals {
    using net = typename Model::net_type;
    using T = typename Model::scalar;
    using prepared = prepared_model<T, typename Model::backend_type, Stored>;
    using proposer = std::conditional_t<first_footprint<net>::slides, sweep<Model, Stored>, scan<Model, Stored>>;

public:
    static constexpr first_stage_sees sees = proposer::sees; ///< what the prepared model must be ready for
    /// Whether proposals carry the first stage's feature of their window, so that it need not see them again.
    static constexpr bool keep_features = proposer::exact && net::count > 1;

    /// `options` must outlive it.
    pyramid_proposals(prepared const& ready, detector_options const& options)
        : options_(options), propose_(ready), proposals_(keep_features ? net::stages[0].feature : 0) {}

    /// Of the levels' parts in `searched`. A level whose sweep would go on beyond `share` of the time is left out, larger faces first. They live until the
    /// next call.
    std::vector<proposal<T>>& operator()(image::frame const& photo, band searched, time_budget const& time, double share,
                                         detection_limits_met& met) {
        float const largest =
            options_.largest_face > 0 ? options_.largest_face : static_cast<float>(std::min(photo.height(), photo.width()));
        auto const least = static_cast<float>(options_.thresholds[0]) * (proposer::exact ? 1 : options_.proposal);
        sizes_.show(photo);
        proposals_.begin(options_.candidates_on(photo.height(), photo.width()));
        face_sizes(options_.smallest_face, largest, options_.factor, face_sizes_);
        double const begun = time.spent();
        double swept = 0; // level pixels
        for (auto size = face_sizes_.rbegin(); size != face_sizes_.rend(); ++size) {
            auto const on =
                rows_in(searched, level_for(*size, options_.context, proposer::side, proposer::stride, photo.height(), photo.width()));
            if (on.rows == 0) continue;
            double const spent = time.spent(), pixels = static_cast<double>(on.width()) * on.height();
            if (swept > 0 && spent + (spent - begun) / swept * pixels > share) {
                met.out_of_time = true;
                break;
            }
            swept += pixels;
            propose_(sizes_, on, least, [&](int row, int column, float probability, std::span<T const> feature) {
                proposals_.add(probability, on.window(row, column), feature);
            });
            proposals_.end_level();
        }
        auto& best = proposals_.finish();
        met.candidates_left_out += proposals_.left_out();
        return best;
    }

private:
    detector_options const& options_;
    proposer propose_;
    photo_sizes sizes_;
    proposals<T> proposals_;
    std::vector<double> face_sizes_;
};

} // namespace mcfa::detect
