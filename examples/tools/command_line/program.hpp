// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <functional>
#include <string>

/// Runs the body of a program and returns the status to end with: the body's; or 1 if the body throws, or if not all of standard output
/// could be written. What was wrong is said on standard error.
int run_program(std::string const& name, std::function<int()> const& body);

/// A line on standard error: "name: text". What a terminal would obey is escaped.
void complain(std::string const& name, std::string const& text);

/// The same of a photo: "name: photo: what was wrong", whether or not the exception's text begins with the photo.
void complain_of_photo(std::string const& name, std::string const& photo, std::exception const& problem);

/// Hands standard output to the system. Throws mcfa::file_error if that fails, now or earlier.
void flush_output();

/// Writes a text into a file or a device. Throws mcfa::file_error with the system's reason.
void write_text(std::string const& path, std::string const& text);
