// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/x86/backend.hpp>
#include <mcfa/backend/x86/passes.hpp>

#include <string_view>

namespace mcfa {

/// Forwards every listed pass to the level in use.
template <backend::x86_engine::listed Pass>
struct kernel<Pass, backend::x86> {
    static void run(backend::x86::execution& run, Pass const& pass) {
        using namespace backend::x86_engine;
        chosen_table().run[all_passes::place<Pass>()](run.caller(), &pass);
    }
};

template <class Stored>
    requires backend::x86_engine::listed<unit_preparation<float, Stored>>
struct kernel<unit_preparation<float, Stored>, backend::x86> {
    using pass = unit_preparation<float, Stored>;

    static prepared_layout layout(convolution_unit const& op, weights_form form, int batch) {
        using namespace backend::x86_engine;
        return chosen_table().layout[preparations::place<pass>()](op, form, batch);
    }
    /// What computes a unit with this layout, in words.
    static std::string_view name(prepared_layout const& layout) {
        using namespace backend::x86_engine;
        return chosen_table().name[preparations::place<pass>()](layout);
    }
    static void run(backend::x86::execution& run, pass const& p) {
        using namespace backend::x86_engine;
        chosen_table().run[all_passes::place<pass>()](run.caller(), &p);
    }
};

template <>
struct kernel<int8_unit_preparation<float>, backend::x86> {
    using pass = int8_unit_preparation<float>;

    static prepared_layout layout(convolution const& op) { return backend::x86_engine::chosen_table().int8_layout(op); }
    /// What computes a unit with this layout, in words.
    static std::string_view name(prepared_layout const& layout) { return backend::x86_engine::chosen_table().int8_name(layout); }
    static void run(backend::x86::execution& run, pass const& p) {
        using namespace backend::x86_engine;
        chosen_table().run[all_passes::place<pass>()](run.caller(), &p);
    }
};

} // namespace mcfa
