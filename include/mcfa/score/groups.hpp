// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>

namespace mcfa::score {

/// Numbers the groups of a bootstrap from 0: a person's faces are one group, an unknown face is a group of its own.
class group_numbers {
public:
    /// The group of a face; `person` is negative where it is not known.
    std::size_t of(long person) {
        if (person < 0) return count_++;
        auto const [entry, added] = persons_.try_emplace(person, count_);
        if (added) ++count_;
        return entry->second;
    }
    std::size_t count() const { return count_; }
    /// Persons among the groups.
    std::size_t persons() const { return persons_.size(); }

private:
    std::map<long, std::size_t> persons_;
    std::size_t count_ = 0;
};

} // namespace mcfa::score
