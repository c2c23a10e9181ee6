// SPDX-License-Identifier: MIT
// One level of mcfa::x86: `backend::eigen` for the instructions that this file is compiled with. Every name in it stays in its object, since of
// functions of one name a linker keeps one and would give a processor what another one is made for; cmake/mcfa_x86.cmake says how.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/backend/x86/level_table.hpp>
#include <mcfa/backend/x86/passes.hpp>

#include <memory>

namespace mcfa::backend::x86_engine {

namespace {

using execution = eigen::execution;

template <class Pass>
void run_pass(void* caller, void const* pass) {
    kernel<Pass, eigen>::run(*static_cast<execution*>(caller), *static_cast<Pass const*>(pass));
}

/// The functions of a list, in its order.
template <class List>
struct functions;
template <class... Passes>
struct functions<pass_list<Passes...>> {
    static constexpr void (*run[])(void*, void const*) = {run_pass<Passes>...};
};
template <class List>
struct layouts;
template <class... Passes>
struct layouts<pass_list<Passes...>> {
    static constexpr prepared_layout (*layout[])(convolution_unit const&, weights_form, int) = {kernel<Passes, eigen>::layout...};
    static constexpr std::string_view (*name[])(prepared_layout const&) = {kernel<Passes, eigen>::name...};
};

std::shared_ptr<void> make_threads() { return std::make_shared<eigen_engine::own_threads>(); }

void* open(int threads, Eigen::ThreadPoolInterface* pool, std::shared_ptr<void> const& own) {
    return new execution(eigen{threads, pool, std::static_pointer_cast<eigen_engine::own_threads>(own)});
}
void close(void* caller) { delete static_cast<execution*>(caller); }
int threads(void const* caller) { return static_cast<execution const*>(caller)->threads(); }
void use(void* caller, int count) { static_cast<execution*>(caller)->use(count); }

constexpr level_table table{make_threads,
                            open,
                            close,
                            threads,
                            use,
                            functions<all_passes>::run,
                            layouts<preparations>::layout,
                            layouts<preparations>::name,
                            kernel<int8_unit_preparation<float>, eigen>::layout,
                            kernel<int8_unit_preparation<float>, eigen>::name};

} // namespace

} // namespace mcfa::backend::x86_engine

/// The one name that leaves the object, after the level's own has been added to it.
extern "C" mcfa::backend::x86_engine::level_table const* mcfa_x86_level() { return &mcfa::backend::x86_engine::table; }
