// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace mcfa {

/// An owning array of numbers, zero at first, that begins on a cache line (64 bytes) as vector code likes it.
/// Its size is fixed; assign another buffer to change it.
template <class T>
class aligned_buffer {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>, "an aligned_buffer holds numbers");

public:
    using value_type = T;
    static constexpr std::size_t alignment = 64;

    aligned_buffer() = default;
    explicit aligned_buffer(std::size_t size) : data_(allocate(size)), size_(size) { std::fill_n(data_, size_, T{}); }
    aligned_buffer(aligned_buffer const& other) : data_(allocate(other.size_)), size_(other.size_) {
        std::copy_n(other.data_, size_, data_);
    }
    aligned_buffer(aligned_buffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    aligned_buffer& operator=(aligned_buffer other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~aligned_buffer() {
        if (data_) ::operator delete(data_, std::align_val_t{alignment});
    }

    T* data() { return data_; }
    T const* data() const { return data_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T* begin() { return data_; }
    T* end() { return data_ + size_; }
    T const* begin() const { return data_; }
    T const* end() const { return data_ + size_; }
    T& operator[](std::size_t i) { return data_[i]; }
    T const& operator[](std::size_t i) const { return data_[i]; }

private:
    static T* allocate(std::size_t size) {
        return size ? static_cast<T*>(::operator new(size * sizeof(T), std::align_val_t{alignment})) : nullptr;
    }

    T* data_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace mcfa
