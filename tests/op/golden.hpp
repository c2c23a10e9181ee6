// SPDX-License-Identifier: MIT
#pragma once

#include "tensors.hpp"

#include <map>
#include <string>
#include <vector>

namespace mcfa::test {

/// One case recorded from PyTorch by the scripts in tests/golden.
struct golden {
    std::string name;
    std::map<std::string, double> numbers; ///< the operation's own, and `batch`
    tensors<double> inputs;
    tensors<double> outputs;
    std::vector<double> cotangent; ///< gradient of the output `y`; empty where there is no backward pass
    tensors<double> gradients;

    double number(std::string const& key) const { return numbers.at(key); }
    int integer(std::string const& key) const { return static_cast<int>(numbers.at(key)); }
};

/// All cases of tests/golden/<subject>.json; throws where it cannot be read.
std::vector<golden> read_golden(std::string const& subject);

} // namespace mcfa::test
