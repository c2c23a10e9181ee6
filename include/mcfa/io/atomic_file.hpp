// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

namespace mcfa::io {

/// A file that is being written beside its final place; the destructor removes what was not moved there. Needs POSIX.
class temporary_file {
public:
    /// Creates `.mcfa-<process>-<number>.tmp` in the folder of `target`. Throws `file_error` naming `target`.
    explicit temporary_file(std::filesystem::path const& target)
        : target_(target), folder_(target.has_parent_path() ? target.parent_path() : std::filesystem::path(".")) {
        static std::atomic<unsigned long> number{0};
        do {
            own_ = folder_ / join({".mcfa-", ::getpid(), "-", number++, ".tmp"});
            descriptor_ = ::open(own_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        } while (descriptor_ < 0 && errno == EEXIST); // left by a killed process that had the same number
        if (descriptor_ < 0) fail("cannot create a temporary file in its folder");
    }
    temporary_file(temporary_file const&) = delete;
    temporary_file& operator=(temporary_file const&) = delete;
    ~temporary_file() {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!moved_) ::unlink(own_.c_str());
    }

    void append(std::span<std::byte const> bytes) {
        while (!bytes.empty()) {
            auto const written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) fail("cannot be written");
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
    }

    /// Puts the content on the disk, gives it the final name, and puts the name on the disk.
    void move_to_target() {
        if (::fsync(descriptor_) != 0) fail("cannot be flushed to the disk");
        int const closed = ::close(descriptor_);
        descriptor_ = -1;
        if (closed != 0) fail("cannot be closed");
        if (::rename(own_.c_str(), target_.c_str()) != 0) fail("cannot be put in place");
        moved_ = true;
        int const folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) {
            if (errno == EACCES) return; // a folder that may be written but not listed cannot be opened for fsync
            fail("is in place, but its folder cannot be opened to flush it");
        }
        int const problem = ::fsync(folder) == 0 ? 0 : errno;
        ::close(folder);
        if (problem != 0 && problem != EINVAL) { // EINVAL: this file system has nothing to flush for a folder
            errno = problem;
            fail("is in place, but its folder cannot be flushed to the disk");
        }
    }

private:
    [[noreturn, gnu::cold, gnu::noinline]] void fail(message const& what) const {
        int const reason = errno; // before anything else may set it
        throw file_error(target_.string(), {what.text(), " (", std::generic_category().message(reason), ")"});
    }

    std::filesystem::path target_, folder_, own_;
    int descriptor_ = -1;
    bool moved_ = false;
};

/// Writes `pieces` one after the other into the file `path` so that it is either whole or absent: a crash, a full disk or an
/// error leaves the file that stood there before, and no temporary after an error. A symbolic link at `path` is replaced, not
/// followed; a device, pipe or folder is refused. Throws `file_error` with the path and the system's reason.
inline void write_atomically(std::filesystem::path const& path, std::span<std::span<std::byte const> const> pieces) {
    struct ::stat there{};
    if (::lstat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode))
        throw file_error(path.string(), "cannot be written (not a regular file)");
    temporary_file file(path);
    for (auto piece : pieces) file.append(piece);
    file.move_to_target();
}

} // namespace mcfa::io
