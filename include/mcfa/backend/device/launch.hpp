// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/view.hpp>

#include <cstddef>
#include <cstdint>

// A launch is a program: a plain struct of numbers and pointers that gives the number of blocks and threads and the work of one thread. A
// GPU runs it unchanged; `backend::emulated_device` runs the same struct on the host, thread after thread. So index arithmetic exists once
// and is tested without a GPU.
//
//     static constexpr int threads;      in a block, a multiple of 32
//     static constexpr int phases;       pieces of the program between which the threads of a block wait for each other
//     struct shared;                     memory of a block, which lives through all phases; its contents are undefined at first
//     constexpr grid blocks() const;
//     template <int Phase> constexpr void run(place, shared&) const;
//
// Its functions are constexpr, so they compile for the host and for the device.
namespace mcfa::backend::device {

/// The grid of a launch. A GPU allows 2^31 - 1 blocks across and `most_down` down.
struct grid {
    std::int64_t across = 1;
    int down = 1;
    static constexpr int most_down = 65535;
};

/// The coordinates of a thread.
struct place {
    std::int64_t across = 0; ///< of its block
    int down = 0;            ///< of its block
    int rows = 1;            ///< the grid's blocks down
    int thread = 0;          ///< within its block
};

constexpr std::int64_t blocks_of(std::int64_t count, int threads) { return (count + threads - 1) / threads; }

/// Block memory of a launch that needs none.
struct nothing {};

/// body(i) for i = 0 .. count - 1.
template <class Body>
struct for_each {
    static constexpr int threads = 256;
    static constexpr int phases = 1;
    using shared = nothing;
    std::int64_t count;
    Body body;

    constexpr grid blocks() const { return {blocks_of(count, threads), 1}; }
    template <int>
    constexpr void run(place at, shared&) const {
        std::int64_t const i = at.across * threads + at.thread;
        if (i < count) body(i);
    }
};

/// body(n, i) for n = 0 .. samples - 1 and i = 0 .. size - 1. A sample's values run across the grid, so that the body only divides small
/// numbers.
template <class Body>
struct for_each_in_samples {
    static constexpr int threads = 256;
    static constexpr int phases = 1;
    using shared = nothing;
    int samples;
    int size;
    Body body;

    constexpr grid blocks() const { return {blocks_of(size, threads), samples < grid::most_down ? samples : grid::most_down}; }
    template <int>
    constexpr void run(place at, shared&) const {
        std::int64_t const i = at.across * threads + at.thread;
        if (i >= size) return;
        for (std::int64_t n = at.down; n < samples; n += at.rows) body(n, static_cast<int>(i));
    }
};

template <class Run, class Body>
void launch_each(Run& run, std::size_t count, Body const& body) {
    if (count > 0) run.launch(for_each<Body>{static_cast<std::int64_t>(count), body});
}

template <class Run, class Body>
void launch_in_samples(Run& run, int samples, std::size_t size, Body const& body) {
    if (samples > 0 && size > 0) run.launch(for_each_in_samples<Body>{samples, static_cast<int>(size), body});
}

/// One sample a row of the matrix.
template <class Run, class T, class Body>
void launch_in_samples(Run& run, matrix<T> const& samples, Body const& body) {
    launch_in_samples(run, int(samples.extent(0)), samples.extent(1), body);
}

} // namespace mcfa::backend::device
