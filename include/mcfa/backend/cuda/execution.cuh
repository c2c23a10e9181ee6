// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/graphs.cuh>
#include <mcfa/backend/cuda/launch.cuh>
#include <mcfa/backend/cuda/memory.cuh>
#include <mcfa/backend/cuda/product.cuh>
#include <mcfa/backend/cuda/stream.hpp>
#include <mcfa/backend/device/convolution.hpp>
#include <mcfa/backend/device/narrow.hpp>
#include <mcfa/backend/scratch_key.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>
#ifdef MCFA_WITH_CUDNN
#include <mcfa/backend/cuda/library_convolution.cuh>
#else
#include <mcfa/backend/cuda/no_library_convolution.cuh>
#endif

namespace mcfa::backend::cuda_engine {

struct on_gpu;

/// The execution of `on_gpu`: what device/backend.hpp asks of one.
struct stream {
public:
    using backend_type = on_gpu;

    explicit stream(precision p) : precision_(p) {
        require_device();
        now(mcfa::work{"setting up"});
        cudaFuncAttributes attributes{};
        cudaError_t const has_code = cudaFuncGetAttributes(&attributes, run_program<device::for_each<device::narrow>>);
        if (has_code != cudaSuccess) {
            cudaGetLastError();
            cudaDeviceProp gpu{};
            cudaGetDeviceProperties(&gpu, 0);
            throw device_error(std::string("backend cuda: this program has no code for ") + gpu.name + ", compute capability " +
                               std::to_string(gpu.major) + "." + std::to_string(gpu.minor) + " (" + cudaGetErrorString(has_code) +
                               "); build it with CMAKE_CUDA_ARCHITECTURES=" + std::to_string(gpu.major * 10 + gpu.minor));
        }
        check(cudaStreamCreateWithFlags(&compute_, cudaStreamNonBlocking), work_, "cudaStreamCreate");
        check(cudaStreamCreateWithFlags(&travel_, cudaStreamNonBlocking), work_, "cudaStreamCreate");
    }
    stream(stream const&) = delete;
    ~stream() {
        if (compute_) cudaStreamSynchronize(compute_);
        if (travel_) cudaStreamSynchronize(travel_);
        if (travel_) cudaStreamDestroy(travel_);
        if (compute_) cudaStreamDestroy(compute_);
    }

    void now(mcfa::work const& work) { work_ = work; }
    std::size_t most_row_values() const { return std::size_t{1} << 26; }

    template <class Program>
    void launch(Program const& program) {
        launch_on_gpu(program, compute_, work_);
    }

    template <class T, class Name>
    std::span<T> scratch(Name, std::size_t count) {
        return {static_cast<T*>(scratch_bytes(&scratch_key<Name>, count * sizeof(T))), count};
    }
    void* scratch_bytes(void const* key, std::size_t bytes) {
        auto const known = std::find_if(scratch_.begin(), scratch_.end(), [&](named_memory const& m) { return m.key == key; });
        growable_buffer& memory = (known != scratch_.end() ? *known : scratch_.emplace_back(key)).memory;
        if (memory.bytes() < bytes) {
            if (graphs_.recording()) throw device_error("CUDA, " + to_string(work_) + ": scratch memory grows while a graph is recorded");
            finish();
            memory.grow((bytes + 255) / 256 * 256, work_);
            ++generation_;
        }
        return memory.data();
    }

