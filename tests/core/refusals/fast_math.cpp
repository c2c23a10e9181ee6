// SPDX-License-Identifier: MIT
// Refused because of how it is compiled, with -ffast-math or -ffinite-math-only.
#include <mcfa/core/error.hpp>

int main() {}
