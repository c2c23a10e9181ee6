// SPDX-License-Identifier: MIT
#pragma once

/// `backend::x86`: `backend::eigen`, compiled for several levels of x86-64 processors and chosen at run time. This header needs no Eigen; the
/// kernels are backend/x86/kernels.cpp, compiled by the target mcfa::x86.
#include <mcfa/backend/x86/backend.hpp>
#include <mcfa/backend/x86/operations.hpp>
