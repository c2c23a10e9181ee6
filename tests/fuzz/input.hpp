// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>

/// Every target defines it: libFuzzer calls it with inputs that it makes, `replay.cpp` with those of the corpus. Always 0.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

/// What the targets share: numbers and files from the bytes of an input, and what may happen to them.
namespace mcfa::fuzz {

using bytes = std::span<std::uint8_t const>;

inline std::string_view as_text(bytes input) { return {reinterpret_cast<char const*>(input.data()), input.size()}; }

/// Ends the program where something does not hold that the library promises.
inline void expect(bool holds, char const* promise) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

/// Runs `f`, which may refuse its input by an error of the library. Any other exception ends the program.
template <class F>
bool accepted(F&& f) {
    try {
        f();
        return true;
    } catch (error const& refusal) {
        expect(*refusal.what() != '\0', "a refusal says why");
        return false;
    }
}

/// Takes numbers from an input, from its front; zeros once it is used up.
class numbers {
public:
    explicit numbers(bytes input) : rest_(input) {}

    bool empty() const { return rest_.empty(); }
    bytes rest() const { return rest_; }

    /// Any bits.
    template <class T>
    T any() {
        std::uint8_t raw[sizeof(T)] = {};
        std::size_t const count = std::min(sizeof(T), rest_.size());
        if (count > 0) std::memcpy(raw, rest_.data(), count);
        rest_ = rest_.subspan(count);
        return std::bit_cast<T>(raw);
    }

    /// 0 to most.
    int up_to(int most) { return static_cast<int>(any<std::uint16_t>() % static_cast<unsigned>(most + 1)); }

    /// A place or a length: often one that a photo can have, else an extreme or any bits.
    float place() {
        constexpr float odd[] = {0.0f,    -0.0f, 1e-45f, 1e-38f, 1e-6f, 0.5f,     1e5f,      1.6e7f,
                                 -1.6e7f, 3e9f,  -3e9f,  1e20f,  3e38f, -3.4e38f, HUGE_VALF, std::numeric_limits<float>::quiet_NaN()};
        unsigned const kind = any<std::uint8_t>();
        if (kind < 192) return static_cast<float>(any<std::int16_t>()) / 64;
        if (kind < 192 + std::size(odd)) return odd[kind - 192];
        return any<float>();
    }

private:
    bytes rest_;
};

/// A folder in memory that is removed at the end, for files that are read by their path.
class scratch_folder {
public:
    scratch_folder() {
        auto const root = std::filesystem::exists("/dev/shm") ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
        path_ = root / ("mcfa-fuzz-" + std::to_string(::getpid()));
        std::filesystem::create_directories(path_);
    }
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path const& path() const { return path_; }

    /// A file with this content in place of the one from before.
    std::filesystem::path put(char const* name, std::string_view content) const {
        auto file = path_ / name;
        int const opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        expect(opened >= 0 && ::write(opened, content.data(), content.size()) == static_cast<ssize_t>(content.size()),
               "there is room for an input");
        ::close(opened);
        return file;
    }

private:
    std::filesystem::path path_;
};

} // namespace mcfa::fuzz
