// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/any_policy.hpp>
#include <mcfa/weighting/average.hpp>
#include <mcfa/weighting/bilevel.hpp>
#include <mcfa/weighting/famo.hpp>
#include <mcfa/weighting/fixed.hpp>
#include <mcfa/weighting/geometric.hpp>
#include <mcfa/weighting/grad_norm.hpp>
#include <mcfa/weighting/gramian/aligned.hpp>
#include <mcfa/weighting/gramian/cagrad.hpp>
#include <mcfa/weighting/gramian/dual_projection.hpp>
#include <mcfa/weighting/gramian/fair.hpp>
#include <mcfa/weighting/gramian/grad_vac.hpp>
#include <mcfa/weighting/gramian/imtl_g.hpp>
#include <mcfa/weighting/gramian/mgda.hpp>
#include <mcfa/weighting/gramian/nash.hpp>
#include <mcfa/weighting/gramian/pcgrad.hpp>
#include <mcfa/weighting/gramian/upgrad.hpp>
#include <mcfa/weighting/harder_first.hpp>
#include <mcfa/weighting/imtl_l.hpp>
#include <mcfa/weighting/random.hpp>
#include <mcfa/weighting/smooth_tchebycheff.hpp>
#include <mcfa/weighting/smoothed.hpp>
#include <mcfa/weighting/trend.hpp>
#include <mcfa/weighting/uncertainty.hpp>
#include <mcfa/weighting/uniform.hpp>

#include <string>
#include <string_view>
#include <vector>

// Needs Eigen, for the rules on the Gramian; a program that names its rule includes that rule's header alone.
namespace mcfa::weighting {

/// The library's rules with their default options, those that look at losses or at nothing first, then those on the Gramian.
inline std::vector<any_policy> const& all_rules() {
    static std::vector<any_policy> const rules{uniform{},
                                               fixed{},
                                               random{},
                                               harder_first{},
                                               trend{},
                                               uncertainty{},
                                               average{},
                                               geometric{},
                                               imtl_l{},
                                               famo{},
                                               smooth_tchebycheff{},
                                               bilevel{},
                                               grad_norm{},
                                               mgda{},
                                               pcgrad{},
                                               grad_vac{},
                                               cagrad{},
                                               imtl_g{},
                                               nash{},
                                               fair{},
                                               aligned{},
                                               upgrad{},
                                               dual_projection{}};
    return rules;
}

/// The rule of that name, with its default options; "smoothed:NAME" is that rule smoothed over steps. `fixed` has no default weights and
/// refuses to start without any. Throws option_error, listing the names, where there is none.
inline any_policy make(std::string_view name) {
    if (name.starts_with("smoothed:")) return smoothed<any_policy>{make(name.substr(9))};
    std::string names;
    for (auto const& rule : all_rules()) {
        if (rule.name == name) return rule;
        names += (names.empty() ? "" : ", ") + rule.name;
    }
    throw option_error({"weighting: no rule is named '", name, "'; there are ", names, ", and each of them as smoothed:NAME"});
}

} // namespace mcfa::weighting
