// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/stream.hpp>
#include <mcfa/backend/scratch_key.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace mcfa::backend {

namespace cuda_engine {

/// An owning array of numbers on the GPU, zero at first.
template <class T>
class buffer {
public:
    using value_type = T;

    buffer() = default;
    explicit buffer(std::size_t size) : data_(size ? static_cast<T*>(allocate(size * sizeof(T))) : nullptr), size_(size) {}
    buffer(buffer const& other) : buffer(other.size_) {
        if (size_) copy_between(data_, other.data_, size_ * sizeof(T));
    }
    buffer(buffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    buffer& operator=(buffer other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~buffer() { release(data_); }

    /// An address on the GPU.
    T* data() { return data_; }
    T const* data() const { return data_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

private:
    T* data_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace cuda_engine

/// NVIDIA GPUs. `Precision` is `float` (strict fp32), `tf32` or `bf16`; the model's scalar stays float in all three.
/// It runs on the first GPU that CUDA shows (CUDA_VISIBLE_DEVICES chooses). A program needs the target `mcfa::cuda`.
template <class Precision>
struct cuda_in {
    static constexpr bool defers = true; ///< results of a training step may stay on the GPU, see op/deferred.hpp

    template <class T>
    using buffer = cuda_engine::buffer<T>;

    /// One work stream. Each thread needs its own execution.
    class execution {
    public:
        using backend_type = cuda_in;

        /// Throws `device_error` if there is no usable GPU.
        explicit execution(cuda_in const&) : stream_(cuda_engine::open(cuda_engine::precision_of<Precision>::value)) {}

        template <class T, class Name>
        std::span<T> scratch(Name, std::size_t count) {
            return {static_cast<T*>(cuda_engine::scratch(*stream_, &scratch_key<Name>, count * sizeof(T))), count};
        }
        template <class T>
        void copy_in(T* to, T const* from_host, std::size_t count) {
            cuda_engine::copy_in(*stream_, to, from_host, count * sizeof(T));
        }
        template <class T>
        void copy_out(T* to_host, T const* from, std::size_t count) {
            cuda_engine::copy_out(*stream_, to_host, from, count * sizeof(T));
        }
        template <class T>
        void fill_zero(T* values, std::size_t count) {
            cuda_engine::fill_zero(*stream_, values, count * sizeof(T));
        }
        void finish() { cuda_engine::finish(*stream_); }

        /// Runs `work`: directly the first time with this key, later as a recorded CUDA graph, which costs one call instead of one a
        /// launch. `work` must not read results back.
        template <class F>
        void steady(std::uint64_t key, F&& work) {
            if (!cuda_engine::known(*stream_, key)) return work();
            record(key, work);
        }
        /// The same for work whose addresses and numbers never change: recorded once, then only replayed.
        template <class F>
        void repeated(std::uint64_t key, F&& work) {
            if (!cuda_engine::known(*stream_, key)) return work();
            if (!cuda_engine::replay(*stream_, key)) record(key, work);
        }

        std::string convolution_choice(convolution const& op, int batch) { return cuda_engine::convolution_choice(*stream_, op, batch); }
        std::string description() { return cuda_engine::description(*stream_); }
        /// The cudaStream_t it works on.
        void* native_handle() { return cuda_engine::native_handle(*stream_); }
        cuda_engine::stream& stream() { return *stream_; }

    private:
        template <class F>
        void record(std::uint64_t key, F&& work) {
            cuda_engine::begin_recording(*stream_, key);
            try {
                work();
            } catch (...) {
                cuda_engine::abandon_recording(*stream_);
                throw;
            }
            cuda_engine::end_recording(*stream_, key);
        }

        struct closes {
            void operator()(cuda_engine::stream* s) const noexcept { cuda_engine::close(s); }
        };
        std::unique_ptr<cuda_engine::stream, closes> stream_;
    };
};

/// Strict fp32.
using cuda = cuda_in<float>;

} // namespace mcfa::backend
