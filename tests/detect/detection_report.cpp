// SPDX-License-Identifier: MIT
#include "found_pictures.hpp"

#include <mcfa/data/split.hpp>
#include <mcfa/detect/score/detection_report.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(reporting)

namespace {

constexpr std::array<std::string_view, 3> names{"Smiling", "Unknown", "Male"}; // not in the data's order, and one that it has not
auto const close_to = boost::test_tools::tolerance(1e-6);

detect::scene one_portrait() { return detect::single(data::split(std::make_shared<portraits>(1), {0}), 0); }

/// A file with this content, gone with the test.
struct lines {
    explicit lines(std::string const& content) { std::ofstream(path) << content; }
    ~lines() { std::filesystem::remove(path); }
    std::filesystem::path path = std::filesystem::temp_directory_path() / "mcfa-found-faces.jsonl";
};

void refuses(std::string const& content, std::string const& words) {
    lines const file(content);
    BOOST_CHECK_EXCEPTION(detect::read_found(file.path), annotation_error, [&](annotation_error const& e) {
        BOOST_TEST_MESSAGE(e.what());
        return std::string(e.what()).find(words) != std::string::npos;
    });
}

} // namespace

BOOST_AUTO_TEST_CASE(a_face_found_is_measured_by_place_landmarks_and_attributes) {
    auto const picture = one_portrait();
    detect::detection_report report(*portraits(1).attributes(), names);
    detect::found_face face{*picture.faces[0].face, 0.9f, picture.faces[0].landmarks, {0.2f, 0.5f, 0.3f}};
    face.landmarks[0].x += 10; // the eyes are 20 apart
    report.add(picture, {face}, [](annotation const&) { return std::vector<float>{0.2f, 0.5f, 0.8f}; });
    auto const r = report.result();
    BOOST_TEST(r.at("ap").get<double>() == 1.0, close_to);
    BOOST_TEST(r.at("nme").get<double>() == 0.1, close_to);
    BOOST_TEST(r.at("mean_accuracy").get<double>() == 0.5, close_to);               // Male was missed
    BOOST_TEST(r.at("mean_accuracy_given_windows").get<double>() == 1.0, close_to); // and seen in the true window
    auto const line = report.details();
    BOOST_TEST(line.ends_with("}\n"));
    BOOST_TEST((line.find("\"found\":true") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(what_was_not_measured_has_no_figure) {
    detect::detection_report report(*portraits(1).attributes(), names);
    BOOST_TEST(report.result().at("ap").is_null());
    BOOST_TEST(report.result().at("recall").is_null());
    report.add(one_portrait(), {}, {});
    BOOST_TEST(report.result().at("ap").get<double>() == 0);
    BOOST_TEST(!report.result().contains("nme"));
    BOOST_TEST(!report.result().contains("mean_accuracy"));
}

BOOST_AUTO_TEST_CASE(another_number_of_attributes_is_refused) {
    auto const picture = one_portrait();
    detect::detection_report report(*portraits(1).attributes(), names);
    detect::found_face const face{*picture.faces[0].face, 0.9f, {}, {0.5f}};
    BOOST_CHECK_THROW(report.add(picture, {face}, [](annotation const&) { return std::vector<float>(3); }), shape_error);
}

BOOST_AUTO_TEST_CASE(found_faces_are_read_by_photo) {
    lines const file(R"({"photo": "a", "faces": [{"box": [1, 2, 3, 4], "score": 0.5, "landmarks": [[1, 2], [3, 4]]}]}
{"photo": "b", "faces": []}
)");
    auto const found = detect::read_found(file.path);
    BOOST_TEST((found.at("a")[0].box == box{1, 2, 3, 4}));
    BOOST_TEST(found.at("a")[0].landmarks.size() == 2u);
    BOOST_TEST(found.at("b").empty());
}

BOOST_AUTO_TEST_CASE(a_bad_line_of_found_faces_is_named) {
    refuses("{\"photo\": \"a\", \"faces\": []}\nnonsense\n", ":2: not a line of JSON");
    refuses("{\"faces\": []}\n", ":1: ");
    refuses("{\"photo\": \"a\", \"faces\": [{\"box\": [1, 2, 3], \"score\": 1}]}\n", ":1: ");
    refuses("{\"photo\": \"a\", \"faces\": [{\"box\": [1, 2, 3, 1e200], \"score\": 1}]}\n", ":1: height is not a finite number");
    refuses("{\"photo\": \"a\", \"faces\": []}\n{\"photo\": \"a\", \"faces\": []}\n", ":2: the photo has a line already");
}

BOOST_AUTO_TEST_SUITE_END()
