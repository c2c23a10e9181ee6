// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mcfa::fuzz {

/// The file that an input stands for: where it begins with '{', a header up to the line's end and then the data, so that changes of the header
/// leave its length right; any other input is the file itself.
inline std::string safetensors_of(std::string_view input) {
    auto const end = input.find('\n');
    if (!input.starts_with('{') || end == input.npos) return std::string(input);
    std::uint64_t const length = end;
    std::string file(reinterpret_cast<char const*>(&length), sizeof length);
    return file.append(input.substr(0, end)).append(input.substr(end + 1));
}

} // namespace mcfa::fuzz
