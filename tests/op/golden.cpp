// SPDX-License-Identifier: MIT
#include "golden.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace mcfa::test {

std::vector<golden> read_golden(std::string const& subject) {
    std::ifstream file(std::string(MCFA_GOLDEN_DIR) + "/" + subject + ".json");
    std::vector<golden> cases;
    for (auto const& item : nlohmann::json::parse(file)) {
        golden found;
        item.at("name").get_to(found.name);
        item.at("numbers").get_to(found.numbers);
        item.at("inputs").get_to(found.inputs);
        item.at("outputs").get_to(found.outputs);
        item.at("cotangent").get_to(found.cotangent);
        item.at("gradients").get_to(found.gradients);
        cases.push_back(found);
    }
    return cases;
}

} // namespace mcfa::test
