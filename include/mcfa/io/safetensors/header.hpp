// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/io/json/parse.hpp>
#include <mcfa/io/safetensors/format.hpp>
#include <mcfa/io/safetensors/header_value.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace mcfa::io {

/// What the header says of one tensor; its data are the bytes [begin, end) of the data section.
struct tensor_entry {
    dtype type;
    std::vector<std::int64_t> shape;
    std::uint64_t begin;
    std::uint64_t end;
};

struct safetensors_header {
    std::map<std::string, std::string> metadata;
    std::map<std::string, tensor_entry> tensors;
};

/// Reads and checks the JSON of a header whose file has `data_size` bytes after it.
class safetensors_header_parser {
public:
    safetensors_header_parser(std::string path, std::uint64_t data_size) : path_(std::move(path)), data_size_(data_size) {}

    /// Throws `file_error` naming the path, the tensor, what was expected and what was found.
    safetensors_header parse(std::string_view text) const {
        safetensors_header header;
        parse_json(text).for_members([&](std::string const& name, header_value const& value) {
            if (name == metadata_name) header.metadata = metadata(value);
            else header.tensors.emplace(name, entry(name, value));
        });
        check_layout(header.tensors);
        return header;
    }

private:
    [[noreturn, gnu::cold, gnu::noinline]] void fail(message const& problem) const { throw file_error(path_, problem); }
    [[noreturn, gnu::cold, gnu::noinline]] void fail(std::string_view tensor, message const& problem) const {
        fail({"tensor ", in_quotes(tensor), ": ", problem.text()});
    }

    header_value parse_json(std::string_view text) const {
        if (text.empty() || text.front() != '{')
            fail({"the header begins with ", (text.empty() ? "nothing" : in_quotes(text.substr(0, 1))), ", expected \"{\""});
        // The parser takes a zero byte for the end of its input and would not look at what follows.
        if (auto const zero = text.find('\0'); zero != text.npos) fail({"byte ", zero, " of the header is zero"});
        auto const last = text.find_last_not_of(' ');
        if (text[last] != '}') fail({"the header ends with ", in_quotes(text.substr(last, 1)), ", expected \"}\" and spaces"});

        json_problem problem;
        auto parsed = parse_json_as<header_value>(text, problem, 3);
        switch (problem.what) {
        case json_problem::none:
            return parsed;
        case json_problem::too_deep:
            fail(problem.outer, "nested deeper than a header can be");
        case json_problem::name_twice:
            if (problem.outer.empty()) fail(problem.name, "the name stands twice in the header");
            fail(problem.outer, {"the field ", in_quotes(problem.name), " stands twice"});
        case json_problem::syntax:
            fail({"the header is not JSON in UTF-8: ", in_quotes(problem.text, 300)});
        }
        return parsed;
    }

    std::map<std::string, std::string> metadata(header_value const& value) const {
        if (!value.is_object()) fail({"__metadata__ is ", value.described(), ", expected an object"});
        std::map<std::string, std::string> result;
        value.for_members([&](std::string const& key, header_value const& text) {
            if (!text.is_string()) fail({"__metadata__ ", in_quotes(key), " is ", text.described(), ", expected a string"});
            result.emplace(key, text.text());
        });
        return result;
    }

    tensor_entry entry(std::string const& name, header_value const& value) const {
        if (!value.is_object()) fail(name, {"its entry is ", value.described(), ", expected an object"});
        value.for_members([&](std::string const& field, header_value const&) {
            if (field != "dtype" && field != "shape" && field != "data_offsets")
                fail(name, {"unknown field ", in_quotes(field), ", expected dtype, shape and data_offsets"});
        });

        auto const& type_name = field(name, value, "dtype");
        auto const type = type_name.is_string() ? dtype_named(type_name.text()) : std::nullopt;
        if (!type) fail(name, {"unknown dtype ", type_name.described(), ", expected one of ", dtype_names()});

        tensor_entry result{*type, {}, 0, 0};
        for (auto size : numbers(name, value, "shape")) {
            if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                fail(name, {"shape has a size of ", size, ", expected less than 2^63"});
            result.shape.push_back(static_cast<std::int64_t>(size));
        }
        auto const offsets = numbers(name, value, "data_offsets");
        if (offsets.size() != 2) fail(name, {"data_offsets has ", offsets.size(), " numbers, expected 2"});
        result.begin = offsets[0];
        result.end = offsets[1];
        check_size(name, result);
        return result;
    }

    void check_size(std::string const& name, tensor_entry const& entry) const {
        if (entry.begin > entry.end) fail(name, {"data_offsets end at ", entry.end, ", before they begin at ", entry.begin});
        if (entry.end > data_size_) fail(name, {"data_offsets end at ", entry.end, ", but the file has ", data_size_, " bytes of data"});
        auto const type_and_shape = std::string(name_of(entry.type)) + " " + to_text(entry.shape);
        auto const expected = byte_count(entry.type, entry.shape);
        if (!expected) fail(name, {type_and_shape, " overflows 64 bits"});
        if (*expected != entry.end - entry.begin)
            fail(name, {type_and_shape, " takes ", *expected, " bytes, but data_offsets span ", entry.end - entry.begin});
    }

    /// Sorted by offset the first tensor begins at 0, each next where the one before ended, and the last ends with the file.
    void check_layout(std::map<std::string, tensor_entry> const& tensors) const {
        std::vector<std::tuple<std::uint64_t, std::uint64_t, std::string_view>> order;
        for (auto const& [name, entry] : tensors) order.emplace_back(entry.begin, entry.end, name);
        std::sort(order.begin(), order.end());
        std::uint64_t reached = 0;
        for (auto const& [begin, end, name] : order) {
            if (begin != reached)
                fail(name, {"data_offsets begin at ", begin, ", expected ", reached,
                            (begin < reached ? " (tensors overlap)" : " (bytes without a tensor)")});
            reached = end;
        }
        if (reached != data_size_) fail({"the file has ", data_size_, " bytes of data, expected ", reached, " from its tensors"});
    }

    header_value const& field(std::string const& name, header_value const& value, char const* key) const {
        auto const* const found = value.find(key);
        if (!found) fail(name, {key, " is missing"});
        return *found;
    }

    std::vector<std::uint64_t> numbers(std::string const& name, header_value const& value, char const* key) const {
        auto const& list = field(name, value, key);
        if (!list.is_array()) fail(name, {key, " is ", list.described(), ", expected a list of numbers"});
        std::vector<std::uint64_t> result;
        for (auto const& each : list.items()) {
            if (!each.is_number_unsigned()) fail(name, {key, " holds ", each.described(), ", expected a whole number from 0 to 2^64 - 1"});
            result.push_back(each.number());
        }
        return result;
    }

    static std::string dtype_names() {
        std::string names;
        for (auto const& each : dtypes) {
            if (!names.empty()) names += ", ";
            names += each.name;
        }
        return names;
    }

    std::string path_;
    std::uint64_t data_size_;
};

} // namespace mcfa::io
