// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/name_index.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/data/celeba/annotation_file.hpp>
#include <mcfa/task/label.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa::data {

/// The photos of an annotated folder, by name, in the order of the attribute list.
struct annotation_rows {
    std::vector<std::string> names;
    std::vector<annotation> truths;
    std::shared_ptr<attribute_table const> attributes;
    name_index index;
    std::vector<long> box_lines{}; ///< of the list of boxes, by row; 0 for a photo without a box, and empty without such a list

    /// The row of a photo. Lists mostly agree in their order, so `guess` is tried first; -1 for an unknown name.
    std::ptrdiff_t find(std::string_view name, std::size_t guess) const {
        return guess < names.size() && names[guess] == name ? static_cast<std::ptrdiff_t>(guess) : index.find(name);
    }
};

/// Walks a list that begins with the number of its rows and a line of column names: at first on that line, then row by row. Throws
/// `annotation_error` where the count is not met.
class counted_rows {
public:
    explicit counted_rows(annotation_file& list) : list_(list) {
        list.next();
        count_ = list.whole_number("the number of rows");
        list.expect_end_of_line("the number of rows");
        if (count_ < 1) list.fail({"the number of rows is ", count_, ", expected at least 1"});
        if (!list.next()) list.fail("the file ends before the names of the columns");
    }

    /// Goes to the next row; false after the last.
    bool next() {
        if (!list_.next()) {
            if (met_ != count_) list_.fail({"the first line says ", count_, " rows, but the file ends after ", met_});
            return false;
        }
        if (met_ == count_) list_.fail({"the first line says ", count_, " rows, but here is one more"});
        ++met_;
        return true;
    }

    /// The number of the row, from 0.
    std::size_t number() const { return met_ - 1; }

private:
    annotation_file& list_;
    int count_ = 0, met_ = 0;
};

/// `list_attr*.txt`: the count, the attributes' names, then per photo its name and 1, -1 or 0 (unknown) for each attribute. A list with 0
/// and 1 but not a single -1 is refused: in most other lists 0 says no, here it would say unknown.
[[gnu::cold]] inline annotation_rows read_attributes(std::filesystem::path const& path) {
    annotation_file list(path);
    counted_rows row(list);
    std::vector<std::string> attributes;
    name_index seen;
    while (!list.at_end_of_line()) {
        std::string const& name = attributes.emplace_back(list.word());
        if (!seen.add(name, seen.size())) list.fail({"the attribute ", in_quotes(name), " is named twice"});
        if (name == "1" || name == "-1") list.fail("expected the attributes' names, found a row of values");
    }
    std::size_t const columns = attributes.size();

    annotation_rows rows;
    std::array<std::size_t, 3> count{}; // of -1, 0 and 1
    long first_zero = 0;
    while (row.next()) {
        std::string const& name = rows.names.emplace_back(list.word());
        if (!rows.index.add(name, row.number())) list.fail({"the photo ", in_quotes(name), " occurs twice"});
        auto& values = rows.truths.emplace_back().attributes;
        values.reserve(columns);
        for (std::size_t k = 0; k < columns; ++k) {
            if (list.at_end_of_line()) list.fail({"the line has ", k, " values, but ", columns, " attributes are named"});
            int const value = list.whole_number(attributes[k]);
            if (value < -1 || value > 1) list.fail({printable(attributes[k]), " is ", value, ", expected 1, -1 or 0 (unknown)"});
            ++count[value + 1];
            if (value == 0 && first_zero == 0) first_zero = list.line();
            values.push_back(static_cast<std::int8_t>(value));
        }
        list.expect_end_of_line({columns, " values, one for each named attribute"});
    }
    if (count[0] == 0 && count[1] > 0 && count[2] > 0)
        throw annotation_error(list.path(), first_zero,
                               {"no label of the whole list is -1, and ", count[1],
                                " are 0. Here 0 says that a label is unknown, so that nothing but 1 would be learned; write -1 for no"});
    rows.attributes = std::make_shared<attribute_table const>(std::move(attributes));
    return rows;
}

/// Checks a line of column names, word by word; the column for the photo's name may be named or not.
[[gnu::cold]] inline void expect_columns(annotation_file& list, std::span<std::string_view const> names) {
    std::string_view found = list.word();
    if (found == "image_id") found = list.word();
    for (auto name : names) {
        if (found != name)
            list.fail({"expected the column ", in_quotes(name), ", found ", found.empty() ? "the end of the line" : in_quotes(found)});
        found = list.word();
    }
    if (!found.empty()) list.fail({"unexpected column ", in_quotes(found)});
}

/// The row of the photo that the next word names.
inline std::size_t find_row(annotation_file& list, annotation_rows const& rows, std::size_t guess) {
    auto const name = list.word();
    auto const found = rows.find(name, guess);
    if (found < 0) list.fail({"the photo ", in_quotes(name), " is not in the list of attributes", list.blank_in_name()});
    return found;
}

/// Marks each photo's row as it is met, so that none is met twice.
class row_finder {
public:
    explicit row_finder(annotation_rows const& rows) : rows_(rows), met_(rows.names.size()) {}
    std::size_t operator()(annotation_file& list, std::size_t guess) {
        auto const row = find_row(list, rows_, guess);
        if (met_[row]) list.fail({"the photo ", in_quotes(rows_.names[row]), " occurs twice"});
        met_[row] = true;
        return row;
    }

private:
    annotation_rows const& rows_;
    std::vector<bool> met_;
};

