// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <version>
#ifdef __cpp_lib_mdspan
#include <mdspan>
#endif

namespace mcfa {

/// Numbers in memory that it does not own, as a dense row-major array of `Rank` 1 to 4: a pointer and extents, in the spirit of `std::mdspan`.
/// The one place where the library computes an index; indices are checked where assertions are on. Usable in device code.
///
///     matrix<float const> x{data, batch, features};
///     x(n, i), x[n] (row n, a view of one rank less), x.extent(0), x.size()
///
/// A view of const does not write; a view without data is `empty()` and stands for an argument that is left out.
template <class T, int Rank>
    requires(Rank >= 1 && Rank <= 4)
class view {
public:
    using value_type = std::remove_const_t<T>;
    using element_type = T;
    static constexpr int rank = Rank;

    constexpr view() = default;
    template <std::integral... Extents>
        requires(sizeof...(Extents) == Rank)
    constexpr view(T* data, Extents... extents) : data_(data), extents_{static_cast<std::size_t>(extents)...} {}
    constexpr view(T* data, std::array<std::size_t, Rank> const& extents) : data_(data) {
        for (std::size_t d = 0; d < Rank; ++d) extents_[d] = extents[d];
    }
    /// Of a contiguous range: `view<float, 1>{vector}`.
    template <class Range>
        requires(Rank == 1 && !std::same_as<std::remove_cvref_t<Range>, view> &&
                 requires(Range& r) {
                     { r.data() } -> std::convertible_to<T*>;
                     { r.size() } -> std::convertible_to<std::size_t>;
                 })
    constexpr view(Range&& range) : data_(range.data()), extents_{range.size()} {}
    /// A view of const from one that writes.
    template <class U>
        requires(std::same_as<U const, T>)
    constexpr view(view<U, Rank> const& other) : view(other.data(), other.extents()) {}

    constexpr T* data() const { return data_; }
    constexpr bool empty() const { return data_ == nullptr; }
    constexpr std::size_t extent(int dimension) const { return extents_[dimension]; }
    constexpr std::array<std::size_t, Rank> extents() const {
        std::array<std::size_t, Rank> all{};
        for (std::size_t d = 0; d < Rank; ++d) all[d] = extents_[d];
        return all;
    }
    constexpr std::size_t size() const {
        std::size_t n = 1;
        for (std::size_t const extent : extents_) n *= extent;
        return n;
    }
    /// Values in one entry of the first extent.
    constexpr std::size_t stride() const {
        std::size_t n = 1;
        for (int d = 1; d < Rank; ++d) n *= extents_[d];
        return n;
    }

    template <std::integral... Indices>
        requires(sizeof...(Indices) == Rank)
    constexpr T& operator()(Indices... indices) const {
        std::size_t at = 0;
        int d = 0;
        ((assert(static_cast<std::size_t>(indices) < extents_[d]), at = at * extents_[d] + static_cast<std::size_t>(indices), ++d), ...);
        return data_[at];
    }
    /// Entry i of the first extent: a value of a row, a row of a matrix, and so on.
    template <std::integral Index>
    constexpr decltype(auto) operator[](Index index) const {
        std::size_t const i = index;
        assert(i < extents_[0]);
        if constexpr (Rank == 1) {
            return (data_[i]);
        } else {
            std::array<std::size_t, Rank - 1> rest{};
            for (std::size_t d = 0; d + 1 < Rank; ++d) rest[d] = extents_[d + 1];
            return view<T, Rank - 1>(data_ + i * stride(), rest);
        }
    }
    /// Entries first, first + 1, ... of the first extent, `count` of them.
    template <std::integral First, std::integral Count>
    constexpr view part(First first, Count count) const {
        assert(static_cast<std::size_t>(first) + static_cast<std::size_t>(count) <= extents_[0]);
        view result = *this;
        if (data_) result.data_ = data_ + static_cast<std::size_t>(first) * stride();
        result.extents_[0] = static_cast<std::size_t>(count);
        return result;
    }
    /// The same values under other extents; their product stays.
    template <std::integral... Extents>
    constexpr view<T, static_cast<int>(sizeof...(Extents))> as(Extents... extents) const {
        view<T, static_cast<int>(sizeof...(Extents))> const result(data_, extents...);
        assert(result.size() == size());
        return result;
    }
    /// All values in memory order.
    constexpr view<T, 1> flat() const { return {data_, size()}; }
    /// A row for each entry of the first extent.
    constexpr view<T, 2> rows() const { return {data_, extents_[0], stride()}; }

    constexpr T* begin() const { return data_; }
    constexpr T* end() const { return data_ + size(); }
    constexpr std::span<T> span() const { return {data_, size()}; }

    friend constexpr bool operator==(view const&, view const&) = default;

#ifdef __cpp_lib_mdspan
    using mdspan = std::mdspan<T, std::dextents<std::size_t, Rank>>;
    constexpr view(mdspan const& other) : data_(other.data_handle()) {
        for (std::size_t d = 0; d < Rank; ++d) extents_[d] = other.extent(d);
    }
    constexpr operator mdspan() const { return mdspan(data_, extents()); }
#endif

private:
    T* data_ = nullptr;
    std::size_t extents_[Rank]{};
};

template <class T>
using row = view<T, 1>;
template <class T>
using matrix = view<T, 2>;
/// Activations of a batch: sample, line, column, channel.
template <class T>
using planes = view<T, 4>;

} // namespace mcfa
