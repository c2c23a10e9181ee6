// SPDX-License-Identifier: MIT
#include "net.hpp"

#include <mcfa/backend/reference.hpp>

int main() { return runs_on<mcfa::backend::reference>() ? 0 : 1; }
