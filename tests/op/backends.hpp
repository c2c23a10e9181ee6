// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/backend/reference.hpp>

#include <tuple>
#ifdef MCFA_LAWS_ON_GPU
#include "../cuda/settled.hpp"
#endif

namespace mcfa::test {

/// Every law is tested on each of these: by test_op, or on a GPU by test_cuda_op.
#ifdef MCFA_LAWS_ON_GPU
using backends = std::tuple<settled<float>>;
#else
using backends = std::tuple<backend::reference, backend::eigen, backend::emulated_device>;
#endif

/// Those with a member `threads`.
using threaded_backends = std::tuple<backend::eigen>;

} // namespace mcfa::test
