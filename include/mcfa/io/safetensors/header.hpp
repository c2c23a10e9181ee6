// SPDX-License-Identifier: MIT
#pragma once

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
    dtype type{};
    std::vector<std::int64_t> shape{};
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

struct safetensors_header {
    std::map<std::string, std::string> metadata;
    std::map<std::string, tensor_entry> tensors;
};

/// Reads and checks the JSON of a header whose file has `data_size` bytes after it. Its functions are false where something is wrong.
class safetensors_header_parser {
public:
    explicit safetensors_header_parser(std::uint64_t data_size) : data_size_(data_size) {}

    /// Reads the text into an empty header. Where that fails `problem` names the tensor, what was expected and what was found.
    bool parse(std::string_view text, safetensors_header& header) {
        header_value all;
        return parse_json(text, all) && all.all_members([&](std::string const& name, header_value const& value) {
            if (name == metadata_name) return metadata(value, header.metadata);
            return entry(name, value, header.tensors[name]);
        }) && check_layout(header.tensors);
    }

    std::string const& problem() const { return problem_; }

private:
    [[gnu::cold, gnu::noinline]] bool fail(message const& problem) {
        problem_ = problem.text();
        return false;
    }
    [[gnu::cold, gnu::noinline]] bool fail(std::string_view tensor, message const& problem) {
        return fail({"tensor ", in_quotes(tensor), ": ", problem.text()});
    }

    bool parse_json(std::string_view text, header_value& parsed) {
        if (text.empty() || text.front() != '{')
            return fail({"the header begins with ", (text.empty() ? "nothing" : in_quotes(text.substr(0, 1))), ", expected \"{\""});
        // The parser takes a zero byte for the end of its input and would not look at what follows.
        if (auto const zero = text.find('\0'); zero != text.npos) return fail({"byte ", zero, " of the header is zero"});
        auto const last = text.find_last_not_of(' ');
        if (text[last] != '}') return fail({"the header ends with ", in_quotes(text.substr(last, 1)), ", expected \"}\" and spaces"});

        json_problem problem;
        parsed = parse_json_as<header_value>(text, problem, 3);
        switch (problem.what) {
        case json_problem::none:
            return true;
        case json_problem::too_deep:
            return fail(problem.outer, "nested deeper than a header can be");
        case json_problem::name_twice:
            if (problem.outer.empty()) return fail(problem.name, "the name stands twice in the header");
            return fail(problem.outer, {"the field ", in_quotes(problem.name), " stands twice"});
        case json_problem::syntax:
            return fail({"the header is not JSON in UTF-8: ", in_quotes(problem.text, 300)});
        }
        return true;
    }

    bool metadata(header_value const& value, std::map<std::string, std::string>& result) {
        if (!value.is_object()) return fail({"__metadata__ is ", value.described(), ", expected an object"});
        return value.all_members([&](std::string const& key, header_value const& text) {
            if (!text.is_string()) return fail({"__metadata__ ", in_quotes(key), " is ", text.described(), ", expected a string"});
            result.emplace(key, text.text());
            return true;
        });
    }

    bool entry(std::string const& name, header_value const& value, tensor_entry& result) {
        if (!value.is_object()) return fail(name, {"its entry is ", value.described(), ", expected an object"});
        bool const known = value.all_members([&](std::string const& field, header_value const&) {
            if (field == "dtype" || field == "shape" || field == "data_offsets") return true;
            return fail(name, {"unknown field ", in_quotes(field), ", expected dtype, shape and data_offsets"});
        });
        if (!known) return false;

        header_value const* type_name = nullptr;
        if (!field(name, value, "dtype", type_name)) return false;
        auto const type = type_name->is_string() ? dtype_named(type_name->text()) : std::nullopt;
        if (!type) return fail(name, {"unknown dtype ", type_name->described(), ", expected one of ", dtype_names()});
        result.type = *type;

        std::vector<std::uint64_t> sizes, offsets;
        if (!numbers(name, value, "shape", sizes)) return false;
        for (auto size : sizes) {
            if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                return fail(name, {"shape has a size of ", size, ", expected less than 2^63"});
            result.shape.push_back(static_cast<std::int64_t>(size));
        }
        if (!numbers(name, value, "data_offsets", offsets)) return false;
        if (offsets.size() != 2) return fail(name, {"data_offsets has ", offsets.size(), " numbers, expected 2"});
        result.begin = offsets[0];
        result.end = offsets[1];
        return check_size(name, result);
    }

    bool check_size(std::string const& name, tensor_entry const& entry) {
        if (entry.begin > entry.end) return fail(name, {"data_offsets end at ", entry.end, ", before they begin at ", entry.begin});
        if (entry.end > data_size_)
            return fail(name, {"data_offsets end at ", entry.end, ", but the file has ", data_size_, " bytes of data"});
        auto const type_and_shape = std::string(name_of(entry.type)) + " " + to_text(entry.shape);
        auto const expected = byte_count(entry.type, entry.shape);
        if (!expected) return fail(name, {type_and_shape, " overflows 64 bits"});
        if (*expected != entry.end - entry.begin)
            return fail(name, {type_and_shape, " takes ", *expected, " bytes, but data_offsets span ", entry.end - entry.begin});
        return true;
    }

    /// Sorted by offset the first tensor begins at 0, each next where the one before ended, and the last ends with the file.
    bool check_layout(std::map<std::string, tensor_entry> const& tensors) {
        std::vector<std::tuple<std::uint64_t, std::uint64_t, std::string_view>> order;
        for (auto const& [name, entry] : tensors) order.emplace_back(entry.begin, entry.end, name);
        std::sort(order.begin(), order.end());
        std::uint64_t reached = 0;
        for (auto const& [begin, end, name] : order) {
            if (begin != reached)
                return fail(name, {"data_offsets begin at ", begin, ", expected ", reached,
                                   (begin < reached ? " (tensors overlap)" : " (bytes without a tensor)")});
            reached = end;
        }
        if (reached != data_size_) return fail({"the file has ", data_size_, " bytes of data, expected ", reached, " from its tensors"});
        return true;
    }

    bool field(std::string const& name, header_value const& value, char const* key, header_value const*& found) {
        found = value.find(key);
        return found || fail(name, {key, " is missing"});
    }

    bool numbers(std::string const& name, header_value const& value, char const* key, std::vector<std::uint64_t>& result) {
        header_value const* list = nullptr;
        if (!field(name, value, key, list)) return false;
        if (!list->is_array()) return fail(name, {key, " is ", list->described(), ", expected a list of numbers"});
        for (auto const& each : list->items()) {
            if (!each.is_number_unsigned())
                return fail(name, {key, " holds ", each.described(), ", expected a whole number from 0 to 2^64 - 1"});
            result.push_back(each.number());
        }
        return true;
    }

    static std::string dtype_names() {
        std::string names;
        for (auto const& each : dtypes) {
            if (!names.empty()) names += ", ";
            names += each.name;
        }
        return names;
    }

    std::uint64_t data_size_;
    std::string problem_;
};

} // namespace mcfa::io
