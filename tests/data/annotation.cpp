// SPDX-License-Identifier: MIT
#include "folder.hpp"

#include <mcfa/data/celeba/annotation_lists.hpp>

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(annotation_lists)

namespace {

std::string const attributes = "3\nSmiling Male \na.jpg -1  1\nb.jpg  0 -1 \nc.jpg  1  1\n";
std::string const point_columns =
    "lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y\n";

annotation_rows three_rows() {
    temporary_folder folder;
    folder.put("list", attributes);
    return read_attributes(folder.path / "list");
}

void read_all_attributes(std::filesystem::path const& path) { read_attributes(path); }
void read_all_boxes(std::filesystem::path const& path) {
    auto rows = three_rows();
    read_boxes(path, rows);
}
void read_all_landmarks(std::filesystem::path const& path) {
    auto rows = three_rows();
    read_landmarks(path, rows);
}
void read_the_partition(std::filesystem::path const& path) { read_partition(path, three_rows()); }

/// Expects `read` to refuse the content with an annotation_error at the line.
void refuses_line(void (*read)(std::filesystem::path const&), std::string const& content, long line, std::string const& words) {
    temporary_folder folder;
    folder.put("list", content);
    auto const path = folder.path / "list";
    refuses<annotation_error>([&] { read(path); }, path.string() + ":" + std::to_string(line) + ": ", words);
}

} // namespace

BOOST_AUTO_TEST_CASE(attributes_are_read) {
    auto const rows = three_rows();
    BOOST_TEST(rows.names == (std::vector<std::string>{"a.jpg", "b.jpg", "c.jpg"}), boost::test_tools::per_element());
    BOOST_TEST(rows.attributes->names() == (std::vector<std::string>{"Smiling", "Male"}), boost::test_tools::per_element());
    BOOST_TEST(int{rows.truths[0].attributes[0]} == -1);
    BOOST_TEST(int{rows.truths[1].attributes[0]} == 0);
    BOOST_TEST(int{rows.truths[2].attributes[1]} == 1);
}

BOOST_AUTO_TEST_CASE(windows_line_ends_byte_order_mark_and_trailing_lines_are_accepted) {
    temporary_folder folder;
    folder.put("list", "\xef\xbb\xbf"
                       "2\r\nSmiling Male\r\na.jpg -1 1\r\nb.jpg 1 1\r\n\r\n \n");
    auto const rows = read_attributes(folder.path / "list");
    BOOST_TEST(rows.names.size() == 2u);
    BOOST_TEST(rows.attributes->names()[1] == "Male");
}

BOOST_AUTO_TEST_CASE(boxes_and_points_become_continuous) {
    auto rows = three_rows();
    temporary_folder folder;
    folder.put("boxes", "3\nimage_id x_1 y_1 width height\nc.jpg 10 20 30 40\na.jpg 1 2 3 4\nb.jpg 0 0 0 0\n");
    folder.put("points", "1\n" + point_columns + "b.jpg 1 2 3 4 5 6 7 8 9.5 10\n");
    read_boxes(folder.path / "boxes", rows);
    read_landmarks(folder.path / "points", rows);
    BOOST_TEST((rows.truths[2].face == box{10, 20, 30, 40}));
    BOOST_TEST((rows.truths[0].face == box{1, 2, 3, 4}));
    BOOST_TEST(!rows.truths[1].face.has_value());
    BOOST_TEST(rows.truths[0].landmarks.empty());
    BOOST_REQUIRE(rows.truths[1].landmarks.size() == 5u);
    BOOST_TEST((rows.truths[1].landmarks[0] == point{1.5f, 2.5f}));
    BOOST_TEST((rows.truths[1].landmarks[4] == point{10, 10.5f}));
}

BOOST_AUTO_TEST_CASE(a_missing_or_empty_file_is_named) {
    temporary_folder folder;
    folder.put("empty", "\n \n");
    refuses<file_error>([&] { read_attributes(folder.path / "nothing"); }, (folder.path / "nothing").string() + ": ", "no such file");
    refuses<file_error>([&] { read_attributes(folder.path / "empty"); }, (folder.path / "empty").string() + ": ", "empty");
    refuses<file_error>([&] { read_attributes(folder.path); }, folder.path.string() + ": ", "a directory");
}

BOOST_AUTO_TEST_CASE(a_web_page_is_recognised) {
    refuses_line(read_all_attributes, "<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title>", 1, "web page");
    refuses_line(read_all_boxes, "\n<html>", 1, "web page");
    refuses_line(read_the_partition, "  <HTML>\n", 1, "web page");
}

