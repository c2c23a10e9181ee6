// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/message.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/core/strict_floating_point.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace mcfa {

/// Base of everything the library throws on purpose; `what()` names the file, line, tensor or option at fault.
struct error : std::runtime_error {
    [[gnu::cold, gnu::noinline]] explicit error(message const& problem) : std::runtime_error(problem.text()) {}
};

/// A file that cannot be read, written or trusted. The message begins with the path, made `printable`.
struct file_error : error {
    [[gnu::cold, gnu::noinline]] file_error(std::string const& file, message const& problem)
        : error({printable(file), ": ", problem.text()}), path(file) {}
    std::string path;
};

/// A line of an annotation file that breaks its format. The message begins with `file:line:`; lines count from 1.
struct annotation_error : file_error {
    [[gnu::cold, gnu::noinline]] annotation_error(std::string const& file, long number, message const& problem)
        : file_error(join({file, ":", number}), problem), line(number) {}
    long line;
};

/// An option whose value makes no sense. The message names the option, its value and the range it may take.
struct option_error : error {
    using error::error;
};

/// An array or tensor whose shape, type or values are not what the net expects. The message gives both.
struct shape_error : error {
    using error::error;
};

/// A device (a GPU) is missing, or an operation on it failed. The message names the operation, its shape and the status.
struct device_error : error {
    using error::error;
};

/// An allocation failed. The message gives the size requested; callers may add a size that would fit.
struct memory_error : device_error {
    memory_error(std::size_t requested, std::size_t free, message const& problem)
        : device_error(problem), asked(requested), available(free) {}
    std::size_t asked;     ///< bytes
    std::size_t available; ///< bytes, about
};

/// Training produced a value that is not finite. The message names the stage, the task and the term (attribute).
struct divergence_error : error {
    using error::error;
};

} // namespace mcfa
