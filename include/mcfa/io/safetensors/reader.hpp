// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/expected.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/narrow_float.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/io/file_descriptor.hpp>
#include <mcfa/io/safetensors/checksum.hpp>
#include <mcfa/io/safetensors/header.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::io {

/// What an opened file says of one tensor.
struct stored_tensor {
    dtype type;
    std::vector<std::int64_t> shape; ///< row-major; empty for a scalar
    std::uint64_t begin, end;        ///< bytes of the data section
    std::uint64_t checksum;          ///< of those bytes, when they were verified

    std::size_t size() const { return end - begin; } ///< bytes
    std::size_t count() const { return size() / size_of(type); }
};

/// An open safetensors file, all of it verified before any value is given out: header length, JSON in UTF-8 without duplicate names, dtypes,
/// shapes, offsets without holes or overlaps, the file's length, and the checksum where the metadata have one. The data stay in the
/// file: verifying reads them once through a buffer of a megabyte, and a tensor is read when it is needed and compared with what
/// was verified. So a large file takes no memory, and one that changes meanwhile is refused. The bytes of a file may lie in memory instead.
class safetensors_file {
public:
    /// Throws `file_error` naming the path, the tensor, what was expected and what was found.
    static safetensors_file read(std::filesystem::path const& path) {
        safetensors_file file(path.string());
        if (auto const bad = file.open(path)) raise(*bad);
        return file;
    }
    /// A file's bytes in memory, which must outlive the object; `name` stands for the path in errors.
    static safetensors_file in_memory(std::span<std::byte const> bytes, std::string name) {
        safetensors_file file(std::move(name), bytes);
        if (auto const bad = file.read_all(bytes.size())) raise(*bad);
        return file;
    }

    /// The same without exceptions.
    static expected<safetensors_file> try_read(std::filesystem::path const& path) {
        safetensors_file file(path.string());
        if (auto const bad = file.open(path)) return unexpected(*bad);
        return file;
    }
    static expected<safetensors_file> try_in_memory(std::span<std::byte const> bytes, std::string name) {
        safetensors_file file(std::move(name), bytes);
        if (auto const bad = file.read_all(bytes.size())) return unexpected(*bad);
        return file;
    }

    std::string const& path() const { return path_; }
    std::map<std::string, std::string> const& metadata() const { return metadata_; }
    std::map<std::string, stored_tensor> const& tensors() const { return tensors_; }
    bool contains(std::string const& name) const { return tensors_.count(name) != 0; }

    /// Throws `file_error` if the file has no such tensor.
    stored_tensor const& at(std::string const& name) const {
        auto const place = tensors_.find(name);
        if (place == tensors_.end()) raise(missing(name));
        return place->second;
    }
    /// What `at` throws.
    file_error missing(std::string const& name) const { return problem(name, "is missing"); }

    /// A metadata value. Throws `file_error` if the file has no such key.
    std::string const& metadata_at(std::string const& key) const {
        auto const place = metadata_.find(key);
        if (place == metadata_.end()) raise(file_error(path_, {"metadata ", in_quotes(key), " is missing"}));
        return place->second;
    }

    /// A tensor's bytes as they stand in the file.
    std::vector<std::byte> bytes(std::string const& name) const {
        auto const& tensor = at(name);
        std::vector<std::byte> all(tensor.size());
        auto const bad = read_tensor(name, tensor, [&](std::size_t first, std::span<std::byte const> part) -> outcome {
            std::copy(part.begin(), part.end(), all.begin() + static_cast<std::ptrdiff_t>(first));
            return {};
        });
        if (bad) raise(*bad);
        return all;
    }

    /// The elements of a tensor in row-major order, into `to`, which has as many. float and double take any of F64, F32, F16 and BF16, and
    /// each value must be finite as a `T`; an integer type takes exactly its own dtype. Throws `file_error` naming the tensor, and the
    /// index of a bad value; then `to` holds whatever was read so far.
    template <class T>
        requires std::same_as<T, float> || std::same_as<T, double> || (std::integral<T> && !std::same_as<T, bool>)
    void values(std::string const& name, std::span<T> to) const {
        if (auto const bad = try_values(name, to)) raise(*bad);
    }