    template <class T>
    void multiply(device::matrix_product const& p, T const* a, T const* b, T const* bias, T* c) {
        auto const types = types_of<T>(precision_);
        void* const workspace = scratch_bytes(&scratch_key<library_workspace>, products::workspace_bytes);
        void const *left = a, *right = b;
        if (types.factor == CUDA_R_16BF) {
            left = narrowed(narrow_first{}, a, p.rows, p.depth);
            right = narrowed(narrow_second{}, b, p.depth, p.columns);
        }
        if (!products_.multiply(p, types, left, right, bias, c, workspace, compute_, work_))
            device::launch_in_samples(*this, p.rows, p.columns, device::end_sums<T>{p.columns, bias, false, c});
    }

#ifdef MCFA_WITH_CUDNN
    bool vendor_forward(convolution const& op, int batch, float const* x, float const* w, float const* bias, bool rectified, float* y) {
        auto& plan = library_.plan_of(op, batch, convolution_pass::forward, precision_, compute_, work_);
        if (plan.algorithm < 0) return false;
        void* const workspace = scratch_bytes(&scratch_key<library_workspace>, plan.workspace);
        int const rows = batch * op.out().pixels();
        std::size_t const width = op.out_channels;
        if (precision_ == precision::bf16) {
            auto const* const x16 = narrowed(narrow_first{}, x, batch, op.in.size());
            auto const* const w16 = narrowed(narrow_second{}, w, 1, op.weights());
            auto const y16 = scratch<std::uint16_t>(narrow_result{}, rows * width);
            if (!library_.forward(plan, x16, w16, y16.data(), workspace, work_)) return false;
            device::launch_in_samples(*this, rows, width, device::widen_and_end{op.out_channels, y16.data(), bias, rectified, y});
            return true;
        }
        if (bias && library_.forward_ended(plan, x, w, aligned(bias, width), rectified, y, workspace, work_)) return true;
        if (!library_.forward(plan, x, w, y, workspace, work_)) return false;
        if (bias || rectified) device::launch_in_samples(*this, rows, width, device::end_sums<float>{op.out_channels, bias, rectified, y});
        return true;
    }

    bool vendor_backward_input(convolution const& op, int batch, float const* dy, float const* w, float* dx) {
        auto& plan = library_.plan_of(op, batch, convolution_pass::input, precision_, compute_, work_);
        if (plan.algorithm < 0) return false;
        void* const workspace = scratch_bytes(&scratch_key<library_workspace>, plan.workspace);
        if (precision_ != precision::bf16) return library_.backward_input(plan, dy, w, dx, workspace, work_);
        auto const* const dy16 = narrowed(narrow_first{}, dy, batch, op.out().size());
        auto const* const w16 = narrowed(narrow_second{}, w, 1, op.weights());
        auto const dx16 = scratch<std::uint16_t>(narrow_result{}, batch * op.in.size());
        if (!library_.backward_input(plan, dy16, w16, dx16.data(), workspace, work_)) return false;
        device::launch_each(*this, dx16.size(), device::widen{dx16.data(), dx});
        return true;
    }

    bool vendor_backward_weights(convolution const& op, int batch, float const* x, float const* dy, float* dw) {
        auto& plan = library_.plan_of(op, batch, convolution_pass::weights, precision_, compute_, work_);
        if (plan.algorithm < 0) return false;
        void* const workspace = scratch_bytes(&scratch_key<library_workspace>, plan.workspace);
        if (precision_ != precision::bf16) return library_.backward_weights(plan, x, dy, dw, workspace, work_);
        auto const* const x16 = narrowed(narrow_first{}, x, batch, op.in.size());
        auto const* const dy16 = narrowed(narrow_second{}, dy, batch, op.out().size());
        auto const dw16 = scratch<std::uint16_t>(narrow_result{}, op.weights());
        if (!library_.backward_weights(plan, x16, dy16, dw16.data(), workspace, work_)) return false;
        device::launch_each(*this, dw16.size(), device::widen{dw16.data(), dw});
        return true;
    }
#endif

