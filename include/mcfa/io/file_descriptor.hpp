// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace mcfa::io {

/// The system's words for an error number: "No space left on device".
inline std::string system_reason(int number) { return std::generic_category().message(number); }

/// An open file of POSIX, closed when the object goes. A call that a signal interrupts is made again and a short write or read is
/// continued; what fails returns the system's error number, and 0 stands for success, so that the caller can say what was being done.
class file_descriptor {
public:
    file_descriptor() = default;
    /// Opens with `flags` (O_CLOEXEC is added); where that fails the object is empty and `errno` has the reason.
    file_descriptor(std::filesystem::path const& path, int flags) {
        do number_ = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
        while (number_ < 0 && errno == EINTR);
    }
    file_descriptor(file_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    file_descriptor& operator=(file_descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~file_descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    explicit operator bool() const { return number_ >= 0; }
    int number() const { return number_; }

    /// Writes all bytes where the file stands.
    int write(std::span<std::byte const> bytes) {
        while (!bytes.empty()) {
            auto const written = ::write(number_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return written < 0 ? errno : EIO;
            bytes = bytes.subspan(written);
        }
        return 0;
    }

    /// Reads from `offset` on until `bytes` is full; `count` is how many there were.
    int read_at(std::uint64_t offset, std::span<std::byte> bytes, std::size_t& count) const {
        count = 0;
        while (count < bytes.size()) {
            auto const read = ::pread(number_, bytes.data() + count, bytes.size() - count, static_cast<::off_t>(offset + count));
            if (read < 0 && errno == EINTR) continue;
            if (read < 0) return errno;
            if (read == 0) break;
            count += static_cast<std::size_t>(read);
        }
        return 0;
    }

    /// Puts what was written on the disk.
    int sync() {
        while (::fsync(number_) != 0)
            if (errno != EINTR) return errno;
        return 0;
    }

private:
    int number_ = -1;
};

} // namespace mcfa::io
