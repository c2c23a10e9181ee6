// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

/// The bytes of a safetensors file with exactly this header text, true or not.
inline std::string hand_made_file(std::string const& header, std::string const& data) {
    std::uint64_t const size = header.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &size, 8);
    return bytes + header + data;
}
