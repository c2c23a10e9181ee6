// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mcfa {

/// Numbers of names, each name once. A class of its own, so that a program compiles one hash table of strings.
class name_index {
public:
    /// False, and nothing changes, where the name is there already.
    bool add(std::string const& name, std::size_t number) { return numbers_.emplace(name, number).second; }
    /// The number of a name, or -1.
    std::ptrdiff_t find(std::string_view name) const {
        auto const found = numbers_.find(std::string(name));
        return found == numbers_.end() ? -1 : static_cast<std::ptrdiff_t>(found->second);
    }
    std::size_t size() const { return numbers_.size(); }

private:
    std::unordered_map<std::string, std::size_t> numbers_;
};

} // namespace mcfa
