// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/precision.hpp>
#include <mcfa/backend/cuda/status.cuh>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <type_traits>

namespace mcfa::backend::cuda_engine {

/// Types of a product: of its factors, of its result and of its sums.
struct product_types {
    cudaDataType_t factor;
    cudaDataType_t result;
    cublasComputeType_t compute;
    friend auto operator<=>(product_types const&, product_types const&) = default;
};

template <class T>
product_types types_of(precision p) {
    if constexpr (std::is_same_v<T, double>) return {CUDA_R_64F, CUDA_R_64F, CUBLAS_COMPUTE_64F};
    switch (p) {
    case precision::tf32:
        return {CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F_FAST_TF32};
    case precision::bf16:
        return {CUDA_R_16BF, CUDA_R_32F, CUBLAS_COMPUTE_32F};
    default:
        return {CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F};
    }
}

/// Matrix products by cuBLASLt. Chooses an algorithm once for each size, type and alignment.
///
/// The library is column-major. It reads a row-major c = a b as c' = b' a': the factors are swapped, and the bias has one value for each
/// row of c', as the library requires.
class products {
public:
    static constexpr std::size_t workspace_bytes = std::size_t{32} << 20;

    products() = default;
    products(products const&) = delete;
    ~products() {
        for (auto& [key, plan] : plans_) destroy(plan);
        if (handle_) cublasLtDestroy(handle_);
    }

    /// Computes c; false if the bias is left to the caller.
    bool multiply(device::matrix_product const& p, product_types const& types, void const* a, void const* b, void const* bias, void* c,
                  void* workspace, cudaStream_t stream, mcfa::work const& work) {
        if (!handle_) check(cublasLtCreate(&handle_), work, "cublasLtCreate");
        bool const with_bias = bias && alignment(bias) >= 16;
        key const k{
            {p.rows, p.columns, p.depth, p.a_transposed, p.b_transposed, with_bias}, types, {alignment(a), alignment(b), alignment(c)}};
        auto found = plans_.find(k);
        if (found == plans_.end()) found = plans_.emplace(k, make(p, k, bias, work)).first;
        plan const& use = found->second;
        if (use.adds_bias) set_bias(use, bias, work);
        float const ones = 1, betas = p.adds ? 1.0f : 0.0f;
        double const one = 1, beta = p.adds ? 1.0 : 0.0;
        bool const wide = types.compute == CUBLAS_COMPUTE_64F;
        check(cublasLtMatmul(handle_, use.description, wide ? static_cast<void const*>(&one) : &ones, b, use.b, a, use.a,
                             wide ? static_cast<void const*>(&beta) : &betas, c, use.c, c, use.c, &use.algorithm, workspace,
                             workspace_bytes, stream),
              work, "cublasLtMatmul");
        return use.adds_bias || !bias;
    }

private:
    struct key {
        int numbers[6];
        product_types types;
        unsigned alignments[3];
        friend auto operator<=>(key const&, key const&) = default;
    };
    struct plan {
        cublasLtMatmulDesc_t description = nullptr;
        cublasLtMatrixLayout_t a = nullptr, b = nullptr, c = nullptr;
        cublasLtMatmulAlgo_t algorithm{};
        bool adds_bias = false;
    };

    /// The largest power of two up to 256 that divides an address.
    static unsigned alignment(void const* p) {
        auto const address = reinterpret_cast<std::uintptr_t>(p);
        unsigned power = 256;
        while (address % power != 0) power /= 2;
        return power;
    }

    static void destroy(plan& p) {
        if (p.a) cublasLtMatrixLayoutDestroy(p.a);
        if (p.b) cublasLtMatrixLayoutDestroy(p.b);
        if (p.c) cublasLtMatrixLayoutDestroy(p.c);
        if (p.description) cublasLtMatmulDescDestroy(p.description);
    }

    /// A row-major matrix as the library sees it: its columns are our rows.
    static cublasLtMatrixLayout_t layout(cudaDataType_t type, int rows, int columns, mcfa::work const& work) {
        cublasLtMatrixLayout_t made = nullptr;
        check(cublasLtMatrixLayoutCreate(&made, type, static_cast<std::uint64_t>(columns), static_cast<std::uint64_t>(rows), columns), work,
              "cublasLtMatrixLayoutCreate");
        return made;
    }

