// SPDX-License-Identifier: MIT
#include <mcfa/comm/fault_tolerant_mpi.hpp>
