// SPDX-License-Identifier: MIT
#include "program.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/core/printable.hpp>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>

namespace {

std::string reason(int number) { return number != 0 ? " (" + std::generic_category().message(number) + ")" : std::string(); }

} // namespace

void complain(std::string const& name, std::string const& text) {
    std::fprintf(stderr, "%s: %s\n", name.c_str(), mcfa::printable(text).c_str());
}

void complain_of_photo(std::string const& name, std::string const& photo, std::exception const& problem) {
    std::string text = problem.what();
    if (dynamic_cast<std::bad_alloc const*>(&problem) != nullptr) {
        std::error_code unknown;
        auto const bytes = std::filesystem::file_size(photo, unknown);
        text = "not enough memory to read it" + (unknown ? std::string() : " (a file of " + std::to_string(bytes) + " bytes)");
    }
    complain(name, dynamic_cast<mcfa::file_error const*>(&problem) != nullptr ? text : photo + ": " + text);
}

void flush_output() {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
    throw mcfa::file_error("standard output", {"cannot be written", reason(errno)});
}

void write_text(std::string const& path, std::string const& text) {
    errno = 0;
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) throw mcfa::file_error(path, {"cannot be written", reason(errno)});
    bool const written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    int const first = errno;
    bool const closed = std::fclose(file) == 0; // the last bytes go out here
    if (!written || !closed) throw mcfa::file_error(path, {"cannot be written", reason(written ? errno : first)});
}

int run_program(std::string const& name, std::function<int()> const& body) {
    int status = 1;
    try {
        status = body();
    } catch (std::bad_alloc const&) {
        complain(name, "out of memory");
    } catch (std::exception const& problem) {
        complain(name, problem.what());
    }
    try {
        flush_output();
    } catch (mcfa::file_error const& problem) {
        if (status == 0) complain(name, problem.what()); // else something was said already
        status = 1;
    }
    return status;
}
