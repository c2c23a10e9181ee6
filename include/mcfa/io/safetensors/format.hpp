// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/printable.hpp>
#include <mcfa/io/json/json_string.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The safetensors file: 8 bytes, the header's length N as an unsigned little-endian number; N bytes of JSON in UTF-8, padded
/// with spaces; then the data of all tensors, one after the other, row-major and little-endian.
namespace mcfa::io {

static_assert(std::endian::native == std::endian::little, "mcfa: safetensors data is little-endian and is not swapped here");

inline constexpr std::uint64_t safetensors_prefix_size = 8;
inline constexpr std::uint64_t safetensors_header_limit = 100'000'000;
inline constexpr std::string_view metadata_name = "__metadata__";

enum class dtype { f64, f32, f16, bf16, i64, i32, i16, i8, u64, u32, u16, u8, boolean };

struct dtype_properties {
    dtype type;
    std::string_view name;
    std::size_t size; ///< bytes of one element
};

/// In the order of the enumerators.
inline constexpr std::array<dtype_properties, 13> dtypes{{{dtype::f64, "F64", 8},
                                                          {dtype::f32, "F32", 4},
                                                          {dtype::f16, "F16", 2},
                                                          {dtype::bf16, "BF16", 2},
                                                          {dtype::i64, "I64", 8},
                                                          {dtype::i32, "I32", 4},
                                                          {dtype::i16, "I16", 2},
                                                          {dtype::i8, "I8", 1},
                                                          {dtype::u64, "U64", 8},
                                                          {dtype::u32, "U32", 4},
                                                          {dtype::u16, "U16", 2},
                                                          {dtype::u8, "U8", 1},
                                                          {dtype::boolean, "BOOL", 1}}};

constexpr std::string_view name_of(dtype type) { return dtypes[static_cast<std::size_t>(type)].name; }
constexpr std::size_t size_of(dtype type) { return dtypes[static_cast<std::size_t>(type)].size; }

constexpr std::optional<dtype> dtype_named(std::string_view name) {
    for (auto const& each : dtypes)
        if (each.name == name) return each.type;
    return std::nullopt;
}

constexpr bool is_floating(dtype type) { return type == dtype::f64 || type == dtype::f32 || type == dtype::f16 || type == dtype::bf16; }

/// The dtype whose elements are `T`s in memory.
template <class T>
    requires std::integral<T> || std::same_as<T, float> || std::same_as<T, double>
constexpr dtype dtype_of() {
    if constexpr (std::same_as<T, bool>) return dtype::boolean;
    else if constexpr (std::floating_point<T>) return sizeof(T) == 8 ? dtype::f64 : dtype::f32;
    else if constexpr (std::signed_integral<T>)
        return sizeof(T) == 8 ? dtype::i64 : sizeof(T) == 4 ? dtype::i32 : sizeof(T) == 2 ? dtype::i16 : dtype::i8;
    else return sizeof(T) == 8 ? dtype::u64 : sizeof(T) == 4 ? dtype::u32 : sizeof(T) == 2 ? dtype::u16 : dtype::u8;
}

/// Bytes of a tensor of this shape, sizes multiplied from the left; nothing if a size is negative or a product passes 2^63 - 1.
inline std::optional<std::uint64_t> byte_count(dtype type, std::span<std::int64_t const> shape) {
    constexpr std::uint64_t limit = std::numeric_limits<std::int64_t>::max();
    std::uint64_t count = 1;
    auto multiply = [&count](std::uint64_t by) {
        if (by != 0 && count > limit / by) return false;
        count *= by;
        return true;
    };
    for (auto size : shape)
        if (size < 0 || !multiply(static_cast<std::uint64_t>(size))) return std::nullopt;
    if (!multiply(size_of(type))) return std::nullopt;
    return count;
}

/// Text from a file for a message: `quoted` with JSON's mark.
inline std::string in_quotes(std::string_view text, std::size_t limit = 100) { return mcfa::in_quotes(text, limit, '"'); }

/// `[64, 3, 3, 3]`
inline std::string to_text(std::span<std::int64_t const> shape) {
    std::string text = "[";
    for (auto size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + "]";
}

/// `nan`, `-inf`, `1e+300`
inline std::string to_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

} // namespace mcfa::io
