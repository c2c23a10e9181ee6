// SPDX-License-Identifier: MIT
#pragma once

// nlohmann-json's parser alone, without the type `nlohmann::json`, which takes longer to compile than all else of a program that loads
// weights. `nlohmann::json::sax_parse` calls this parser too, after it has compiled three readers of binary formats.
#if __has_include(<nlohmann/detail/input/parser.hpp>)
#include <nlohmann/detail/input/parser.hpp>
#else
#include <nlohmann/json.hpp> // installed as a single header
#endif

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa::io {

/// Why a text is not taken for JSON.
struct json_problem {
    enum kind { none, syntax, name_twice, too_deep } what = none;
    std::string text;  ///< of the parser, for `syntax`
    std::string name;  ///< that stands twice, or under which it is too deep
    std::string outer; ///< the name, in the outermost object, of what it stands in; empty if that is the outermost object
};

/// Builds a value from what nlohmann-json's parser reports (its SAX interface), and stops at the first problem. `Json` is `nlohmann::json`,
/// or a type with as much of its interface as is used here.
template <class Json>
class json_builder {
public:
    using type = nlohmann::detail::value_t;

    json_builder(std::size_t most_depth, json_problem& problem) : most_depth_(most_depth), problem_(problem) {}

    Json result;

    bool null() { return add({}); }
    bool boolean(bool value) { return add(Json(value)); }
    bool number_integer(std::int64_t value) { return add(Json(value)); }
    bool number_unsigned(std::uint64_t value) { return add(Json(value)); }
    bool number_float(double value, std::string const&) { return add(Json(value)); }
    bool string(std::string& value) { return add(Json(value)); }
    bool binary(typename Json::binary_t&) { return false; } // not in text
    bool start_object(std::size_t) { return open(type::object); }
    bool start_array(std::size_t) { return open(type::array); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name) {
        names_.back() = name;
        return !open_.back()->contains(name) || fail(json_problem::name_twice);
    }
    bool parse_error(std::size_t, std::string const&, nlohmann::detail::exception const& problem) {
        problem_ = {json_problem::syntax, problem.what(), {}, {}};
        return false;
    }

private:
    bool add(Json value) {
        insert(value);
        return true;
    }
    Json* insert(Json& value) {
        if (open_.empty()) {
            result.swap(value);
            return &result;
        }
        Json& in = *open_.back();
        if (in.is_array()) {
            in.push_back(Json());
            in.back().swap(value);
            return &in.back();
        }
        Json& entry = in[names_.back()];
        entry.swap(value);
        return &entry;
    }
    bool open(type opened_type) {
        if (open_.size() == most_depth_) return fail(json_problem::too_deep);
        Json value(opened_type);
        Json* const opened = insert(value); // before `open_` grows: values in it do not move while it is open
        open_.push_back(opened);
        names_.emplace_back();
        return true;
    }
    bool close() {
        open_.pop_back();
        names_.pop_back();
        return true;
    }
    bool fail(json_problem::kind what) {
        problem_ = {what, {}, names_.back(), names_.size() > 1 ? names_.front() : std::string()};
        return false;
    }

    std::size_t most_depth_;
    json_problem& problem_;
    std::vector<Json*> open_;
    std::vector<std::string> names_; ///< the last name of each open object
};

/// The value that a text in UTF-8 holds, or null and a problem. A name must not stand twice in an object; objects and lists are nested at
/// most `most_depth` deep.
template <class Json>
[[gnu::noinline]] Json parse_json_as(std::string_view text, json_problem& problem, std::size_t most_depth) {
    problem = {};
    json_builder<Json> builder(most_depth, problem);
    auto input = nlohmann::detail::input_adapter(text.data(), text.data() + text.size());
    nlohmann::detail::parser<Json, decltype(input)> parser(std::move(input));
    if (!parser.sax_parse(&builder)) {
        if (problem.what == json_problem::none) problem = {json_problem::syntax, "no value", {}, {}};
        return {};
    }
    return std::move(builder.result);
}

} // namespace mcfa::io
