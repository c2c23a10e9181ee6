// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/narrow_float.hpp>
#include <mcfa/io/safetensors/checksum.hpp>
#include <mcfa/io/safetensors/header.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mcfa::io {

/// A tensor as it stands in a file. `bytes` live as long as the `safetensors_file` they came from and are not always aligned.
struct stored_tensor {
    dtype type;
    std::vector<std::int64_t> shape; ///< row-major; empty for a scalar
    std::span<std::byte const> bytes;

    std::size_t count() const { return bytes.size() / size_of(type); }
};

/// A whole safetensors file in memory, checked before anyone sees it: header length, JSON in UTF-8 without duplicate names,
/// dtypes, shapes, offsets without holes or overlaps, the file's length, and the checksum where the metadata have one.
class safetensors_file {
public:
    /// Throws `file_error` naming the path, the tensor, what was expected and what was found.
    static safetensors_file read(std::filesystem::path const& path) { return safetensors_file(path); }

    std::string const& path() const { return path_; }
    std::map<std::string, std::string> const& metadata() const { return metadata_; }
    std::map<std::string, stored_tensor> const& tensors() const { return tensors_; }
    bool contains(std::string const& name) const { return tensors_.count(name) != 0; }

    /// Throws `file_error` where the file has no such tensor.
    stored_tensor const& at(std::string const& name) const {
        auto const place = tensors_.find(name);
        if (place == tensors_.end()) fail(name, "is missing");
        return place->second;
    }

    /// A metadata value. Throws `file_error` where the file has no such key.
    std::string const& metadata_at(std::string const& key) const {
        auto const place = metadata_.find(key);
        if (place == metadata_.end()) throw file_error(path_, {"metadata ", in_quotes(key), " is missing"});
        return place->second;
    }

    /// The elements of a tensor in row-major order. float and double take any of F64, F32, F16 and BF16, and each value must be
    /// finite as a `T`; an integer type takes exactly its own dtype. Throws `file_error` naming the tensor, and the index of a bad value.
    template <class T>
        requires std::same_as<T, float> || std::same_as<T, double> || (std::integral<T> && !std::same_as<T, bool>)
    std::vector<T> values(std::string const& name) const {
        auto const& tensor = at(name);
        if constexpr (std::integral<T>) {
            if (tensor.type != dtype_of<T>()) fail(name, {"expected ", name_of(dtype_of<T>()), ", found ", name_of(tensor.type)});
            return convert<T, T>(name, tensor, [](T value) { return value; });
        } else {
            switch (tensor.type) {
            case dtype::f64:
                return convert<T, double>(name, tensor, [](double value) { return value; });
            case dtype::f32:
                return convert<T, float>(name, tensor, [](float value) { return value; });
            case dtype::f16:
                return convert<T, std::uint16_t>(name, tensor, from_f16);
            case dtype::bf16:
                return convert<T, std::uint16_t>(name, tensor, from_bf16);
            default:
                fail(name, {"expected F64, F32, F16 or BF16, found ", name_of(tensor.type)});
            }
        }
    }

private:
    explicit safetensors_file(std::filesystem::path const& path) : path_(path.string()) {
        std::error_code problem;
        auto const size = std::filesystem::file_size(path, problem);
        if (problem) throw file_error(path_, {"cannot be read (", problem.message(), ")"});
        std::ifstream stream(path, std::ios::binary);
        if (!stream) throw file_error(path_, "cannot be opened");

        auto const header_size = read_header_size(stream, size);
        std::string text(header_size, '\0');
        read_exactly(stream, text.data(), header_size, "its header");
        auto const data_size = size - safetensors_prefix_size - header_size;
        auto header = safetensors_header_parser(path_, data_size).parse(text);

        try {
            data_ = std::make_unique_for_overwrite<std::byte[]>(data_size);
        } catch (std::bad_alloc const&) {
            throw file_error(path_, {"no memory for its ", data_size, " bytes of data"});
        }
        read_exactly(stream, reinterpret_cast<char*>(data_.get()), data_size, "its data");

        std::span<std::byte const> const data(data_.get(), data_size);
        metadata_ = std::move(header.metadata);
        for (auto& [name, entry] : header.tensors)
            tensors_.emplace(name, stored_tensor{entry.type, std::move(entry.shape), data.subspan(entry.begin, entry.end - entry.begin)});
        check_checksum(data);
    }

    std::uint64_t read_header_size(std::ifstream& stream, std::uint64_t file_size) const {
        if (file_size < safetensors_prefix_size)
            throw file_error(path_, {"has ", file_size, " bytes, expected at least 8 for the header's length"});
        std::uint64_t header_size = 0; // little-endian, as this machine is
        read_exactly(stream, reinterpret_cast<char*>(&header_size), safetensors_prefix_size, "the header's length");
        if (header_size > safetensors_header_limit)
            throw file_error(path_, {"the header's length is ", header_size, ", expected at most ", safetensors_header_limit,
                                     " (is this a safetensors file?)"});
        if (header_size > file_size - safetensors_prefix_size)
            throw file_error(path_, {"the header's length is ", header_size, ", but only ", file_size - safetensors_prefix_size,
                                     " bytes follow (truncated?)"});
        return header_size;
    }

    void read_exactly(std::ifstream& stream, char* to, std::uint64_t count, char const* what) const {
        stream.read(to, static_cast<std::streamsize>(count));
        if (!stream || static_cast<std::uint64_t>(stream.gcount()) != count)
            throw file_error(path_, {"cannot read ", what, ": expected ", count, " bytes, found ", stream.gcount()});
    }

    void check_checksum(std::span<std::byte const> data) const {
        auto const place = metadata_.find(std::string(checksum_key));
        if (place == metadata_.end()) return;
        if (auto const found = checksum_text(data); found != place->second)
            throw file_error(path_, {"the data was changed after it was written: metadata checksum is ", in_quotes(place->second),
                                     ", that of the data is ", in_quotes(found)});
    }

    template <class T, class Stored, class Decode>
    std::vector<T> convert(std::string const& name, stored_tensor const& tensor, Decode decode) const {
        std::vector<T> result(tensor.count());
        for (std::size_t i = 0; i < result.size(); ++i) {
            Stored stored;
            std::memcpy(&stored, tensor.bytes.data() + i * sizeof(Stored), sizeof(Stored));
            auto const value = decode(stored);
            if constexpr (std::floating_point<T>) {
                if (!(std::abs(value) <= std::numeric_limits<T>::max()))
                    fail(name, {"value ", i, " is ", to_text(value), ", expected a finite ", name_of(dtype_of<T>())});
            }
            result[i] = static_cast<T>(value);
        }
        return result;
    }

    [[noreturn, gnu::cold, gnu::noinline]] void fail(std::string const& tensor, message const& problem) const {
        throw file_error(path_, {"tensor ", in_quotes(tensor), ": ", problem.text()});
    }

    std::string path_;
    std::unique_ptr<std::byte[]> data_;
    std::map<std::string, std::string> metadata_;
    std::map<std::string, stored_tensor> tensors_;
};

} // namespace mcfa::io
