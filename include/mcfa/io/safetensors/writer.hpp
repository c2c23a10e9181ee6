// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/name_index.hpp>
#include <mcfa/core/narrow_float.hpp>
#include <mcfa/io/atomic_file.hpp>
#include <mcfa/io/json/json_string.hpp>
#include <mcfa/io/safetensors/checksum.hpp>
#include <mcfa/io/safetensors/format.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa::io {

/// Collects tensors and metadata, then writes them as one safetensors file: data in the order of `add`, header filled with spaces so
/// that the data begin at a multiple of 8, a checksum of the data in the metadata. What is added is
/// copied, once and in the form of the file.
class safetensors_writer {
public:
    /// Adds a tensor. `values` is contiguous, row-major (vector, span, array of core/array.hpp) and holds either
    /// - float or double, stored as F64, F32, F16 or BF16 (to nearest, ties to even); each value must be finite once stored,
    /// - integers, stored as their own dtype, or
    /// - std::byte, the stored bytes themselves, taken unseen.
    /// Throws `shape_error` naming the tensor: a name that is taken, reserved or not UTF-8; a count or type that does not fit; a value
    /// that is not finite.
    template <class Values>
    void add(std::string const& name, dtype type, std::vector<std::int64_t> const& shape, Values const& values) {
        using element = std::remove_cvref_t<decltype(*std::data(values))>;
        std::span<element const> const all(std::data(values), std::size(values));
        check(name, type, shape, all.size() * stored_size<element>(type));
        std::vector<std::byte> stored(all.size() * stored_size<element>(type));
        encode(name, type, all, 0, stored.data());
        add_stored(name, type, shape, std::move(stored));
    }

    /// Adds a tensor whose values `read(first, std::span<T>)` copies out part by part, first to last, so that no second copy of it is
    /// made: for values in a device's memory. Throws as `add` does.
    template <class T, class Read>
    void add_in_parts(std::string const& name, dtype type, std::vector<std::int64_t> const& shape, Read read) {
        auto const size = byte_count(type, shape);
        check(name, type, shape, size.value_or(0));
        std::vector<std::byte> stored(*size);
        std::size_t const count = stored.size() / size_of(type);
        std::vector<T> part(std::min<std::size_t>(count, 65536));
        for (std::size_t first = 0; first < count; first += part.size()) {
            auto const values = std::span(part).first(std::min(part.size(), count - first));
            read(first, values);
            encode(name, type, std::span<T const>(values), first, stored.data() + first * size_of(type));
        }
        add_stored(name, type, shape, std::move(stored));
    }

    /// Sets a metadata value, replacing an earlier one. Throws `option_error` for the key `checksum`, which is the writer's own, and for
    /// text that is not UTF-8.
    void set_metadata(std::string_view key, std::string_view value) {
        if (key == checksum_key) throw option_error("metadata \"checksum\" is set by the writer and cannot be given");
        if (!is_utf8(key) || !is_utf8(value)) throw option_error({"metadata ", in_quotes(key), ": expected UTF-8"});
        metadata_[std::string(key)] = value;
    }

    /// Writes the file whole or not at all (`write_atomically`). Throws `file_error`.
    void write(std::filesystem::path const& path) const {
        auto const header = header_text();
        if (header.size() > safetensors_header_limit)
            throw file_error(path.string(),
                             {"its header would have ", header.size(), " bytes, expected at most ", safetensors_header_limit});
        std::uint64_t const header_size = header.size(); // little-endian, as this machine is
        std::vector<std::span<std::byte const>> pieces{std::as_bytes(std::span(&header_size, 1)), std::as_bytes(std::span(header))};
        for (auto const& tensor : data_) pieces.emplace_back(tensor);
        write_atomically(path, pieces);
    }

private:
    /// A name may hold any UTF-8; the rest of its entry is numbers and a word.
    void add_stored(std::string const& name, dtype type, std::vector<std::int64_t> const& shape, std::vector<std::byte> stored) {
        names_.add(name, names_.size());
        std::string sizes;
        for (std::int64_t const size : shape) sizes += join({sizes.empty() ? "" : ",", size});
        auto const begin = size_;
        size_ += stored.size();
        entries_ += join({",", json_quoted(name), ":{\"data_offsets\":[", begin, ",", size_, "],\"dtype\":\"", name_of(type),
                          "\",\"shape\":[", sizes, "]}"});
        data_.push_back(std::move(stored));
    }