BOOST_AUTO_TEST_CASE(the_header_is_checked) {
    refuses_line(read_all_attributes, "image_id,Smiling,Male\na.jpg,1,1\n", 1,
                 "comma-separated values (CSV), beginning with 'image_id,Smiling,Male'");
    refuses_line(read_all_attributes, "many\nSmiling\n", 1, "expected a whole number for the number of rows, found 'many'");
    refuses_line(read_all_attributes, "0\nSmiling\n", 1, "at least 1");
    refuses_line(read_all_attributes, "3 4\nSmiling\n", 1, "unexpected '4'");
    refuses_line(read_all_attributes, "3\n", 1, "before the names");
    refuses_line(read_all_attributes, "1\nSmiling Male Smiling\na.jpg 1 1 1\n", 2, "'Smiling' is named twice");
    refuses_line(read_all_attributes, "1\na.jpg 1 1\n", 2, "found a row of values");
    refuses_line(read_all_boxes, "1\nimage_id x_1 y_1 x_2 y_2\na.jpg 1 1 1 1\n", 2, "expected the column 'width', found 'x_2'");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width\na.jpg 1 1 1 1\n", 2, "found the end of the line");
    refuses_line(read_all_boxes, "1\n" + point_columns + "a.jpg 1 1 1 1\n", 2, "expected the column 'x_1', found 'lefteye_x'");
    refuses_line(read_all_landmarks, "1\nimage_id x_1 y_1 width height\na.jpg 1 1 1 1\n", 2, "expected the column 'lefteye_x'");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height depth\na.jpg 1 1 1 1\n", 2, "unexpected column 'depth'");
}

BOOST_AUTO_TEST_CASE(the_number_of_rows_is_checked) {
    refuses_line(read_all_attributes, "3\nSmiling\na.jpg 1\nb.jpg 1\n", 4, "says 3 rows, but the file ends after 2");
    refuses_line(read_all_attributes, "1\nSmiling\na.jpg 1\nb.jpg 1\n", 4, "says 1 rows, but here is one more");
    refuses_line(read_all_boxes, "2\nx_1 y_1 width height\na.jpg 1 1 1 1\n", 3, "ends after 1");
}

BOOST_AUTO_TEST_CASE(values_are_checked) {
    refuses_line(read_all_attributes, "2\nSmiling Male\na.jpg 1 1\nb.jpg 1\n", 4, "has 1 values, but 2 attributes are named");
    refuses_line(read_all_attributes, "1\nSmiling Male\na.jpg 1 1 -1\n", 3, "more than 2 values");
    refuses_line(read_all_attributes, "1\nSmiling Male\na.jpg 1 2\n", 3, "Male is 2, expected 1, -1 or 0");
    refuses_line(read_all_attributes, "1\nSmiling Male\na.jpg 1 yes\n", 3, "expected a whole number for Male, found 'yes'");
    refuses_line(read_all_attributes, "1\nSmiling Male\na.jpg 0.5 1\n", 3, "expected a whole number for Smiling, found '0.5'");
    refuses_line(read_all_attributes, "2\nSmiling\na.jpg 1\n\nb.jpg 1\n", 4, "empty");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height\na.jpg 1 1 0 5\n", 3, "width is not positive");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height\na.jpg 1 1 5 -5\n", 3, "height is not positive");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height\na.jpg 1 1 5\n", 3, "the line ends before height");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height\na.jpg 1 nan 5 5\n", 3, "y_1 is not finite");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height\na.jpg 1 1 5 5 5\n", 3, "unexpected '5'");
    refuses_line(read_all_landmarks, "1\n" + point_columns + "a.jpg 1 1 5 5 5\n", 3, "the line ends before nose_y");
    refuses_line(read_all_landmarks, "1\n" + point_columns + "a.jpg 1 1 5 5 5 x 1 1 1 1\n", 3, "expected a number for nose_y, found 'x'");
    refuses_line(read_all_landmarks, "1\n" + point_columns + "a.jpg 0 0 0 0 0 0 0 0 0 0\n", 3, "both eyes are at one point");
}

BOOST_AUTO_TEST_CASE(numbers_that_lie_on_no_photo_are_refused) {
    std::string const boxes = "1\nx_1 y_1 width height\na.jpg ";
    refuses_line(read_all_boxes, boxes + "1e10 1 5 5\n", 3, "x_1 is 1e+10");
    refuses_line(read_all_boxes, boxes + "1 -1e10 5 5\n", 3, "y_1 is -1e+10");
    refuses_line(read_all_boxes, boxes + "1 1 1e10 5\n", 3, "width is 1e+10");
    refuses_line(read_all_boxes, boxes + "1 1 5 3e38\n", 3, "height is 3");
    refuses_line(read_all_boxes, boxes + "1 1 5 1e39\n", 3, "expected a number for height, found '1e39'");
    refuses_line(read_all_landmarks, "1\n" + point_columns + "a.jpg 1 1 3e38 5 5 5 1 1 1 1\n", 3, "righteye_x is 3");
    auto const others = [](std::filesystem::path const& path) {
        auto rows = three_rows();
        read_other_faces(path, rows);
    };
    refuses_line(others, boxes + "1 1 1e10 5\n", 3, "width is 1e+10");
    refuses_line(others, boxes + "1 1 0.5 0.5\n", 3, "less than one");
    refuses_line(read_all_attributes, "1\nSmiling\na.jpg 99999999999\n", 3, "expected a whole number for Smiling, found '99999999999'");
}

