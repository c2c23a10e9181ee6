// SPDX-License-Identifier: MIT
#include "convolution_passes.hpp"
#include "samples.hpp"

#include <mcfa/backend/eigen_in_bf16.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdlib>
#include <new>
#include <tuple>
#include <vector>

namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    auto const step = static_cast<std::size_t>(alignment);
    if (void* const memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
    throw std::bad_alloc();
}
// The analyzer follows `delete` into these, and takes what they free for freed already.
// NOLINTBEGIN(clang-analyzer-cplusplus.NewDelete)
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
// NOLINTEND(clang-analyzer-cplusplus.NewDelete)

using namespace mcfa;

using backends = std::tuple<backend::eigen, backend::eigen_in<bf16>>;
BOOST_AUTO_TEST_CASE_TEMPLATE(a_step_that_has_run_once_allocates_nothing, B, backends) {
    using test::samples;
    constexpr int batch = 9;
    std::vector<convolution> const layers{{{3, 30, 30}, 16, 3, 1, 1}, {{16, 30, 30}, 32, 3, 1, 1}, {{32, 15, 15}, 80, 3, 1, 1},
                                          {{13, 15, 15}, 6, 3, 2, 1}, {{16, 7, 7}, 20, 7, 1, 0},   {{16, 30, 30}, 20, 1, 1, 0}};
    dense_product const dense{500, 70};
    std::size_t largest = 500 * batch;
    for (auto const& op : layers) largest = std::max({largest, batch * op.in.size(), batch * op.out().size(), op.weights()});
    largest = std::max(largest, dense.weights());
    auto const x = samples<float>(largest, 1);
    auto const dy = samples<float>(largest, 2);
    auto const weights = samples<float>(largest, 3);
    auto const bias = samples<float>(100, 4);
    std::vector<float> y(largest), dx(largest), dweights(largest), dbias(100);
    typename B::execution run(B{.threads = 2});
    auto const step = [&] {
        for (auto const& op : layers) {
            test::convolve(run, op, batch, x.data(), weights.data(), bias.data(), y.data());
            test::convolve_gradients(run, op, batch, x.data(), dy.data(), weights.data(), dx.data(), dweights.data(), dbias.data());
        }
        matrix<float const> const in{x.data(), batch, dense.in}, upper{dy.data(), batch, dense.out}, w{weights.data(), dense.out, dense.in};
        compute(run, dense_forward<float>{.x = in, .weights = w, .bias = {bias.data(), dense.out}, .y = {y.data(), batch, dense.out}});
        compute(run, dense_input_gradient<float>{.dy = upper, .weights = w, .dx = {dx.data(), batch, dense.in}});
        compute(run, dense_weight_gradient<float>{
                         .x = in, .dy = upper, .dweights = {dweights.data(), dense.out, dense.in}, .dbias = {dbias.data(), dense.out}});
    };
    long const before = allocations;
    step();
    BOOST_TEST(allocations > before); // the counter counts
    long const warm = allocations;
    for (int repeat = 0; repeat < 3; ++repeat) step();
    long const after = allocations;
    BOOST_TEST(after == warm);
}
