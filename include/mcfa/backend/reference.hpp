// SPDX-License-Identifier: MIT
#pragma once

/// `backend::reference`: every operation in plain loops.
#include <mcfa/backend/host_loops/operations.hpp>
#include <mcfa/backend/reference/backend.hpp>
#include <mcfa/backend/reference/convolution.hpp>
#include <mcfa/backend/reference/dense.hpp>
