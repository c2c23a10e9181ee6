// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

namespace CLI {
class App;
class Option;
} // namespace CLI

/// One option of a command line, to say more about it.
class command_option {
public:
    explicit command_option(CLI::Option* option) : option_(option) {}
    command_option& required();
    command_option& positive();
    command_option& not_negative();
    command_option& from_to(double first, double last);
    command_option& one_of(std::initializer_list<std::string> values);
    /// What `--help` says of it where nothing is given.
    command_option& shown_default(std::string const& text);

private:
    CLI::Option* option_;
};

/// Options with a `--help`: what the examples need of CLI11, which takes long to compile and so is compiled once for all of them.
///
///     command_line line{"Train a cascade."};
///     line.add("--epochs", epochs, "times through the photos").positive();
///     if (auto const status = line.parse(argc, argv)) return *status;
class command_line {
public:
    explicit command_line(std::string const& what_the_program_does);
    ~command_line();

    /// An option, or with a name without dashes a place on the line. The value stays as it is where nothing is given, and `--help` shows it.
    /// Of std::string, int, float, double, unsigned long (long), and vectors of std::string and double.
    template <class T>
    command_option add(std::string const& name, T& value, std::string const& help);
    /// A switch; "--x,!--no-x" names one that turns it off as well.
    command_option add_flag(std::string const& names, bool& value, std::string const& help);

    /// The exit status if the program should end: after `--help`, which is printed, and after a mistake, which is reported.
    std::optional<int> parse(int argc, char** argv);

private:
    std::unique_ptr<CLI::App> app_;
};
