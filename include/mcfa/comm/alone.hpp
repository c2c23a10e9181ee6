// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>

#include <string>

namespace mcfa::comm {

/// A single rank, ordered as many are: a training computes in blocks of windows and has the bits of any number of ranks.
struct one {
    struct nothing {
        void wait() {}
    };
    static constexpr int rank() { return 0; }
    static constexpr int size() { return 1; }
    nothing exchange(outgoing, incoming) { return {}; }
    void stop(std::string const&) {}
};

/// No ranks, what a trainer has unless given others: a step computes its batch as a whole, and no code for ranks is compiled.
struct alone : one {};

static_assert(communicator<one> && communicator<alone>);

} // namespace mcfa::comm
