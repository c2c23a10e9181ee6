// SPDX-License-Identifier: MIT
#pragma once

namespace mcfa::test {

/// From here on what `new` gives, and with it every std::vector, is memory that host and GPU share: so the laws of tests/op, which hand the
/// addresses of vectors to operations, hold on a GPU as they stand.
void share_new_memory();

} // namespace mcfa::test