/// x, y, width and height; pixel x spans x to x + 1, so x and y are the box's left and top.
inline box read_box(annotation_file& list) {
    box face;
    face.left = list.pixels("x_1");
    face.top = list.pixels("y_1");
    face.width = list.pixels("width");
    face.height = list.pixels("height");
    list.expect_end_of_line("x, y, width and height");
    return face;
}

inline void expect_sides(annotation_file const& list, box face) {
    if (!(face.width > 0)) list.fail("the box's width is not positive");
    if (!(face.height > 0)) list.fail("the box's height is not positive");
    if (face.width < 1 || face.height < 1)
        list.fail({"the box is ", face.width, " x ", face.height,
                   " pixels, less than one; if the numbers are shares of the photo's width and height, multiply them by these"});
}

inline constexpr std::array<std::string_view, 4> box_columns{"x_1", "y_1", "width", "height"};

/// `list_bbox*.txt`: a box in pixels for each photo. A row of four zeros says that no
/// box is known; otherwise both sides must be positive.
[[gnu::cold]] inline void read_boxes(std::filesystem::path const& path, annotation_rows& rows) {
    annotation_file list(path);
    counted_rows row(list);
    expect_columns(list, box_columns);
    row_finder find(rows);
    rows.box_lines.assign(rows.names.size(), 0);
    while (row.next()) {
        auto const number = find(list, row.number());
        box const face = read_box(list);
        if (face == box{}) continue;
        expect_sides(list, face);
        rows.truths[number].face = face;
        rows.box_lines[number] = list.line();
    }
}

/// Boxes of further faces on the photos, in the form of `list_bbox*.txt`; a photo may occur any number of times.
[[gnu::cold]] inline void read_other_faces(std::filesystem::path const& path, annotation_rows& rows) {
    annotation_file list(path);
    counted_rows row(list);
    expect_columns(list, box_columns);
    while (row.next()) {
        auto& truth = rows.truths[find_row(list, rows, row.number())];
        box const face = read_box(list);
        expect_sides(list, face);
        truth.other_faces.push_back(face);
    }
}

/// `list_landmarks*.txt`: five x, y pairs, as indices of pixels, so that 0.5 is added to reach the pixel's centre. Photos may be missing.
[[gnu::cold]] inline void read_landmarks(std::filesystem::path const& path, annotation_rows& rows) {
    static constexpr std::array<std::string_view, 10> columns{"lefteye_x", "lefteye_y",   "righteye_x",  "righteye_y",   "nose_x",
                                                              "nose_y",    "leftmouth_x", "leftmouth_y", "rightmouth_x", "rightmouth_y"};
    annotation_file list(path);
    counted_rows row(list);
    expect_columns(list, columns);
    row_finder find(rows);
    while (row.next()) {
        auto& points = rows.truths[find(list, row.number())].landmarks;
        points.resize(5);
        for (std::size_t i = 0; i < 5; ++i) {
            points[i].x = list.pixels(columns[2 * i]) + 0.5f;
            points[i].y = list.pixels(columns[2 * i + 1]) + 0.5f;
        }
        list.expect_end_of_line("five points");
        if (points[0] == points[1]) list.fail("both eyes are at one point");
        auto const within_a_pixel = [](point p) { return p.x >= 0.5f && p.x <= 1.5f && p.y >= 0.5f && p.y <= 1.5f; };
        if (std::all_of(points.begin(), points.end(), within_a_pixel))
            list.fail("all points lie within one pixel; if the numbers are shares of the photo's width and height, multiply them by these");
    }
}

/// `identity*.txt`, without a header: a photo's name and the number of its person, 0 or more. Photos may be missing.
[[gnu::cold]] inline void read_persons(std::filesystem::path const& path, annotation_rows& rows) {
    annotation_file list(path);
    row_finder find(rows);
    for (std::size_t n = 0; list.next(); ++n) {
        auto& truth = rows.truths[find(list, n)];
        truth.person = list.whole_number("the person");
        list.expect_end_of_line("a photo and its person");
        if (truth.person < 0) list.fail({"the person is ", truth.person, ", expected a number from 0"});
    }
}

/// `list_eval_partition.txt`, without a header: a photo's name and 0 (training), 1 (validation) or 2 (test). Returns the rows of each part.
[[gnu::cold]] inline std::array<std::vector<std::size_t>, 3> read_partition(std::filesystem::path const& path,
                                                                            annotation_rows const& rows) {
    annotation_file list(path);
    row_finder find(rows);
    std::array<std::vector<std::size_t>, 3> parts;
    for (std::size_t n = 0; list.next(); ++n) {
        auto const row = find(list, n);
        int const part = list.whole_number("the part");
        list.expect_end_of_line("a photo and its part");
        if (part < 0 || part > 2) list.fail({"the part is ", part, ", expected 0 (training), 1 (validation) or 2 (test)"});
        parts[part].push_back(row);
    }
    return parts;
}

} // namespace mcfa::data
