// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/image/image.hpp>
#include <mcfa/task/label.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace mcfa::data {

/// One photo with what is known of the face on it.
struct example {
    image::pixels photo;
    annotation truth;
};

/// Annotated photos by number. Derive from it to train on photos of your own; `load` and `label` are called from several threads at once.
class dataset {
public:
    virtual ~dataset() = default;
    virtual std::size_t size() const = 0;
    /// How photo i is called in messages: a path, where it has one.
    virtual std::string name(std::size_t i) const = 0;
    /// Is the place of the face known? Windows are drawn from such photos alone.
    virtual bool has_face(std::size_t i) const = 0;
    /// What is known of photo i, without decoding it where that is possible.
    virtual annotation label(std::size_t i) const = 0;
    /// The photo, decoded. Throws `file_error` where it cannot be used.
    virtual example load(std::size_t i) const = 0;
    /// Names of the attributes, in the order of `annotation::attributes`; never null.
    virtual std::shared_ptr<attribute_table const> attributes() const = 0;
};

} // namespace mcfa::data
