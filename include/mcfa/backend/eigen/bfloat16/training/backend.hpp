// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/backend/precision.hpp>
#include <mcfa/core/aligned_buffer.hpp>

#include <memory>

namespace mcfa::backend {
inline namespace MCFA_VECTORS {

template <class Precision>
struct eigen_in;

/// `backend::eigen` with products in bfloat16, for training:
///
///     model<net, float, backend::eigen_in<bf16>> m{seed{7}};
///
/// Convolutions and dense layers, forward and both gradients, round the factors of each product to bfloat16, to nearest even, and sum in float.
/// All else is float as on `backend::eigen`: weights and activations in memory, biases and their gradients, statistics, pools, depthwise
/// convolutions, losses, updates. Weights files and checkpoints are the same, so either backend goes on where the other was stopped.
///
/// The scalar is float. Inference rounds as well and packs weights in every pass; for more than validation load the weights into a model on
/// `backend::eigen`. Results are bit-identical for any number of threads.
template <>
struct eigen_in<bf16> {
    static constexpr bool is_host = true;

    template <class T>
    using buffer = aligned_buffer<T>;

    /// As of `backend::eigen`.
    int threads = 0;
    /// As of `backend::eigen`: the application's threads, used in place of own ones; must outlive every call.
    Eigen::ThreadPoolInterface* pool = nullptr;
    /// The backend's own threads, shared by its copies.
    std::shared_ptr<eigen_engine::own_threads> own = std::make_shared<eigen_engine::own_threads>();

    class execution : public eigen::execution {
    public:
        using backend_type = eigen_in;

        /// Throws `option_error` for a negative number of threads.
        explicit execution(eigen_in const& backend) : eigen::execution(eigen{backend.threads, backend.pool, backend.own}) {}
    };
};

} // namespace MCFA_VECTORS
} // namespace mcfa::backend
