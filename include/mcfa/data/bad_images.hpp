// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/name_index.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace mcfa::data {

/// What to do about photos that cannot be used. Such a photo is reported once and its windows are left out.
struct bad_image_options {
    std::optional<std::size_t> limit; ///< largest number tolerated; default max(10, 0.1 % of the photos)
    std::function<void(std::string const&)> report = [](std::string const& message) { std::cerr << message + " (left out)\n"; };
};

/// The photos found bad so far, shared by all loaders of a split.
class bad_images {
public:
    bad_images(bad_image_options options, std::size_t photos)
        : options_(std::move(options)), limit_(options_.limit.value_or(std::max<std::size_t>(10, photos / 1000))) {}

    /// Reports a photo on first sight. Throws `file_error` when there are more than the limit.
    void note(std::string const& name, std::string const& message) {
        std::lock_guard const lock(mutex_);
        if (!seen_.add(name, seen_.size())) return;
        if (seen_.size() > limit_)
            throw file_error(name, {"photo number ", seen_.size(), " that cannot be used, and the limit is ", limit_,
                                    " (option bad_images.limit): ", message});
        if (options_.report) options_.report(message);
    }
    std::size_t count() const {
        std::lock_guard const lock(mutex_);
        return seen_.size();
    }

private:
    bad_image_options options_;
    std::size_t limit_;
    mutable std::mutex mutex_;
    name_index seen_;
};

} // namespace mcfa::data
