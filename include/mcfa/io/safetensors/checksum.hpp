// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
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

/// A 64-bit hash against accidental change, not against intent, of bytes that come in pieces. Over little-endian 64-bit words w, the
/// last filled up with zeros, and finally the number of bytes as one more word:
///     h = 0xcbf29ce484222325;  for each w: h = (h xor w) * 0x00000100000001b3 mod 2^64;  h = h xor (h >> 32)
/// It is FNV-1a with words for bytes. The last step lets the high bits (signs of floats) reach the low ones; each step is a
/// bijection of h, so that a change inside a single word is always seen.
class data_checksum {
public:
    void add(std::span<std::byte const> data) {
        if (data.empty()) return; // its pointer may be null
        size_ += data.size();
        if (used_ > 0) { // a word that the pieces share
            auto const more = std::min(data.size(), 8 - used_);
            std::memcpy(reinterpret_cast<std::byte*>(&partial_) + used_, data.data(), more);
            used_ += more;
            data = data.subspan(more);
            if (used_ < 8) return;
            hash_ = mixed(hash_, partial_);
            partial_ = 0;
            used_ = 0;
        }
        std::uint64_t hash = hash_;
        for (; data.size() >= 8; data = data.subspan(8)) {
            std::uint64_t word;
            std::memcpy(&word, data.data(), 8);
            hash = mixed(hash, word);
        }
        hash_ = hash;
        if (!data.empty()) std::memcpy(&partial_, data.data(), data.size());
        used_ = data.size();
    }

    /// Of all bytes so far.
    std::uint64_t value() const { return mixed(used_ > 0 ? mixed(hash_, partial_) : hash_, size_); }

    /// How it stands in the metadata: `fnv1a-words:` and 16 hexadecimal digits.
    std::string text() const {
        char digits[17];
        std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value()));
        return std::string("fnv1a-words:") + digits;
    }

private:
    static std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
        hash = (hash ^ word) * 0x00000100000001b3ull;
        return hash ^ (hash >> 32);
    }
    std::uint64_t hash_ = 0xcbf29ce484222325ull;
    std::uint64_t size_ = 0;
    std::uint64_t partial_ = 0; ///< the bytes of the word under way
    std::size_t used_ = 0;      ///< how many those are
};

} // namespace mcfa::io