BOOST_AUTO_TEST_CASE(shares_of_a_photo_are_not_taken_for_pixels) {
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height\na.jpg 0.4 0.5 0.2 0.3\n", 3, "shares of the photo's width and height");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height\na.jpg 0.4 0.5 1 0.3\n", 3, "shares of the photo's width and height");
    refuses_line(read_all_landmarks, "1\n" + point_columns + "a.jpg .4 .4 .6 .4 .5 .5 .4 .6 .6 .6\n", 3, "shares of the photo's");
}

BOOST_AUTO_TEST_CASE(labels_of_0_and_1_are_refused) {
    refuses_line(read_all_attributes, "2\nSmiling Male\na.jpg 1 1\nb.jpg 0 1\n", 4, "no label of the whole list is -1, and 1 are 0");
}

BOOST_AUTO_TEST_CASE(other_encodings_and_formats_are_named) {
    using namespace std::string_literals;
    refuses_line(read_all_attributes, "\xff\xfe"s + "1\0\n\0"s, 1, "UTF-16");
    refuses_line(read_all_attributes, "\xfe\xff"s + "\0001\0\n"s, 1, "UTF-16");
    refuses_line(read_all_attributes, "1\0\n\0S\0"s, 1, "UTF-16"); // without a byte order mark
    refuses_line(read_all_attributes, "1\nSmiling\na.jpg 1\0\n"s, 3, "no text file");
    refuses_line(read_all_attributes, "1\nSmiling\na.jpg 1\n\x1a", 4, "end-of-file mark");
    refuses_line(read_all_boxes, "image_id, x_1, y_1, width, height\n", 1, "comma-separated values");
    refuses_line(read_the_partition, "a.jpg;0\n", 1, "CSV");
    temporary_folder folder;
    folder.put("list", "1\nSmiling\na,b.jpg 1\n");
    BOOST_TEST(read_attributes(folder.path / "list").names[0] == "a,b.jpg"); // a comma in a name is no CSV
}

BOOST_AUTO_TEST_CASE(a_blank_in_a_name_is_named) {
    refuses_line(read_all_attributes, "1\nSmiling\nAnna Maria 1.jpg 1\n", 3, "found 'Maria'; the name of a photo must not hold blanks");
    refuses_line(read_all_attributes, "1\nSmiling Male\nIMG 1 (2).jpg 1\n", 3, "must not hold blanks");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height\nAnna Maria.jpg 1 1 1 1\n", 3, "must not hold blanks");
    refuses_line(read_the_partition, "Anna Maria.jpg 1\n", 1, "must not hold blanks");
}

BOOST_AUTO_TEST_CASE(words_of_a_file_do_not_command_the_terminal) {
    refuses_line(read_all_attributes, "1\nSmiling\na.jpg \x1b[31m\n", 3, "found '\\x1b[31m'");
    refuses_line(read_all_attributes, "2\nSmiling\nAndr\xe9.jpg 1\nAndr\xe9.jpg 1\n", 4, "'Andr\\xe9.jpg' occurs twice");
    refuses_line(read_all_attributes, "1\n\x1b[2J\na.jpg 2\n", 3, "\\x1b[2J is 2");
}

BOOST_AUTO_TEST_CASE(photos_occur_once_and_are_known) {
    refuses_line(read_all_attributes, "2\nSmiling\na.jpg 1\na.jpg 1\n", 4, "'a.jpg' occurs twice");
    refuses_line(read_all_boxes, "2\nx_1 y_1 width height\na.jpg 1 1 1 1\na.jpg 1 1 1 1\n", 4, "'a.jpg' occurs twice");
    refuses_line(read_all_boxes, "1\nx_1 y_1 width height\nz.jpg 1 1 1 1\n", 3, "'z.jpg' is not in the list of attributes");
    refuses_line(read_all_landmarks, "1\n" + point_columns + "z.jpg 1 1 1 1 1 1 1 1 1 1\n", 3, "'z.jpg' is not in the list");
    refuses_line(read_the_partition, "a.jpg 0\nz.jpg 1\n", 2, "'z.jpg' is not in the list");
    refuses_line(read_the_partition, "a.jpg 0\nb.jpg 1\na.jpg 1\n", 3, "'a.jpg' occurs twice");
    refuses_line(read_the_partition, "a.jpg 3\n", 1, "the part is 3, expected 0");
    refuses_line(read_the_partition, "a.jpg train\n", 1, "expected a whole number for the part");
}

BOOST_AUTO_TEST_SUITE_END()
