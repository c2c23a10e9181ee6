// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mcfa::io {

// All JSON that is read, and what a training writes of it, passes through here, so that one parser and one printer of nlohmann-json are
// compiled; its `parse` alone compiles four. The header of a weights file is written without (`safetensors_writer.hpp`).

using json = nlohmann::json;

/// Why a text is not taken for JSON.
struct json_problem {
    enum kind { none, syntax, name_twice, too_deep } what = none;
    std::string text;  ///< of the parser, for `syntax`
    std::string name;  ///< that stands twice, or under which it is too deep
    std::string outer; ///< the name, in the outermost object, of what it stands in; empty where that is the outermost object
};

/// Builds a value from what nlohmann-json's parser tells it (its SAX interface), and stops at the first problem.
class json_builder {
public:
    json_builder(std::size_t most_depth, json_problem& problem) : most_depth_(most_depth), problem_(problem) {}

    json result;

    bool null() { return add({}); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(json::number_integer_t value) { return add(value); }
    bool number_unsigned(json::number_unsigned_t value) { return add(value); }
    bool number_float(json::number_float_t value, std::string const&) { return add(value); }
    bool string(std::string& value) { return add(value); }
    bool binary(json::binary_t&) { return false; } // not in text
    bool start_object(std::size_t) { return open(json::value_t::object); }
    bool start_array(std::size_t) { return open(json::value_t::array); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name) {
        names_.back() = name;
        return !open_.back()->contains(name) || fail(json_problem::name_twice);
    }
    bool parse_error(std::size_t, std::string const&, json::exception const& problem) {
        problem_ = {json_problem::syntax, problem.what(), {}, {}};
        return false;
    }

private:
    bool add(json value) {
        place(value);
        return true;
    }
    json* place(json& value) {
        if (open_.empty()) {
            result.swap(value);
            return &result;
        }
        json& in = *open_.back();
        if (in.is_array()) {
            in.push_back(json());
            in.back().swap(value);
            return &in.back();
        }
        json& entry = in[names_.back()];
        entry.swap(value);
        return &entry;
    }
    bool open(json::value_t type) {
        if (open_.size() == most_depth_) return fail(json_problem::too_deep);
        json value(type);
        json* const opened = place(value); // before `open_` grows: values in it do not move while it is open
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
    std::vector<json*> open_;
    std::vector<std::string> names_; ///< the last name of each open object
};

/// The value that a text in UTF-8 holds, or null and a problem. A name must not stand twice in an object; objects and lists are nested at
/// most `most_depth` deep.
[[gnu::noinline]] inline json parse_json(std::string_view text, json_problem& problem, std::size_t most_depth = 64) {
    problem = {};
    json_builder builder(most_depth, problem);
    if (!json::sax_parse(text.data(), text.data() + text.size(), &builder)) {
        if (problem.what == json_problem::none) problem = {json_problem::syntax, "no value", {}, {}};
        return {};
    }
    return std::move(builder.result);
}

/// Without spaces. Throws `json::exception` for text that is not UTF-8.
[[gnu::noinline]] inline std::string json_text(json const& value) { return value.dump(); }

} // namespace mcfa::io