    template <class T>
    void copy_in(T* to, T const* from, std::size_t count) {
        copy_bytes_in(to, from, count * sizeof(T));
    }
    void copy_bytes_in(void* to, void const* from, std::size_t bytes) {
        not_while_recording("values are copied to the GPU");
        constexpr std::size_t small = std::size_t{1} << 18;
        (bytes <= small ? small_staging_ : staging_).pass(to, from, bytes, travel_, compute_, work_);
    }
    template <class T>
    void copy_out(T* to, T const* from, std::size_t count) {
        copy_bytes_out(to, from, count * sizeof(T));
    }
    void copy_bytes_out(void* to, void const* from, std::size_t bytes) {
        not_while_recording("values are read back");
        check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, compute_), work_, "cudaMemcpyAsync");
        finish();
    }
    void fill_zero(void* values, std::size_t bytes) { check(cudaMemsetAsync(values, 0, bytes, compute_), work_, "cudaMemsetAsync"); }
    void finish() { check(cudaStreamSynchronize(compute_), work_, "cudaStreamSynchronize"); }

    cudaStream_t native_handle() const { return compute_; }

    graphs& recorded() { return graphs_; }
    void begin_recording() { graphs_.begin(compute_, work_); }
    void end_recording(std::uint64_t key) { graphs_.end(compute_, key, generation_, work_); }
    void abandon_recording() noexcept { graphs_.abandon(compute_); }
    bool replay(std::uint64_t key) { return graphs_.replay(compute_, key, generation_, work_); }

    std::string convolution_choice(convolution const& op, int batch) {
        if (device::as_product(op).is_plain()) return "products of matrices by cuBLASLt: the input is its own matrix of windows";
        return library_.choice(op, batch, precision_, compute_, work_);
    }

    std::string description() const {
        cudaDeviceProp gpu{};
        check(cudaGetDeviceProperties(&gpu, 0), work_, "cudaGetDeviceProperties");
        int runtime = 0;
        cudaRuntimeGetVersion(&runtime);
        char const* const names[] = {"strict fp32", "tf32", "bf16"};
        return std::string(gpu.name) + ", compute capability " + std::to_string(gpu.major) + "." + std::to_string(gpu.minor) + ", CUDA " +
               std::to_string(runtime / 1000) + "." + std::to_string(runtime % 1000 / 10) + ", cuBLASLt, " +
               library_convolution::version() + ", " + names[static_cast<int>(precision_)];
    }

private:
    // Scratch memory.
    struct library_workspace {};
    struct narrow_first {};
    struct narrow_second {};
    struct narrow_result {};
    struct aligned_bias {};

    template <class T, class Name>
    std::uint16_t const* narrowed(Name name, T const* values, std::size_t rows, std::size_t width) {
        auto const result = scratch<std::uint16_t>(name, rows * width);
        if constexpr (std::is_same_v<T, float>) device::launch_each(*this, result.size(), device::narrow{values, result.data()});
        return result.data();
    }

    /// cuDNN requires a 16-byte aligned bias; parameters are packed without padding, so copy if misaligned.
    float const* aligned(float const* bias, std::size_t count) {
        if (reinterpret_cast<std::uintptr_t>(bias) % 16 == 0) return bias;
        auto const copy = scratch<float>(aligned_bias{}, count);
        check(cudaMemcpyAsync(copy.data(), bias, count * sizeof(float), cudaMemcpyDeviceToDevice, compute_), work_, "cudaMemcpyAsync");
        return copy.data();
    }

    void not_while_recording(char const* what) const {
        if (graphs_.recording()) throw device_error("CUDA, " + to_string(work_) + ": " + what + " while a graph is recorded");
    }

    precision precision_;
    mcfa::work work_;
    cudaStream_t compute_ = nullptr, travel_ = nullptr;
    struct named_memory {
        explicit named_memory(void const* k) : key(k) {}
        void const* key;
        growable_buffer memory;
    };
    std::vector<named_memory> scratch_;
    std::uint64_t generation_ = 0;
    graphs graphs_;
    products products_;
    library_convolution library_;
    staging_buffer staging_{std::size_t{32} << 20, 8};
    staging_buffer small_staging_{std::size_t{1} << 18, 8};
};

/// The device's side of every `cuda_in<P>`: its precision is a number of the execution.
struct on_gpu {
    static constexpr bool is_device = true;
    using execution = stream;
};

} // namespace mcfa::backend::cuda_engine
