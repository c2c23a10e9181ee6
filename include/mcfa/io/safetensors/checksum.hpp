// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace mcfa::io {

/// The metadata key under which a file's checksum stands.
inline constexpr std::string_view checksum_key = "checksum";

/// A 64-bit hash against accidental change, not against intent. Over little-endian 64-bit words w, the last filled up with zeros,
/// and finally the number of bytes as one more word:
///     h = 0xcbf29ce484222325;  for each w: h = (h xor w) * 0x00000100000001b3 mod 2^64;  h = h xor (h >> 32)
/// It is FNV-1a with words for bytes. The last step lets the high bits (signs of floats) reach the low ones; each step is a
/// bijection of h, so that a change inside a single word is always seen.
inline std::uint64_t data_checksum(std::span<std::byte const> data) {
    std::uint64_t hash = 0xcbf29ce484222325ull;
    auto take = [&hash](std::uint64_t word) {
        hash = (hash ^ word) * 0x00000100000001b3ull;
        hash ^= hash >> 32;
    };
    std::size_t done = 0;
    for (; done + 8 <= data.size(); done += 8) {
        std::uint64_t word;
        std::memcpy(&word, data.data() + done, 8);
        take(word);
    }
    if (done < data.size()) {
        std::uint64_t word = 0;
        std::memcpy(&word, data.data() + done, data.size() - done);
        take(word);
    }
    take(data.size());
    return hash;
}

/// How the checksum stands in the metadata: `fnv1a-words:` and 16 hexadecimal digits.
inline std::string checksum_text(std::span<std::byte const> data) {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(data_checksum(data)));
    return std::string("fnv1a-words:") + digits;
}

} // namespace mcfa::io
