// SPDX-License-Identifier: MIT
// A library to preload. It counts the calls by which a program changes files below a folder, and lets the n-th go wrong:
//     FAULT_FOLDER   the folder; calls elsewhere are not counted
//     FAULT_KIND     kill: the process is killed before the call; torn: after it, or in the middle of a write
//                    ENOSPC, EIO, EINTR: the call fails so; full: it and all that need space after it fail with ENOSPC
//                    short: a write writes the first half
//     FAULT_AT       n, from 1
//     FAULT_COUNT    a file elsewhere that gets the number of calls when the program ends
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

enum class call { open, write, sync, rename, remove };

struct setting {
    std::string_view folder, kind;
    long at = 0;
    char const* count_file = nullptr;
    long count = 0;

    setting() {
        auto const text = [](char const* name) {
            char const* const value = std::getenv(name);
            return value ? value : "";
        };
        folder = text("FAULT_FOLDER");
        kind = text("FAULT_KIND");
        at = std::atol(text("FAULT_AT"));
        count_file = std::getenv("FAULT_COUNT");
    }
    ~setting() {
        if (!count_file) return;
        char digits[24];
        int const size = std::snprintf(digits, sizeof digits, "%ld\n", count);
        int const file = static_cast<int>(::syscall(SYS_open, count_file, O_WRONLY | O_CREAT | O_TRUNC, 0666));
        if (file >= 0 && ::syscall(SYS_write, file, digits, static_cast<std::size_t>(size)) == size) ::syscall(SYS_close, file);
    }
};
setting& now() {
    static setting all;
    return all;
}
[[maybe_unused]] setting& made_early = now(); // so that it goes after the program's own objects

bool is_below(std::string_view path) { return !now().folder.empty() && path.starts_with(now().folder); }
bool is_below(int file) {
    char link[64], path[PATH_MAX];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    auto const size = ::readlink(link, path, sizeof path);
    return size > 0 && is_below(std::string_view(path, static_cast<std::size_t>(size)));
}

[[noreturn]] void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
}

/// Counts a call. True where it must fail, with `errno` set; `torn` and `half` say what else must happen.
struct fault {
    bool fails = false, torn = false, half = false;

    explicit fault(call what) {
        setting& s = now();
        ++s.count;
        bool const needs_space = what == call::open || what == call::write;
        if (s.kind == "full" && s.count >= s.at && needs_space) fail(ENOSPC);
        if (s.count != s.at) return;
        if (s.kind == "kill") die();
        torn = s.kind == "torn";
        half = s.kind == "short" && what == call::write;
        if (what == call::remove) return; // a program may leave what it cannot remove
        if (s.kind == "ENOSPC") fail(ENOSPC);
        if (s.kind == "EIO") fail(EIO);
        if (s.kind == "EINTR") fail(EINTR);
    }
    void fail(int number) {
        fails = true;
        errno = number;
    }
    template <class T>
    T end(T result) const {
        if (torn) die();
        return result;
    }
};

template <class F>
F* real(char const* name) {
    return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

bool writes(int flags) { return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0; }

int open_really(char const* path, int flags, mode_t mode) {
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode)); // sets errno as open does
}

int open_counted(char const* path, int flags, mode_t mode) {
    if (!writes(flags) || !is_below(path)) return open_really(path, flags, mode);
    fault const f(call::open);
    return f.fails ? -1 : f.end(open_really(path, flags, mode));
}

} // namespace

extern "C" {

int open(char const* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t const mode = (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(more, int)) : 0;
    va_end(more);
    return open_counted(path, flags, mode);
}

int open64(char const* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t const mode = (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(more, int)) : 0;
    va_end(more);
    return open_counted(path, flags, mode);
}

ssize_t write(int file, void const* bytes, size_t size) {
    static auto* const next = real<ssize_t(int, void const*, size_t)>("write");
    if (!is_below(file)) return next(file, bytes, size);
    fault const f(call::write);
    if (f.fails) return -1;
    return f.end(next(file, bytes, (f.torn || f.half) && size > 1 ? size / 2 : size));
}

int fsync(int file) {
    static auto* const next = real<int(int)>("fsync");
    if (!is_below(file)) return next(file);
    fault const f(call::sync);
    return f.fails ? -1 : f.end(next(file));
}

int rename(char const* from, char const* to) {
    static auto* const next = real<int(char const*, char const*)>("rename");
    if (!is_below(to)) return next(from, to);
    fault const f(call::rename);
    return f.fails ? -1 : f.end(next(from, to));
}

int unlink(char const* path) {
    static auto* const next = real<int(char const*)>("unlink");
    if (!is_below(path)) return next(path);
    fault const f(call::remove);
    return f.fails ? -1 : f.end(next(path));
}

} // extern "C"
