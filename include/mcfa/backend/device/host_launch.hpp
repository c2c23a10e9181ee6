// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/launch.hpp>

#include <cstdint>
#include <cstring>

namespace mcfa::backend::device {

/// Runs a launch on the host: block after block, phase after phase, thread after thread. Block memory starts out as NaN, because it is
/// undefined on a device.
template <class Program, int Phase = 0>
void run_block_on_host(Program const& program, place at, typename Program::shared& own) {
    if constexpr (Phase < Program::phases) {
        for (at.thread = 0; at.thread < Program::threads; ++at.thread) program.template run<Phase>(at, own);
        run_block_on_host<Program, Phase + 1>(program, at, own);
    }
}

template <class Program>
void launch_on_host(Program const& program) {
    static_assert(Program::threads % 32 == 0 && Program::threads <= 1024, "a block has 32 to 1024 threads, a multiple of 32");
    grid const blocks = program.blocks();
    typename Program::shared own;
    for (int down = 0; down < blocks.down; ++down)
        for (std::int64_t across = 0; across < blocks.across; ++across) {
            std::memset(static_cast<void*>(&own), 0xff, sizeof own); // NaN
            run_block_on_host(program, {across, down, blocks.down, 0}, own);
        }
}

} // namespace mcfa::backend::device