    /// The same; returns what `values` throws.
    template <class T>
    std::optional<file_error> try_values(std::string const& name, std::span<T> to) const {
        if (!contains(name)) return missing(name);
        auto const& tensor = at(name);
        if (to.size() != tensor.count()) return problem(name, {"expected ", to.size(), " values, found ", tensor.count()});
        if constexpr (std::integral<T>) {
            if (tensor.type != dtype_of<T>()) return problem(name, {"expected ", name_of(dtype_of<T>()), ", found ", name_of(tensor.type)});
            return convert<T>(name, tensor, to, [](T value) { return value; });
        } else {
            switch (tensor.type) {
            case dtype::f64:
                return convert<double>(name, tensor, to, [](double value) { return value; });
            case dtype::f32:
                return convert<float>(name, tensor, to, [](float value) { return value; });
            case dtype::f16:
                return convert<float16>(name, tensor, to, [](float16 value) { return static_cast<float>(value); });
            case dtype::bf16:
                return convert<bfloat16>(name, tensor, to, [](bfloat16 value) { return static_cast<float>(value); });
            default:
                return problem(name, {"expected F64, F32, F16 or BF16, found ", name_of(tensor.type)});
            }
        }
    }

    /// The same as a vector.
    template <class T>
    std::vector<T> values(std::string const& name) const {
        std::vector<T> result(at(name).count());
        values(name, std::span(result));
        return result;
    }

private:
    static constexpr std::size_t part_size = std::size_t{1} << 20; ///< bytes read at a time, a multiple of every element's size

    using outcome = std::optional<file_error>; ///< what was wrong, if anything

    explicit safetensors_file(std::string path, std::span<std::byte const> bytes = {}) : path_(std::move(path)), memory_(bytes) {}

    outcome open(std::filesystem::path const& path) {
        file_ = file_descriptor(path, O_RDONLY | O_NONBLOCK); // O_NONBLOCK: a pipe without a writer must not be waited for
        struct ::stat status{};
        if (!file_ || ::fstat(file_.number(), &status) != 0) return problem({"cannot be read (", system_reason(errno), ")"});
        if (!S_ISREG(status.st_mode))
            return problem({"cannot be read (", S_ISDIR(status.st_mode) ? system_reason(EISDIR) : "not a regular file", ")"});
        return read_all(static_cast<std::uint64_t>(status.st_size));
    }

    outcome read_all(std::uint64_t size) {
        std::uint64_t header_size = 0;
        if (auto bad = read_header_size(size, header_size)) return bad;
        std::string text(header_size, '\0');
        if (auto bad = read_exactly(safetensors_prefix_size, std::as_writable_bytes(std::span(text)), "its header")) return bad;
        data_begin_ = safetensors_prefix_size + header_size;
        safetensors_header header;
        safetensors_header_parser parser(size - data_begin_);
        if (!parser.parse(text, header)) return problem(parser.problem());
        if (auto bad = check_size(size - data_begin_)) return bad;
        metadata_ = std::move(header.metadata);
        for (auto& [name, entry] : header.tensors)
            tensors_.emplace(name, stored_tensor{entry.type, std::move(entry.shape), entry.begin, entry.end, 0});
        return verify();
    }

    outcome read_header_size(std::uint64_t file_size, std::uint64_t& header_size) const {
        if (file_size < safetensors_prefix_size) return problem({"has ", file_size, " bytes, expected at least 8 for the header's length"});
        // little-endian, as this machine is
        if (auto bad = read_exactly(0, std::as_writable_bytes(std::span(&header_size, 1)), "the header's length")) return bad;
        if (header_size > safetensors_header_limit)
            return problem({"the header's length is ", header_size, ", expected at most ", safetensors_header_limit,
                            " (is this a safetensors file?)"});
        if (header_size > file_size - safetensors_prefix_size)
            return problem(
                {"the header's length is ", header_size, ", but only ", file_size - safetensors_prefix_size, " bytes follow (truncated?)"});
        return {};
    }

    /// A file of holes can say that it is larger than any disk; what no memory could hold is not read to its end.
    outcome check_size(std::uint64_t data_size) const {
        auto const memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        if (data_size > memory) return problem({"no memory for its ", data_size, " bytes of data: this machine has ", memory});
        return {};
    }

