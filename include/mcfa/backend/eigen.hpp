// SPDX-License-Identifier: MIT
#pragma once

/// `backend::eigen`: the fast backend for processors.
#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution/convolution.hpp>
#include <mcfa/backend/eigen/depthwise.hpp>
#include <mcfa/backend/eigen/products/dense.hpp>
#include <mcfa/backend/host_loops/operations.hpp>
