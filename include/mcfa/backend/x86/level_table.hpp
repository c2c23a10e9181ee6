// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/x86/level.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace Eigen {
class ThreadPoolInterface;
}

namespace mcfa::backend::x86_engine {

/// What is compiled once for each level: `backend::eigen` behind pointers to functions. `caller` is a level's own execution.
struct level_table {
    std::shared_ptr<void> (*make_threads)();
    void* (*open)(int threads, Eigen::ThreadPoolInterface* pool, std::shared_ptr<void> const& own);
    void (*close)(void* caller);
    int (*threads)(void const* caller);
    void (*use)(void* caller, int threads);

    /// Of a pass by its place in `all_passes`.
    void (*const* run)(void* caller, void const* pass);
    /// Of a preparation by its place in `preparations`.
    prepared_layout (*const* layout)(convolution_unit const& op, weights_form form, int batch);
    std::string_view (*const* name)(prepared_layout const& layout);
    /// Of the preparation in 8-bit integers.
    prepared_layout (*int8_layout)(convolution const& op);
    std::string_view (*int8_name)(prepared_layout const& layout);
};

/// A level of this program; null for one that it was built without.
level_table const* table_of(x86_level level);

/// Whether this processor and its operating system offer what a level uses.
bool offered(x86_level level);

/// The level in use; the first call chooses it.
x86_level chosen();
level_table const& chosen_table();

/// Throws `option_error` if the processor or the program lacks the level, or if another is in use already.
void choose(x86_level level);

} // namespace mcfa::backend::x86_engine
