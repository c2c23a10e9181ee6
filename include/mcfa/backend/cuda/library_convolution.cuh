// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/precision.hpp>
#include <mcfa/backend/cuda/status.cuh>
#include <mcfa/op/convolution.hpp>

#include <cudnn.h>

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <type_traits>

namespace mcfa::backend::cuda_engine {

inline void check(cudnnStatus_t status, mcfa::work const& work, char const* call) {
    if (status == CUDNN_STATUS_SUCCESS) return;
    throw device_error("cuDNN, " + to_string(work) + ": " + call + " gives " + cudnnGetErrorString(status));
}

enum class convolution_pass { forward, input, weights };

/// Convolutions by cuDNN, channels last, in fp32, tf32 or bfloat16 with sums in fp32. Chooses an algorithm once for each shape, batch and
/// pass; leaves a shape that the library does not support to the caller.
class library_convolution {
public:
    static constexpr std::size_t most_workspace = std::size_t{1} << 30;

    struct plan {
        cudnnTensorDescriptor_t x{}, y{}, bias{};
        cudnnFilterDescriptor_t w{};
        cudnnConvolutionDescriptor_t convolution{};
        cudnnActivationDescriptor_t none{}, rectifier{};
        int algorithm = -1; ///< -1: the library has none
        std::size_t workspace = 0;
        bool fuses_bias = false;      ///< without a rectifier after it
        bool fuses_rectifier = false; ///< and the bias before it
        std::string why;

        plan() = default;
        plan(plan const&) = delete;
        ~plan() {
            if (x) cudnnDestroyTensorDescriptor(x);
            if (y) cudnnDestroyTensorDescriptor(y);
            if (bias) cudnnDestroyTensorDescriptor(bias);
            if (w) cudnnDestroyFilterDescriptor(w);
            if (convolution) cudnnDestroyConvolutionDescriptor(convolution);
            if (none) cudnnDestroyActivationDescriptor(none);
            if (rectifier) cudnnDestroyActivationDescriptor(rectifier);
        }
    };

    library_convolution() = default;
    library_convolution(library_convolution const&) = delete;
    ~library_convolution() {
        plans_.clear();
        if (handle_) cudnnDestroy(handle_);
    }

    static std::string version() {
        auto const v = cudnnGetVersion();
        return "cuDNN " + std::to_string(v / 10000) + "." + std::to_string(v % 10000 / 100) + "." + std::to_string(v % 100);
    }

    plan& plan_of(convolution const& op, int batch, convolution_pass pass, precision p, cudaStream_t stream, mcfa::work const& work) {
        if (!handle_) {
            check(cudnnCreate(&handle_), work, "cudnnCreate");
            check(cudnnSetStream(handle_, stream), work, "cudnnSetStream");
        }
        auto [found, is_new] = plans_.try_emplace(key{op.in.channels, op.in.height, op.in.width, op.out_channels, op.kernel, op.stride,
                                                      op.pad, batch, static_cast<int>(pass), static_cast<int>(p)});
        if (is_new) prepare(found->second, op, batch, pass, p, work);
        return found->second;
    }

    /// The algorithm of a forward pass and the reason for it, in a sentence.
    std::string choice(convolution const& op, int batch, precision p, cudaStream_t stream, mcfa::work const& work) {
        plan const& taken = plan_of(op, batch, convolution_pass::forward, p, stream, work);
        if (taken.algorithm < 0) return "products of matrices by cuBLASLt, because of " + version() + ": " + taken.why;
        return version() + ", algorithm " + std::to_string(taken.algorithm) + ", workspace " + megabytes(taken.workspace) +
               (taken.fuses_rectifier ? ", bias and rectifier fused" : "") + ": " + taken.why;
    }

