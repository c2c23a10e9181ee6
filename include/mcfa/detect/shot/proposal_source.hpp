// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/detect/detector_options.hpp>
#include <mcfa/detect/propose/pyramid_proposals.hpp>
#include <mcfa/detect/shot/shot_proposals.hpp>
#include <mcfa/detect/single_shot_detector.hpp>
#include <mcfa/model/prepared_model.hpp>

namespace mcfa::detect {

/// What proposes windows to a cascade: a single_shot that finds faces.
template <class Model, class Stored, class Finder>
class proposal_source {
    using T = typename Model::scalar;
    using prepared = prepared_model<T, typename Model::backend_type, Stored>;

public:
    using proposals = shot_proposals<T, Finder>;                        ///< of one call at a time
    static constexpr first_stage_sees sees = first_stage_sees::windows; ///< what the cascade's first stage must be ready for
    static constexpr bool keep_features = false;                        ///< whether proposals carry the first stage's feature

    /// `cascade` are the detector's options. The single_shot must outlive it.
    proposal_source(Finder const& finder, detector_options const& cascade) : find_(finder, proposals::sought(cascade)) {}

    proposals make(prepared const&, detector_options const& options) const { return {find_, options}; }

private:
    single_shot_detector<Finder> find_;
};

/// Or the cascade's own first stage, which sees a pyramid.
template <class Model, class Stored>
class proposal_source<Model, Stored, void> {
    using prepared = prepared_model<typename Model::scalar, typename Model::backend_type, Stored>;

public:
    using proposals = pyramid_proposals<Model, Stored>;
    static constexpr first_stage_sees sees = proposals::sees;
    static constexpr bool keep_features = proposals::keep_features;

    proposals make(prepared const& ready, detector_options const& options) const { return {ready, options}; }
};

} // namespace mcfa::detect
