// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/message.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/io/json/parse.hpp>
#include <mcfa/io/safetensors/format.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::io {

/// A value in the header of a weights file: as much of `nlohmann::json` as the header needs, so that a program that loads weights compiles
/// no more of it.
class header_value {
public:
    // The types that nlohmann-json's parser requires of the value that it reads.
    using number_integer_t = std::int64_t;
    using number_unsigned_t = std::uint64_t;
    using number_float_t = double;
    using string_t = std::string;
    using binary_t = std::vector<std::uint8_t>;
    using exception = nlohmann::detail::exception;
    using value_t = nlohmann::detail::value_t;

    header_value() : header_value(value_t::null, "null") {}
    explicit header_value(value_t type) : type_(type) {}
    explicit header_value(bool value) : header_value(value_t::boolean, value ? "true" : "false") {}
    explicit header_value(std::int64_t value) : header_value(value_t::number_integer, join({value})) {}
    explicit header_value(std::uint64_t value) : type_(value_t::number_unsigned), number_(value) {}
    explicit header_value(double value) : header_value(value_t::number_float, to_text(value)) {
        if (text_.find_first_of(".en") == text_.npos) text_ += ".0"; // not to be taken for a whole number
    }
    explicit header_value(std::string& value) : header_value(value_t::string, std::move(value)) {}

    void swap(header_value& other) { std::swap(*this, other); }
    void push_back(header_value value) { items_.push_back(std::move(value)); }
    header_value& back() { return items_.back(); }
    header_value& operator[](std::string const& name) {
        auto const [place, added] = places_.emplace(name, items_.size());
        if (added) items_.emplace_back();
        return items_[place->second];
    }

    bool is_object() const { return type_ == value_t::object; }
    bool is_array() const { return type_ == value_t::array; }
    bool is_string() const { return type_ == value_t::string; }
    bool is_number_unsigned() const { return type_ == value_t::number_unsigned; }

    std::string const& text() const { return text_; }                 ///< of a string
    std::uint64_t number() const { return number_; }                  ///< of an unsigned number
    std::vector<header_value> const& items() const { return items_; } ///< of a list

    bool contains(std::string const& name) const { return places_.count(name) != 0; }
    /// The member of an object that has this name, or null.
    header_value const* find(std::string const& name) const {
        auto const place = places_.find(name);
        return place == places_.end() ? nullptr : &items_[place->second];
    }
    /// f(name, value) for the members of an object, by name, until it is false; whether it was true for all.
    template <class F>
    bool all_members(F f) const {
        for (auto const& [name, place] : places_)
            if (!f(name, items_[place])) return false;
        return true;
    }

    /// For messages: "an object", "a list", a string in quotes, or the number or word itself.
    std::string described() const {
        if (is_object() || is_array()) return is_array() ? "a list" : "an object";
        if (is_number_unsigned()) return to_text(number_);
        return is_string() ? in_quotes(text_) : text_;
    }

private:
    header_value(value_t type, std::string text) : type_(type), text_(std::move(text)) {}

    value_t type_;
    std::uint64_t number_ = 0;
    std::string text_;
    std::vector<header_value> items_;
    std::map<std::string, std::size_t> places_; ///< of an object's members in `items_`
};

} // namespace mcfa::io

template <>
struct nlohmann::detail::is_basic_json<mcfa::io::header_value> : std::true_type {};
