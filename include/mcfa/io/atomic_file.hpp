// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/io/file_descriptor.hpp>

#include <sys/file.h>
#include <sys/stat.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mcfa::io {

inline constexpr std::string_view temporary_prefix = ".mcfa-", temporary_suffix = ".tmp";

/// A file that is being written beside its final place; the destructor removes what was not moved there. It is locked while it is
/// written, so that `remove_abandoned_temporaries` knows a killed process's file from one in use. Needs POSIX.
class temporary_file {
public:
    /// Creates `.mcfa-<process>-<number>.tmp` in the folder of `target`. Throws `file_error` naming `target`.
    explicit temporary_file(std::filesystem::path const& target)
        : target_(target), folder_(target.has_parent_path() ? target.parent_path() : std::filesystem::path(".")) {
        static std::atomic<unsigned long> number{0};
        for (;;) {
            own_ = folder_ / join({temporary_prefix, ::getpid(), "-", number++, temporary_suffix});
            file_descriptor opened(own_, O_WRONLY | O_CREAT | O_EXCL);
            if (!opened) {
                if (errno == EEXIST) continue; // left by a killed process that had the same number
                fail("cannot create a temporary file in its folder", errno);
            }
            file_ = std::move(opened);
            if (is_ours()) return;
        }
    }
    temporary_file(temporary_file const&) = delete;
    temporary_file& operator=(temporary_file const&) = delete;
    ~temporary_file() {
        if (!moved_) ::unlink(own_.c_str());
    }

    void append(std::span<std::byte const> bytes) { check(file_.write(bytes), "cannot be written"); }

    /// Puts the content on the disk, gives it the final name, and puts the name on the disk.
    void move_to_target() {
        check(file_.sync(), "cannot be flushed to the disk");
        while (::rename(own_.c_str(), target_.c_str()) != 0)
            if (errno != EINTR) fail("cannot be put in place", errno);
        moved_ = true;
        file_descriptor folder(folder_, O_RDONLY | O_DIRECTORY);
        if (!folder) {
            if (errno == EACCES) return; // a folder that may be written but not listed cannot be opened for fsync
            fail("is in place, but its folder cannot be opened to flush it", errno);
        }
        int const problem = folder.sync();
        if (problem != EINVAL) check(problem, "is in place, but its folder cannot be flushed to the disk");
        // EINVAL: this file system has nothing to flush for a folder
    }

private:
    /// Locks the file. False if another process has just taken it for an abandoned one, between its creation and the lock; on a
    /// file system without locks none does.
    bool is_ours() const {
        if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
        struct ::stat now{};
        return ::fstat(file_.number(), &now) != 0 || now.st_nlink > 0;
    }
    void check(int problem, char const* what) const {
        if (problem != 0) fail(what, problem);
    }
    [[noreturn, gnu::noinline]] void fail(char const* what, int problem) const {
        throw file_error(target_.string(), {what, " (", system_reason(problem), ")"});
    }

    std::filesystem::path target_, folder_, own_;
    file_descriptor file_; ///< open until the object goes: its lock must outlive the temporary name
    bool moved_ = false;
};

/// Removes the temporary files that killed processes left in a folder, those whose lock is free; returns how many. A file system
/// without locks, or one that does not allow it, keeps them.
inline std::size_t remove_abandoned_temporaries(std::filesystem::path const& folder) {
    std::size_t removed = 0;
    std::error_code problem;
    for (std::filesystem::directory_iterator entry(folder, problem), end; !problem && entry != end; entry.increment(problem)) {
        auto const name = entry->path().filename().string();
        if (!name.starts_with(temporary_prefix) || !name.ends_with(temporary_suffix)) continue;
        file_descriptor const file(entry->path(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        if (file && ::flock(file.number(), LOCK_EX | LOCK_NB) == 0 && ::unlink(entry->path().c_str()) == 0) ++removed;
    }
    return removed;
}

/// Throws `file_error` if a device, pipe or folder stands where a file is to be written. A symbolic link is replaced, not followed.
inline void check_place(std::filesystem::path const& path) {
    struct ::stat there{};
    if (::lstat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode))
        throw file_error(path.string(), "cannot be written (not a regular file)");
}

/// Writes `pieces` one after the other into the file `path` so that it is either whole or absent: a crash, a full disk or an
/// error leaves the file that stood there before, and no temporary after an error. A symbolic link at `path` is replaced, not
/// followed; a device, pipe or folder is refused. Throws `file_error` with the path and the system's reason.
inline void write_atomically(std::filesystem::path const& path, std::span<std::span<std::byte const> const> pieces) {
    check_place(path);
    temporary_file file(path);
    for (auto piece : pieces) file.append(piece);
    file.move_to_target();
}

} // namespace mcfa::io
