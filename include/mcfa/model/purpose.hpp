// SPDX-License-Identifier: MIT
#pragma once

namespace mcfa {

/// What a workspace is for: training keeps what the backward pass reads, inference only what the next step reads.
enum class purpose { training, inference };

} // namespace mcfa