    /// The sums alone. False if the library turns out not to support the shape.
    bool forward(plan& p, void const* x, void const* w, void* y, void* workspace, mcfa::work const& work) {
        float const one = 1, zero = 0;
        return taken(p,
                     cudnnConvolutionForward(handle_, &one, p.x, x, p.w, w, p.convolution,
                                             static_cast<cudnnConvolutionFwdAlgo_t>(p.algorithm), workspace, p.workspace, &zero, p.y, y),
                     work, "cudnnConvolutionForward");
    }
    /// In fp32: sums, bias and, if requested, rectifier in one pass; false, and nothing done, if the library has no such pass.
    bool forward_ended(plan& p, float const* x, float const* w, float const* bias, bool rectified, float* y, void* workspace,
                       mcfa::work const& work) {
        bool& fuses = rectified ? p.fuses_rectifier : p.fuses_bias;
        if (!fuses) return false;
        float const one = 1, zero = 0;
        cudnnStatus_t const status = cudnnConvolutionBiasActivationForward(
            handle_, &one, p.x, x, p.w, w, p.convolution, static_cast<cudnnConvolutionFwdAlgo_t>(p.algorithm), workspace, p.workspace,
            &zero, p.y, y, p.bias, bias, rectified ? p.rectifier : p.none, p.y, y);
        fuses = !unsupported(status);
        if (fuses) check(status, work, "cudnnConvolutionBiasActivationForward");
        return fuses;
    }
    bool backward_input(plan& p, void const* dy, void const* w, void* dx, void* workspace, mcfa::work const& work) {
        float const one = 1, zero = 0;
        return taken(p,
                     cudnnConvolutionBackwardData(handle_, &one, p.w, w, p.y, dy, p.convolution,
                                                  static_cast<cudnnConvolutionBwdDataAlgo_t>(p.algorithm), workspace, p.workspace, &zero,
                                                  p.x, dx),
                     work, "cudnnConvolutionBackwardData");
    }
    bool backward_weights(plan& p, void const* x, void const* dy, void* dw, void* workspace, mcfa::work const& work) {
        float const one = 1, zero = 0;
        return taken(p,
                     cudnnConvolutionBackwardFilter(handle_, &one, p.x, x, p.y, dy, p.convolution,
                                                    static_cast<cudnnConvolutionBwdFilterAlgo_t>(p.algorithm), workspace, p.workspace,
                                                    &zero, p.w, dw),
                     work, "cudnnConvolutionBackwardFilter");
    }

private:
    using key = std::array<int, 10>;

    static bool unsupported(cudnnStatus_t status) {
        return status == CUDNN_STATUS_BAD_PARAM || (status >= CUDNN_STATUS_NOT_SUPPORTED && status < CUDNN_STATUS_INTERNAL_ERROR);
    }

    static bool taken(plan& p, cudnnStatus_t status, mcfa::work const& work, char const* call) {
        if (unsupported(status)) {
            p.algorithm = -1;
            p.why = std::string(call) + " gives " + cudnnGetErrorString(status);
            return false;
        }
        check(status, work, call);
        return true;
    }