    std::string header_text() const {
        data_checksum checksum;
        for (auto const& tensor : data_) checksum.add(tensor);
        auto strings = join({json_quoted(checksum_key), ":", json_quoted(checksum.text())});
        for (auto const& [key, value] : metadata_) strings += join({",", json_quoted(key), ":", json_quoted(value)});
        auto text = join({"{", json_quoted(metadata_name), ":{", strings, "}", entries_, "}"});
        text.resize((text.size() + 7) / 8 * 8, ' ');
        return text;
    }

    void check(std::string const& name, dtype type, std::vector<std::int64_t> const& shape, std::size_t given) const {
        if (name == metadata_name) fail(name, "the name is reserved");
        if (!is_utf8(name)) fail(name, "the name is not UTF-8");
        if (names_.find(name) >= 0) fail(name, "is added twice");
        auto const expected = byte_count(type, shape);
        if (!expected) fail(name, {name_of(type), " ", to_text(shape), " has a negative size or overflows 64 bits"});
        if (*expected != given) fail(name, {name_of(type), " ", to_text(shape), " takes ", *expected, " bytes, found ", given});
    }

    /// Bytes that one given element takes in the file.
    template <class Element>
    static std::size_t stored_size(dtype type) {
        return std::same_as<Element, std::byte> ? 1 : size_of(type);
    }

    /// Stores values at `to`; `first` is the index of the first of them in its tensor, for messages.
    template <class Element>
    void encode(std::string const& name, dtype type, std::span<Element const> values, std::size_t first, std::byte* to) const {
        if constexpr (std::same_as<Element, std::byte> || std::integral<Element>) {
            if constexpr (std::integral<Element>)
                if (type != dtype_of<Element>()) fail(name, {"cannot store ", name_of(dtype_of<Element>()), " as ", name_of(type)});
            if (!values.empty()) std::memcpy(to, values.data(), values.size_bytes());
        } else {
            static_assert(std::same_as<Element, float> || std::same_as<Element, double>, "mcfa: no dtype for these elements");
            if (!is_floating(type)) fail(name, {"cannot store floating values as ", name_of(type)});
            for (std::size_t i = 0; i < values.size(); ++i, to += size_of(type))
                if (!store(values[i], type, to))
                    fail(name,
                         {"value ", first + i, " is ", to_text(static_cast<double>(values[i])), ", expected a finite ", name_of(type)});
        }
    }

    /// Stores a value, rounded to a floating type; false if it is not finite then.
    static bool store(double value, dtype type, std::byte* to) {
        auto const put = [to](auto rounded, auto widened) {
            std::memcpy(to, &rounded, sizeof rounded);
            return std::isfinite(widened);
        };
        switch (type) {
        case dtype::f64:
            return put(value, value);
        case dtype::f32:
            return put(static_cast<float>(value), static_cast<float>(value));
        case dtype::f16:
            return put(float16(value), static_cast<float>(float16(value)));
        default:
            return put(bfloat16(value), static_cast<float>(bfloat16(value)));
        }
    }

    [[noreturn, gnu::cold, gnu::noinline]] static void fail(std::string const& tensor, message const& problem) {
        throw shape_error({"tensor ", in_quotes(tensor), ": ", problem.text()});
    }

    std::vector<std::vector<std::byte>> data_; ///< of each tensor
    std::size_t size_ = 0;                     ///< of all of them, in bytes
    std::string entries_;                      ///< `,"name":{...}` for each tensor
    name_index names_;
    std::map<std::string, std::string> metadata_;
};

} // namespace mcfa::io
