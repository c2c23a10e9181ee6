// SPDX-License-Identifier: MIT
#include "command_line.hpp"

#include "program.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <vector>

command_option& command_option::required() {
    option_->required();
    return *this;
}

command_option& command_option::positive() {
    option_->check(CLI::PositiveNumber);
    return *this;
}

command_option& command_option::not_negative() {
    option_->check(CLI::NonNegativeNumber);
    return *this;
}

command_option& command_option::from_to(double first, double last) {
    option_->check(CLI::Range(first, last));
    return *this;
}

command_option& command_option::one_of(std::initializer_list<std::string> values) {
    option_->check(CLI::IsMember(std::vector<std::string>(values)));
    return *this;
}

command_option& command_option::shown_default(std::string const& text) {
    option_->default_str(text);
    return *this;
}

command_line::command_line(std::string const& what_the_program_does) : app_(std::make_unique<CLI::App>(what_the_program_does)) {
    app_->option_defaults()->always_capture_default();
}

command_line::~command_line() = default;

template <class T>
command_option command_line::add(std::string const& name, T& value, std::string const& help) {
    return command_option(app_->add_option(name, value, help));
}

template command_option command_line::add(std::string const&, std::string&, std::string const&);
template command_option command_line::add(std::string const&, int&, std::string const&);
template command_option command_line::add(std::string const&, float&, std::string const&);
template command_option command_line::add(std::string const&, double&, std::string const&);
template command_option command_line::add(std::string const&, unsigned long&, std::string const&);
template command_option command_line::add(std::string const&, unsigned long long&, std::string const&);
template command_option command_line::add(std::string const&, std::vector<std::string>&, std::string const&);
template command_option command_line::add(std::string const&, std::vector<double>&, std::string const&);

command_option command_line::add_flag(std::string const& names, bool& value, std::string const& help) {
    return command_option(app_->add_flag(names, value, help));
}

std::optional<int> command_line::parse(int argc, char** argv) {
    try {
        app_->parse(argc, argv);
    } catch (CLI::ParseError const& end) {
        return run_program(std::filesystem::path(argv[0]).filename().string(),
                           [&] { return app_->exit(end); }); // help may meet a full disk
    }
    return std::nullopt;
}
