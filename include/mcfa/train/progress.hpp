// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>

namespace mcfa {

/// Shows how far a long piece of work is, such as an epoch: one line that is drawn over again on a terminal, nothing elsewhere.
class progress_bar {
public:
    /// Drawn on `out`.
    progress_bar(std::string title, std::size_t total, std::FILE* out = stdout)
        : title_(std::move(title)), total_(total), out_(out), terminal_(isatty(fileno(out)) != 0) {}
    progress_bar(progress_bar const&) = delete;
    progress_bar& operator=(progress_bar const&) = delete;
    ~progress_bar() { clear(); }

    /// `done` of the total, and what to say of it. Draws at most ten times a second.
    void show(std::size_t done, std::string const& text) {
        auto const now = clock::now();
        if (!terminal_ || (now - drawn_ < std::chrono::milliseconds(100) && done < total_)) return;
        drawn_ = now;
        double const seconds = std::chrono::duration<double>(now - start_).count();
        double const left = done > 0 ? seconds / static_cast<double>(done) * static_cast<double>(total_ - done) : 0;
        std::size_t const width = 24, filled = total_ > 0 ? width * done / total_ : width;
        std::string const bar = std::string(filled, '=') + std::string(width - filled, ' ');
        std::fprintf(out_, "\r\033[K%s [%s] %zu/%zu  %s  %s left", title_.c_str(), bar.c_str(), done, total_, text.c_str(),
                     duration(left).c_str());
        std::fflush(out_);
    }

    void clear() {
        if (terminal_ && drawn_ != clock::time_point{}) std::fprintf(out_, "\r\033[K"), std::fflush(out_);
    }

    /// "42 s", "3:05", "1:02:03".
    static std::string duration(double seconds) {
        long const s = std::lround(seconds);
        char text[32];
        if (s < 60) std::snprintf(text, sizeof text, "%ld s", s);
        else if (s < 3600) std::snprintf(text, sizeof text, "%ld:%02ld", s / 60, s % 60);
        else std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
        return text;
    }

private:
    using clock = std::chrono::steady_clock;
    std::string title_;
    std::size_t total_;
    std::FILE* out_;
    bool terminal_;
    clock::time_point start_ = clock::now();
    clock::time_point drawn_{};
};

} // namespace mcfa
