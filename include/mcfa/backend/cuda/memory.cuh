// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/status.cuh>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::backend::cuda_engine {

/// Checks that there are a driver and a GPU, and that the driver supports the runtime this program was built with.
inline void look_for_device() {
    auto const version = [](int v) { return std::to_string(v / 1000) + "." + std::to_string(v % 1000 / 10); };
    int driver = 0, runtime = 0, count = 0;
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    if (driver == 0)
        throw device_error("backend cuda: no NVIDIA driver is installed on this machine, so there is no GPU to compute on; "
                           "use backend::eigen, or run where nvidia-smi lists a GPU");
    if (driver / 1000 < runtime / 1000)
        throw device_error("backend cuda: the NVIDIA driver is too old: it knows CUDA " + version(driver) +
                           ", this program was built with CUDA " + version(runtime) +
                           "; update the driver, or build with an older toolkit");
    cudaError_t const status = cudaGetDeviceCount(&count);
    cudaGetLastError();
    if (status != cudaSuccess || count == 0)
        throw device_error(std::string("backend cuda: there is no GPU to compute on (") +
                           (status == cudaSuccess ? "CUDA lists none" : cudaGetErrorString(status)) +
                           "); use backend::eigen, or see whether nvidia-smi lists a GPU and CUDA_VISIBLE_DEVICES shows it");
}

/// The same, once per program.
inline void require_device() {
    static bool const there = [] {
        look_for_device();
        return true;
    }();
    static_cast<void>(there);
}

/// Allocates device memory; throws `memory_error` with the size requested and the size free.
inline void* take(std::size_t bytes, mcfa::work const& work) {
    require_device();
    void* memory = nullptr;
    cudaError_t const status = cudaMalloc(&memory, bytes);
    if (status == cudaErrorMemoryAllocation) {
        cudaGetLastError();
        std::size_t free = 0, total = 0;
        cudaMemGetInfo(&free, &total);
        throw memory_error(bytes, free,
                           "the GPU's memory does not suffice for " + to_string(work) + ": requested " + megabytes(bytes) + ", " +
                               megabytes(free) + " of " + megabytes(total) + " are free");
    }
    check(status, work, "cudaMalloc");
    return memory;
}

/// Device memory that grows on demand.
class growable_buffer {
public:
    growable_buffer() = default;
    growable_buffer(growable_buffer const&) = delete;
    growable_buffer(growable_buffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    ~growable_buffer() { cudaFree(data_); }

    void* data() const { return data_; }
    std::size_t bytes() const { return bytes_; }
    /// Discards the contents. Work that uses them must be done.
    void grow(std::size_t bytes, mcfa::work const& work) {
        cudaFree(std::exchange(data_, nullptr));
        bytes_ = 0;
        data_ = take(bytes, work);
        bytes_ = bytes;
    }

private:
    void* data_ = nullptr;
    std::size_t bytes_ = 0;
};

/// Copies host values to the GPU in three hops: into pinned memory, over a separate stream into staging memory on the device, and to their
/// target in the order of the compute stream. So the next batch is transferred while a step runs, and overwrites nothing that the step
/// still reads. The pieces are used in turn; a transfer in progress is waited for before its piece is used again.
class staging_buffer {
public:
    staging_buffer(std::size_t piece, int pieces) : piece_(piece), lanes_(pieces) {}
    staging_buffer(staging_buffer const&) = delete;
    ~staging_buffer() {
        for (lane& l : lanes_) {
            if (!l.pinned) continue;
            cudaEventDestroy(l.arrived);
            cudaEventDestroy(l.left);
            cudaFreeHost(l.pinned);
        }
    }

    void pass(void* to, void const* from, std::size_t bytes, cudaStream_t travel, cudaStream_t compute, mcfa::work const& work) {
        for (std::size_t done = 0; done < bytes; done += piece_) {
            std::size_t const count = std::min(piece_, bytes - done);
            lane& l = lanes_[turn_];
            turn_ = (turn_ + 1) % lanes_.size();
            if (!l.pinned) open(l, work);
            else check(cudaEventSynchronize(l.left), work, "cudaEventSynchronize");
            std::memcpy(l.pinned, static_cast<char const*>(from) + done, count);
            check(cudaMemcpyAsync(l.beside.data(), l.pinned, count, cudaMemcpyHostToDevice, travel), work, "cudaMemcpyAsync");
            check(cudaEventRecord(l.arrived, travel), work, "cudaEventRecord");
            check(cudaStreamWaitEvent(compute, l.arrived, 0), work, "cudaStreamWaitEvent");
            check(cudaMemcpyAsync(static_cast<char*>(to) + done, l.beside.data(), count, cudaMemcpyDeviceToDevice, compute), work,
                  "cudaMemcpyAsync");
            check(cudaEventRecord(l.left, compute), work, "cudaEventRecord");
        }
    }

private:
    struct lane {
        void* pinned = nullptr;
        growable_buffer beside;
        cudaEvent_t arrived{}, left{};
    };

    void open(lane& l, mcfa::work const& work) const {
        l.beside.grow(piece_, work);
        check(cudaEventCreateWithFlags(&l.arrived, cudaEventDisableTiming), work, "cudaEventCreate");
        check(cudaEventCreateWithFlags(&l.left, cudaEventDisableTiming), work, "cudaEventCreate");
        check(cudaMallocHost(&l.pinned, piece_), work, "cudaMallocHost");
    }

    std::size_t piece_;
    std::vector<lane> lanes_;
    std::size_t turn_ = 0;
};

} // namespace mcfa::backend::cuda_engine
