// SPDX-License-Identifier: MIT
// A log of any content that a resumed training goes on with: its whole lines of earlier epochs stay. The first byte is their number.
#include "input.hpp"

#include <mcfa/core/read_file.hpp>
#include <mcfa/train/files/training_log.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace mcfa;
    static fuzz::scratch_folder const folder;
    if (size == 0) return 0;
    int const epochs = data[0];
    auto const path = folder.put("log.jsonl", fuzz::as_text({data + 1, size - 1}));
    fuzz::accepted([&] {
        training_log log(path, epochs);
        io::json line(io::json::value_t::object);
        line["epoch"] = epochs + 1;
        log.add(line);
    });
    std::string const now = read_file(path);
    fuzz::expect(now.ends_with("}\n"), "a log ends with a line");
    std::size_t begin = 0;
    for (std::size_t end; (end = now.find('\n', begin)) != now.npos; begin = end + 1) {
        io::json_problem problem;
        auto const line = io::parse_json(std::string_view(now).substr(begin, end - begin), problem);
        fuzz::expect(line.is_object() && line.at("epoch").get<std::int64_t>() <= epochs + 1, "every line of a log is one of an epoch");
    }
    return 0;
}
