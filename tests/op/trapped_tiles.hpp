// SPDX-License-Identifier: MIT
#pragma once

#if defined(__x86_64__) && defined(__linux__)
#include "emulated_tiles.hpp"

#include <ucontext.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace mcfa::test {

/// While it lives, a processor without AMX does AMX's instructions: it refuses each by a signal, whose handler decodes it and has it done by
/// `emulated_tiles`. So what was compiled is what runs. On every thread, which has tiles of its own.
class trapped_tiles {
public:
    trapped_tiles() {
        struct sigaction action = {};
        action.sa_sigaction = [](int, siginfo_t*, void* context) { step(static_cast<ucontext_t*>(context)->uc_mcontext.gregs); };
        action.sa_flags = SA_SIGINFO;
        sigaction(SIGILL, &action, &before_);
    }
    ~trapped_tiles() { sigaction(SIGILL, &before_, nullptr); }
    trapped_tiles(trapped_tiles const&) = delete;
    trapped_tiles& operator=(trapped_tiles const&) = delete;

    /// Instructions done on this thread.
    static std::size_t& done() {
        static thread_local std::size_t count = 0;
        return count;
    }

private:
    /// VEX.128.0F38.W0 in three bytes, an opcode, and what it works on.
    static void step(gregset_t& registers) {
        static thread_local std::unique_ptr<emulated_tiles> tiles;
        auto const* const code = reinterpret_cast<std::uint8_t const*>(registers[REG_RIP]);
        if (code[0] != 0xc4 || (code[1] & 0x1f) != 2 || (code[2] & 0x84) != 0) std::abort();
        constexpr int p66 = 1, pf3 = 2, pf2 = 3; // prefixes of old
        int const prefix = code[2] & 3, third = ~code[2] >> 3 & 15, opcode = code[3], mode = code[4] >> 6, reg = code[4] >> 3 & 7,
                  rm = code[4] & 7;
        place at;
        if (mode != 3) at = place_of(registers, code);
        switch (opcode << 4 | prefix) {
        case 0x490:
            tiles.reset();
            if (mode != 3) {
                backend::eigen_engine::tile_configuration wanted;
                std::memcpy(&wanted, reinterpret_cast<void const*>(at.base), sizeof wanted);
                tiles = std::make_unique<emulated_tiles>(wanted);
            }
            break;
        case 0x490 | pf2:
            tiles->zero(reg);
            break;
        case 0x4b0 | pf2:
            tiles->load(reg, reinterpret_cast<void const*>(at.base), at.stride);
            break;
        case 0x4b0 | pf3:
            tiles->store(reg, reinterpret_cast<void*>(at.base), at.stride);
            break;
        case 0x5c0 | pf3:
            tiles->add_pairs(reg, rm, third);
            break;
        case 0x5e0 | p66:
            tiles->add_quads(reg, rm, third);
            break;
        case 0x5e0 | pf3:
            tiles->add_signed_quads(reg, rm, third);
            break;
        default:
            std::abort();
        }
        registers[REG_RIP] += mode == 3 ? 5 : at.bytes;
        ++done();
    }

    struct place {
        std::intptr_t base = 0;
        std::ptrdiff_t stride = 0; ///< the index, scaled
        int bytes = 0;             ///< of the whole instruction
    };
    static place place_of(gregset_t const& registers, std::uint8_t const* code) {
        static constexpr int numbers[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                          REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
        int const high_base = (code[1] & 0x20) != 0 ? 0 : 8, high_index = (code[1] & 0x40) != 0 ? 0 : 8;
        int const mode = code[4] >> 6, rm = code[4] & 7;
        place at;
        at.bytes = 5;
        int base = rm;
        if (rm == 4) {
            int const sib = code[at.bytes++], index = (sib >> 3 & 7) | high_index;
            if (index != 4) at.stride = static_cast<std::ptrdiff_t>(registers[numbers[index]]) << (sib >> 6);
            base = sib & 7;
        }
        bool const no_base =
            mode == 0 && base == 5; // then 32 bits of displacement, and in place of a base this instruction's end or nothing
        if (!no_base) at.base = static_cast<std::intptr_t>(registers[numbers[base | high_base]]);
        if (mode == 1) {
            at.base += static_cast<std::int8_t>(code[at.bytes++]);
        } else if (mode == 2 || no_base) {
            std::int32_t displacement;
            std::memcpy(&displacement, code + at.bytes, 4);
            at.base += displacement;
            at.bytes += 4;
            if (no_base && rm == 5) at.base += reinterpret_cast<std::intptr_t>(code) + at.bytes;
        }
        return at;
    }

    struct sigaction before_ = {};
};

} // namespace mcfa::test
#endif
