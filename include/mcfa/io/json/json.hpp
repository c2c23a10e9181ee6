// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/io/json/parse.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace mcfa::io {

// All JSON that is read, and what a training writes of it, passes through here, so that one parser and one printer of nlohmann-json are
// compiled. The header of a weights file is read and written without (`safetensors/header.hpp`, `safetensors/writer.hpp`).

using json = nlohmann::json;

/// The value that a text in UTF-8 holds, or null and a problem. A name must not stand twice in an object; objects and lists are nested at
/// most `most_depth` deep.
inline json parse_json(std::string_view text, json_problem& problem, std::size_t most_depth = 64) {
    return parse_json_as<json>(text, problem, most_depth);
}

/// Without spaces. Throws `json::exception` for text that is not UTF-8.
[[gnu::noinline]] inline std::string json_text(json const& value) { return value.dump(); }

} // namespace mcfa::io
