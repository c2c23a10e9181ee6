// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/array.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/expected.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/image/image.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

namespace mcfa::image {

/// The values of a pixel in memory, a byte each; alpha is passed over.
enum class pixel_order : std::uint8_t { rgb, bgr, rgba, bgra, grey };

/// Bytes between two pixels.
constexpr int bytes_per_pixel(pixel_order order) {
    return order == pixel_order::grey ? 1 : order == pixel_order::rgba || order == pixel_order::bgra ? 4 : 3;
}

/// An xtensor container, adaptor or strided view of bytes: its values lie in memory.
template <class E>
concept bytes_in_memory = requires(E const& e) {
    { *e.data() } -> std::convertible_to<std::uint8_t>;
    { e.strides()[0] } -> std::convertible_to<std::ptrdiff_t>;
    { e.shape()[0] } -> std::convertible_to<std::size_t>;
    { e.data_offset() } -> std::convertible_to<std::size_t>;
} && std::same_as<std::remove_const_t<typename E::value_type>, std::uint8_t>;

/// A photo in memory that it does not own: a video frame, a window of one, an array. Accepted wherever a photo is read; rows are converted to
/// red, green, blue as they are read, and no copy of the whole is made.
///
///     image::frame const shown{buffer, 1080, 1920, 1920 * 4, image::pixel_order::bgra};
///     auto const faces = find(shown);
class frame {
public:
    /// `row_bytes` from the start of a row to that of the next; negative if rows are stored bottom first, with `data` at the top one.
    /// Throws `shape_error` for a size below 0, rows shorter than their pixels, or no memory.
    frame(std::uint8_t const* data, int height, int width, std::ptrdiff_t row_bytes, pixel_order order = pixel_order::rgb)
        : data_(data), height_(height), width_(width), row_bytes_(row_bytes), order_(order) {
        if (auto const bad = problem(data, height, width, row_bytes, order)) raise(*bad);
    }

    /// What keeps memory from being a frame, if anything.
    static std::optional<shape_error> problem(std::uint8_t const* data, int height, int width, std::ptrdiff_t row_bytes,
                                              pixel_order order = pixel_order::rgb) {
        if (height < 0 || width < 0) return shape_error({"frame: ", width, "x", height, " pixels, expected none or more"});
        std::ptrdiff_t const least = std::ptrdiff_t{width} * bytes_per_pixel(order), given = row_bytes < 0 ? -row_bytes : row_bytes;
        if (height > 1 && given < least)
            return shape_error({"frame: rows of ", given, " bytes for ", width, " pixels of ", bytes_per_pixel(order), " bytes"});
        if (!data && height > 0 && width > 0) return shape_error({"frame: no memory for ", width, "x", height, " pixels"});
        return {};
    }

    /// Of an array or strided view (height, width, 3), red, green, blue; the pixels of a row are side by side.
    /// Throws `shape_error` for another shape or layout.
    template <bytes_in_memory E>
    frame(E const& photo)
        : frame(checked(photo), static_cast<int>(photo.shape()[0]), static_cast<int>(photo.shape()[1]), row_bytes(photo)) {}

    int height() const { return height_; }
    int width() const { return width_; }

    /// `count` pixels of row y from column `from` on, red, green, blue: in place, or converted into `scratch`.
    std::uint8_t const* row(int y, int from, int count, std::vector<std::uint8_t>& scratch) const {
        std::ptrdiff_t const step = bytes_per_pixel(order_);
        std::uint8_t const* in = data_ + y * row_bytes_ + from * step;
        if (order_ == pixel_order::rgb) return in;
        bool const swapped = order_ == pixel_order::bgr || order_ == pixel_order::bgra;
        std::ptrdiff_t const red = swapped ? 2 : 0, green = step > 1 ? 1 : 0, blue = step == 1 || swapped ? 0 : 2;
        scratch.resize(static_cast<std::size_t>(count) * 3);
        std::uint8_t* out = scratch.data();
        for (int x = 0; x < count; ++x, in += step, out += 3) {
            out[0] = in[red];
            out[1] = in[green];
            out[2] = in[blue];
        }
        return scratch.data();
    }

private:
    template <class E>
    static std::uint8_t const* checked(E const& photo) {
        if (photo.dimension() != 3) raise(shape_error({"frame: an array of rank ", photo.dimension(), ", expected height x width x 3"}));
        auto const& s = photo.shape();
        if (s[2] != 3)
            raise(shape_error({"frame: an array of ", s[0], " x ", s[1], " x ", s[2], ", expected height x width x 3 (red, green, blue)"}));
        if (s[0] * s[1] > 0 && (photo.strides()[2] != 1 || (s[1] > 1 && photo.strides()[1] != 3)))
            raise(shape_error(
                "frame: an array whose rows are not red, green, blue side by side in memory; copy it into an array of its own"));
        return photo.data() + photo.data_offset();
    }
    template <class E>
    static std::ptrdiff_t row_bytes(E const& photo) { // xtensor's stride of an extent of 1 is 0
        return photo.shape()[0] > 1 ? static_cast<std::ptrdiff_t>(photo.strides()[0]) : static_cast<std::ptrdiff_t>(photo.shape()[1]) * 3;
    }

    std::uint8_t const* data_;
    int height_, width_;
    std::ptrdiff_t row_bytes_;
    pixel_order order_;
};

/// A frame, or what its constructor throws.
inline expected<frame> try_frame(std::uint8_t const* data, int height, int width, std::ptrdiff_t row_bytes,
                                 pixel_order order = pixel_order::rgb) {
    if (auto const bad = frame::problem(data, height, width, row_bytes, order)) return unexpected(*bad);
    return frame(data, height, width, row_bytes, order);
}

inline int height(frame const& photo) { return photo.height(); }
inline int width(frame const& photo) { return photo.width(); }

/// A photo that an expression makes: evaluated. Throws `shape_error` unless its rank is 3.
template <class E>
pixels evaluated(xt::xexpression<E> const& photo) {
    static_assert(std::same_as<std::remove_cv_t<typename E::value_type>, std::uint8_t>,
                  "mcfa: a photo's values are std::uint8_t, 0 to 255; convert others by xt::cast<std::uint8_t>");
    E const& values = photo.derived_cast();
    if (values.dimension() != 3) raise(shape_error({"an expression of rank ", values.dimension(), ", expected height x width x 3"}));
    return pixels(values);
}

} // namespace mcfa::image