    void prepare(plan& p, convolution const& op, int batch, convolution_pass pass, precision precise, mcfa::work const& work) {
        auto const type = precise == precision::bf16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
        auto const math = precise == precision::strict ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH;
        shape const out = op.out();
        check(cudnnCreateTensorDescriptor(&p.x), work, "cudnnCreateTensorDescriptor");
        check(cudnnCreateTensorDescriptor(&p.y), work, "cudnnCreateTensorDescriptor");
        check(cudnnCreateTensorDescriptor(&p.bias), work, "cudnnCreateTensorDescriptor");
        check(cudnnCreateFilterDescriptor(&p.w), work, "cudnnCreateFilterDescriptor");
        check(cudnnCreateConvolutionDescriptor(&p.convolution), work, "cudnnCreateConvolutionDescriptor");
        check(cudnnCreateActivationDescriptor(&p.none), work, "cudnnCreateActivationDescriptor");
        check(cudnnCreateActivationDescriptor(&p.rectifier), work, "cudnnCreateActivationDescriptor");
        check(cudnnSetTensor4dDescriptor(p.x, CUDNN_TENSOR_NHWC, type, batch, op.in.channels, op.in.height, op.in.width), work,
              "cudnnSetTensor4dDescriptor");
        check(cudnnSetTensor4dDescriptor(p.y, CUDNN_TENSOR_NHWC, type, batch, out.channels, out.height, out.width), work,
              "cudnnSetTensor4dDescriptor");
        check(cudnnSetTensor4dDescriptor(p.bias, CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, out.channels, 1, 1), work,
              "cudnnSetTensor4dDescriptor");
        check(cudnnSetFilter4dDescriptor(p.w, type, CUDNN_TENSOR_NHWC, out.channels, op.in.channels, op.kernel, op.kernel), work,
              "cudnnSetFilter4dDescriptor");
        check(cudnnSetConvolution2dDescriptor(p.convolution, op.pad, op.pad, op.stride, op.stride, 1, 1, CUDNN_CROSS_CORRELATION,
                                              CUDNN_DATA_FLOAT),
              work, "cudnnSetConvolution2dDescriptor");
        check(cudnnSetConvolutionMathType(p.convolution, math), work, "cudnnSetConvolutionMathType");
        check(cudnnSetActivationDescriptor(p.none, CUDNN_ACTIVATION_IDENTITY, CUDNN_PROPAGATE_NAN, 0), work,
              "cudnnSetActivationDescriptor");
        check(cudnnSetActivationDescriptor(p.rectifier, CUDNN_ACTIVATION_RELU, CUDNN_PROPAGATE_NAN, 0), work,
              "cudnnSetActivationDescriptor");
        if (pass == convolution_pass::forward)
            choose<cudnnConvolutionFwdAlgoPerf_t>(p, math, work, [&](int most, int* count, auto* found) {
                return cudnnGetConvolutionForwardAlgorithm_v7(handle_, p.x, p.w, p.convolution, p.y, most, count, found);
            });
        else if (pass == convolution_pass::input)
            choose<cudnnConvolutionBwdDataAlgoPerf_t>(p, math, work, [&](int most, int* count, auto* found) {
                return cudnnGetConvolutionBackwardDataAlgorithm_v7(handle_, p.w, p.y, p.convolution, p.x, most, count, found);
            });
        else
            choose<cudnnConvolutionBwdFilterAlgoPerf_t>(p, math, work, [&](int most, int* count, auto* found) {
                return cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle_, p.x, p.y, p.convolution, p.w, most, count, found);
            });
        // In bf16 the library requires a bias in bf16 too; without an activation only one algorithm fuses it.
        p.fuses_rectifier = pass == convolution_pass::forward && precise != precision::bf16 && p.algorithm >= 0;
        p.fuses_bias = p.fuses_rectifier && p.algorithm == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;
    }

    /// The first of the library's proposals (fastest first by its own estimate) that is deterministic and, in strict fp32, uses no tensor
    /// cores.
    template <class Found, class Ask>
    static void choose(plan& p, cudnnMathType_t math, mcfa::work const& work, Ask const& ask) {
        constexpr int most = 16;
        Found found[most];
        int count = 0;
        cudnnStatus_t const status = ask(most, &count, found);
        if (unsupported(status)) {
            p.why = std::string("it proposes no algorithm (") + cudnnGetErrorString(status) + ")";
            return;
        }
        check(status, work, "cudnnGetConvolution...Algorithm_v7");
        bool const strict = math == CUDNN_FMA_MATH;
        for (int i = 0; i < count; ++i) {
            if (found[i].status != CUDNN_STATUS_SUCCESS || found[i].memory > most_workspace || found[i].determinism != CUDNN_DETERMINISTIC)
                continue;
            bool const tensor_cores =
                found[i].mathType == CUDNN_TENSOR_OP_MATH || found[i].mathType == CUDNN_TENSOR_OP_MATH_ALLOW_CONVERSION;
            if (strict && tensor_cores) continue;
            if (!strict) check(cudnnSetConvolutionMathType(p.convolution, found[i].mathType), work, "cudnnSetConvolutionMathType");
            p.algorithm = static_cast<int>(found[i].algo);
            p.workspace = found[i].memory;
            p.why = "the first of its proposals that is deterministic and needs at most " + megabytes(most_workspace);
            return;
        }
        p.why =
            "none of its " + std::to_string(count) + " proposals is deterministic, precise enough and within " + megabytes(most_workspace);
    }

    cudnnHandle_t handle_ = nullptr;
    std::map<key, plan> plans_;
};

} // namespace mcfa::backend::cuda_engine
