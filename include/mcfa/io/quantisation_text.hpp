// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/model/int8/quantisation.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace mcfa::io {

/// Metadata key of what arithmetic in int8 needs to know.
inline constexpr char const* quantisation_key = "int8";

/// A line for each layer, with a blank between: name, scale, zero, signal-to-noise ratio in dB, and "int8" or "float"; whatever the locale.
inline std::string quantisation_text(quantisation const& q) {
    std::string text;
    char digits[32];
    auto const add = [&](auto number) { text.append(" ").append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr); };
    for (auto const& l : q.layers) {
        text += l.name;
        add(l.input.scale), add(l.input.zero), add(l.signal_to_noise);
        text += l.in_float ? " float\n" : " int8\n";
    }
    return text;
}

/// Reads that text, of the file at `path`, into an empty quantisation. Returns an error that names the first line that is none.
inline std::optional<file_error> read_quantisation(std::string_view text, std::string const& path, quantisation& q) {
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        std::string_view left = line, fields[4]; // scale, zero, ratio, form; a name may have blanks
        for (int f = 3; f >= 0; --f) {
            auto const blank = left.rfind(' ');
            fields[f] = blank == std::string_view::npos ? std::string_view() : left.substr(blank + 1);
            left = left.substr(0, blank == std::string_view::npos ? 0 : blank);
        }
        quantisation::layer l;
        l.name = left;
        auto const read = [](std::string_view digits, auto& number) {
            auto const end = digits.data() + digits.size();
            auto const found = std::from_chars(digits.data(), end, number);
            return found.ec == std::errc() && found.ptr == end;
        };
        bool const right = !left.empty() && read(fields[0], l.input.scale) && read(fields[1], l.input.zero) &&
                           read(fields[2], l.signal_to_noise) && l.input.valid() && !std::isnan(l.signal_to_noise) &&
                           (fields[3] == "int8" || fields[3] == "float");
        if (!right)
            return file_error(path, {"metadata ", quantisation_key, " has the line ", mcfa::in_quotes(line),
                                     ", expected a layer's name, a scale above 0, a zero from 0 to 255, a ratio in dB and int8 or float"});
        l.in_float = fields[3] == "float";
        q.layers.push_back(std::move(l));
    }
    return {};
}

} // namespace mcfa::io
