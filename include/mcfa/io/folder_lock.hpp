// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/io/file_descriptor.hpp>

#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace mcfa::io {

/// Keeps a folder for one owner while it lives. The lock is the system's (`flock`) on the file `.mcfa-lock`, so a killed process holds
/// nothing; the file's text, process and host, is for the message of a second owner. On a file system without locks nothing is
/// locked.
class folder_lock {
public:
    /// Throws `file_error` naming the process and the host that hold the folder, or the system's reason.
    explicit folder_lock(std::filesystem::path const& folder) : path_(folder / ".mcfa-lock") {
        do {
            file_ = file_descriptor(path_, O_RDWR | O_CREAT | O_NOFOLLOW);
            if (!file_) throw file_error(path_.string(), {"cannot be opened to lock the folder (", system_reason(errno), ")"});
            if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
                throw file_error(folder.string(), {"is in use by ", holder()});
        } while (was_removed());
        std::array<char, 256> host{};
        ::gethostname(host.data(), host.size() - 1);
        auto const text = join({"process ", ::getpid(), " on host ", host.data(), "\n"});
        // The text is for a message alone: a disk that is too full for it is met by what the owner writes.
        if (::ftruncate(file_.number(), 0) == 0) file_.write(std::as_bytes(std::span(text)));
    }
    folder_lock(folder_lock const&) = delete;
    folder_lock& operator=(folder_lock const&) = delete;
    ~folder_lock() { ::unlink(path_.c_str()); }

private:
    /// Did the owner before remove the file between its opening and its lock here?
    bool was_removed() const {
        struct ::stat now{};
        return ::fstat(file_.number(), &now) == 0 && now.st_nlink == 0;
    }
    std::string holder() const {
        std::string text(300, '\0');
        std::size_t count = 0;
        file_.read_at(0, std::as_writable_bytes(std::span(text)), count);
        text.resize(count);
        if (auto const end = text.find('\n'); end != text.npos) text.resize(end);
        return text.empty() ? "another process" : text;
    }

    std::filesystem::path path_;
    file_descriptor file_;
};

} // namespace mcfa::io
