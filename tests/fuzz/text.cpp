// SPDX-License-Identifier: MIT
// Any text as JSON, and in messages: what is parsed prints and parses the same, what is quoted is safe for a terminal.
#include "input.hpp"

#include <mcfa/core/printable.hpp>
#include <mcfa/io/json/json.hpp>
#include <mcfa/io/json/json_string.hpp>

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace mcfa;
    std::string_view const text = fuzz::as_text({data, size});
    io::json_problem problem;
    auto const value = io::parse_json(text, problem);
    if (problem.what == io::json_problem::none) {
        io::json_problem none;
        auto const again = io::parse_json(io::json_text(value), none);
        fuzz::expect(none.what == io::json_problem::none && io::json_text(again) == io::json_text(value),
                     "JSON prints and parses the same");
    }
    auto const quoted = io::parse_json(io::json_quoted(text), problem);
    fuzz::expect(problem.what == io::json_problem::none && quoted.is_string(), "any text can be quoted in JSON");

    auto const shown = printable(text);
    fuzz::expect(std::none_of(shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }),
                 "printed text has no control characters");
    fuzz::expect(in_quotes(text, 100, '"').size() < 1000, "quoted text is short");
    return 0;
}