    outcome read_exactly(std::uint64_t offset, std::span<std::byte> to, char const* what) const {
        if (!file_) { // every offset was compared with the number of bytes
            auto const from = memory_.subspan(offset, to.size());
            std::copy(from.begin(), from.end(), to.begin());
            return {};
        }
        std::size_t count = 0;
        if (int const number = file_.read_at(offset, to, count)) return problem({"cannot read ", what, " (", system_reason(number), ")"});
        if (count != to.size()) return problem({"cannot read ", what, ": expected ", to.size(), " bytes, found ", count});
        return {};
    }

    /// Calls f(first byte in the tensor, bytes) for one part after the other, until it says that something is wrong.
    template <class F>
    outcome read_parts(stored_tensor const& tensor, F f) const {
        std::vector<std::byte> buffer(std::min(tensor.size(), part_size));
        for (std::size_t first = 0; first < tensor.size(); first += part_size) {
            auto const part = std::span(buffer).first(std::min(part_size, tensor.size() - first));
            if (auto bad = read_exactly(data_begin_ + tensor.begin + first, part, "its data")) return bad;
            if (auto bad = f(first, std::span<std::byte const>(part))) return bad;
        }
        return {};
    }

    /// The same, and what was read must be what was verified.
    template <class F>
    outcome read_tensor(std::string const& name, stored_tensor const& tensor, F f) const {
        data_checksum checksum;
        auto bad = read_parts(tensor, [&](std::size_t first, std::span<std::byte const> part) {
            checksum.add(part);
            return f(first, part);
        });
        if (!bad && checksum.value() != tensor.checksum) return problem(name, "the file was changed while it was being read");
        return bad;
    }

    /// Reads all data once, in their order: the checksum of the whole must be the one that the metadata state, those of tensors are kept.
    outcome verify() {
        std::vector<stored_tensor*> order;
        for (auto& [name, tensor] : tensors_) order.push_back(&tensor);
        std::ranges::sort(order, {}, [](stored_tensor const* tensor) { return tensor->begin; });
        data_checksum all;
        for (stored_tensor* tensor : order) {
            data_checksum own;
            auto bad = read_parts(*tensor, [&](std::size_t, std::span<std::byte const> part) -> outcome {
                all.add(part);
                own.add(part);
                return {};
            });
            if (bad) return bad;
            tensor->checksum = own.value();
        }
        auto const stated = metadata_.find(std::string(checksum_key));
        if (stated != metadata_.end() && stated->second != all.text())
            return problem({"the data was changed after it was written: metadata checksum is ", in_quotes(stated->second),
                            ", that of the data is ", in_quotes(all.text())});
        return {};
    }

    template <class Stored, class T, class Decode>
    outcome convert(std::string const& name, stored_tensor const& tensor, std::span<T> to, Decode decode) const {
        std::size_t i = 0;
        return read_tensor(name, tensor, [&](std::size_t, std::span<std::byte const> part) -> outcome {
            for (; !part.empty(); part = part.subspan(sizeof(Stored)), ++i) {
                Stored stored;
                std::memcpy(&stored, part.data(), sizeof(Stored));
                auto const value = decode(stored);
                if constexpr (std::floating_point<T>) {
                    if (!(std::abs(value) <= std::numeric_limits<T>::max()))
                        return problem(name, {"value ", i, " is ", to_text(value), ", expected a finite ", name_of(dtype_of<T>())});
                }
                to[i] = static_cast<T>(value);
            }
            return {};
        });
    }

    [[gnu::cold, gnu::noinline]] file_error problem(message const& what) const { return {path_, what}; }
    [[gnu::cold, gnu::noinline]] file_error problem(std::string const& tensor, message const& what) const {
        return {path_, {"tensor ", in_quotes(tensor), ": ", what.text()}};
    }

    std::string path_;
    file_descriptor file_; ///< none if the bytes lie in memory
    std::span<std::byte const> memory_{};
    std::uint64_t data_begin_ = 0;
    std::map<std::string, std::string> metadata_;
    std::map<std::string, stored_tensor> tensors_;
};

} // namespace mcfa::io
