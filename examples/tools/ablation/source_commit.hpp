// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// The commit of the sources that this program was built from, with "-dirty" behind it where they differed from it; "unknown" where they are no
/// checkout. The build writes its definition (write_source_commit.cmake).
std::string_view source_commit();
