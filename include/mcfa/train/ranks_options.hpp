// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace mcfa {

/// How the ranks of a training share their work (docs/distributed.md); nothing of it matters without a communicator.
struct ranks_options {
    std::size_t bucket =
        std::size_t{1} << 18; ///< gradients that are sent together, at least, as soon as the backward pass has them; at least 1
};

} // namespace mcfa