    plan make(device::matrix_product const& p, key const& k, void const* bias, mcfa::work const& work) {
        plan made;
        try {
            cudaDataType_t const scale = k.types.compute == CUBLAS_COMPUTE_64F ? CUDA_R_64F : CUDA_R_32F;
            check(cublasLtMatmulDescCreate(&made.description, k.types.compute, scale), work, "cublasLtMatmulDescCreate");
            set_transposed(made, CUBLASLT_MATMUL_DESC_TRANSA, p.b_transposed, work);
            set_transposed(made, CUBLASLT_MATMUL_DESC_TRANSB, p.a_transposed, work);
            made.a = p.a_transposed ? layout(k.types.factor, p.depth, p.rows, work) : layout(k.types.factor, p.rows, p.depth, work);
            made.b = p.b_transposed ? layout(k.types.factor, p.columns, p.depth, work) : layout(k.types.factor, p.depth, p.columns, work);
            made.c = layout(k.types.result, p.rows, p.columns, work);
            if (k.numbers[5]) {
                made.adds_bias = true;
                set_epilogue(made, CUBLASLT_EPILOGUE_BIAS, work);
                set_bias(made, bias, work);
                if (choose(made, k, work)) return made;
                made.adds_bias = false;
                set_epilogue(made, CUBLASLT_EPILOGUE_DEFAULT, work);
            }
            if (!choose(made, k, work))
                throw device_error("cuBLASLt, " + to_string(work) + ": no algorithm for a product of " + std::to_string(p.rows) + " x " +
                                   std::to_string(p.depth) + " by " + std::to_string(p.depth) + " x " + std::to_string(p.columns));
            return made;
        } catch (...) {
            destroy(made);
            throw;
        }
    }

    static void set_transposed(plan& p, cublasLtMatmulDescAttributes_t which, bool transposed, mcfa::work const& work) {
        cublasOperation_t const operation = transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
        check(cublasLtMatmulDescSetAttribute(p.description, which, &operation, sizeof operation), work, "cublasLtMatmulDescSetAttribute");
    }
    static void set_epilogue(plan& p, cublasLtEpilogue_t epilogue, mcfa::work const& work) {
        check(cublasLtMatmulDescSetAttribute(p.description, CUBLASLT_MATMUL_DESC_EPILOGUE, &epilogue, sizeof epilogue), work,
              "cublasLtMatmulDescSetAttribute");
    }

    static void set_bias(plan const& p, void const* bias, mcfa::work const& work) {
        check(cublasLtMatmulDescSetAttribute(p.description, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &bias, sizeof bias), work,
              "cublasLtMatmulDescSetAttribute");
    }

    bool choose(plan& p, key const& k, mcfa::work const& work) {
        cublasLtMatmulPreference_t preference = nullptr;
        check(cublasLtMatmulPreferenceCreate(&preference), work, "cublasLtMatmulPreferenceCreate");
        std::size_t const workspace = workspace_bytes;
        auto const set = [&](cublasLtMatmulPreferenceAttributes_t which, auto const& value) {
            return cublasLtMatmulPreferenceSetAttribute(preference, which, &value, sizeof value);
        };
        set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace);
        set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, static_cast<std::uint32_t>(k.alignments[1])); // the factors are swapped
        set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, static_cast<std::uint32_t>(k.alignments[0]));
        set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, static_cast<std::uint32_t>(k.alignments[2]));
        set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, static_cast<std::uint32_t>(k.alignments[2]));
        cublasLtMatmulHeuristicResult_t best{};
        int count = 0;
        cublasStatus_t const status =
            cublasLtMatmulAlgoGetHeuristic(handle_, p.description, p.b, p.a, p.c, p.c, preference, 1, &best, &count);
        cublasLtMatmulPreferenceDestroy(preference);
        if (status == CUBLAS_STATUS_NOT_SUPPORTED || (status == CUBLAS_STATUS_SUCCESS && count == 0)) return false;
        check(status, work, "cublasLtMatmulAlgoGetHeuristic");
        if (best.state != CUBLAS_STATUS_SUCCESS) return false;
        p.algorithm = best.algo;
        return true;
    }

    cublasLtHandle_t handle_ = nullptr;
    std::map<key, plan> plans_;
};

} // namespace mcfa::backend::cuda_engine
