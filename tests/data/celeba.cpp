// SPDX-License-Identifier: MIT
#include "folder.hpp"

#include <mcfa/data/celeba.hpp>
#include <mcfa/data/one_class.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <utility>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(celeba_layouts)

namespace {

std::string const attributes = "1\nSmiling\na.png 1\n";
std::string const boxes = "1\nimage_id x_1 y_1 width height\na.png 20 30 40 60\n";
std::string const points = "1\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y\n"
                           "a.png 69 111 108 111 88 135 73 152 105 152\n";

/// CelebA's own names: images in the wild, aligned images, or both.
struct celeba_folder : temporary_folder {
    celeba_folder(bool wild, bool aligned) {
        put("Anno/list_attr_celeba.txt", attributes);
        put("Anno/list_bbox_celeba.txt", boxes);
        put("Anno/list_landmarks_celeba.txt", points);
        put("Anno/list_landmarks_align_celeba.txt", points);
        put("Eval/list_eval_partition.txt", "a.png 0\n");
        for (auto [there, name] : {std::pair{wild, "img_celeba"}, {aligned, "img_align_celeba"}})
            if (there) {
                std::filesystem::create_directories(path / "Img" / name);
                image::write_png(path / "Img" / name / "a.png", noise(1, 218, 178));
            }
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(plain) {
    plain_folder const folder(10);
    celeba const faces(folder.path);
    BOOST_TEST((faces.layout() == celeba_layout::plain));
    BOOST_TEST(faces.all().size() == 10u);
    BOOST_TEST(faces.training().size() == 6u);
    BOOST_TEST(faces.validation().size() == 2u);
    BOOST_TEST(faces.test().size() == 2u);
    auto const validation = faces.validation();
    BOOST_TEST(validation.name(1) == (folder.path / "Img" / photo_name(8)).string());
    BOOST_TEST((validation.label(1).face == box{37, 30, 40, 48}));
    auto const first = faces.all().load(0);
    BOOST_TEST((first.photo == noise(0, 100, 120)));
    BOOST_TEST((first.truth.landmarks[2] == point{55.5f, 50.5f}));
}

BOOST_AUTO_TEST_CASE(persons_are_known_where_a_list_names_them) {
    plain_folder const folder(5);
    BOOST_TEST(celeba(folder.path).source().label(0).person == -1);
    folder.put("Anno/identity.txt", photo_name(1) + " 7\n" + photo_name(0) + " 7\n" + photo_name(4) + " 0\n");
    celeba const faces(folder.path);
    BOOST_TEST(faces.source().label(0).person == 7);
    BOOST_TEST(faces.source().label(1).person == 7);
    BOOST_TEST(faces.source().label(2).person == -1);
    BOOST_TEST(faces.source().label(4).person == 0);
    folder.put("Anno/identity.txt", photo_name(0) + " 1\n" + photo_name(1) + " -3\n");
    refuses<annotation_error>([&] { celeba{folder.path}; }, (folder.path / "Anno/identity.txt:2: ").string(),
                              "the person is -3, expected a number from 0");
    folder.put("Anno/identity.txt", photo_name(0) + " 1 2\n");
    refuses<annotation_error>([&] { celeba{folder.path}; }, (folder.path / "Anno/identity.txt:1: ").string(), "unexpected");
    celeba_folder const wild(true, false);
    wild.put("Anno/identity_CelebA.txt", "a.png 2880\n");
    BOOST_TEST(celeba(wild.path).source().label(0).person == 2880);
}

BOOST_AUTO_TEST_CASE(plain_without_landmarks_and_without_parts) {
    plain_folder const folder(5);
    std::filesystem::remove(folder.path / "Anno/list_landmarks.txt");
    std::filesystem::remove(folder.path / "Eval/list_eval_partition.txt");
    celeba const faces(folder.path);
    BOOST_TEST(faces.all().size() == 5u);
    BOOST_TEST(faces.all().label(0).landmarks.empty());
    refuses<file_error>([&] { faces.training(); }, (folder.path / "Eval/list_eval_partition.txt").string() + ": ", "no such file");
}

BOOST_AUTO_TEST_CASE(in_the_wild) {
    celeba_folder const folder(true, false);
    celeba const faces(folder.path);
    BOOST_TEST((faces.layout() == celeba_layout::in_the_wild));
    BOOST_TEST((faces.training().label(0).face == box{20, 30, 40, 60}));
    BOOST_TEST(faces.training().name(0) == (folder.path / "Img/img_celeba/a.png").string());
}

BOOST_AUTO_TEST_CASE(aligned_images_have_a_face_by_their_landmarks_and_no_box_is_read) {
    celeba_folder const folder(false, true);
    folder.put("Anno/list_bbox_celeba.txt", "this file must not be opened");
    celeba const faces(folder.path);
    BOOST_TEST((faces.layout() == celeba_layout::aligned));
    auto const face = *faces.training().load(0).truth.face;
    BOOST_TEST(face.width == face.height);
    BOOST_TEST(face.width == 1.4f * (39 + 41), boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(face.centre().x == 89.1f, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(face.centre().y == 132.7f - 0.1f * face.height, boost::test_tools::tolerance(1e-4f));
}

BOOST_AUTO_TEST_CASE(boxes_of_the_wild_images_are_refused_for_aligned_ones) {
    celeba_folder const folder(false, true);
    refuses<option_error>(
        [&] { celeba(folder.path, {.layout = {}, .boxes = "list_bbox_celeba.txt", .bad_images = {}, .limits = {}, .check_boxes = true}); },
        "celeba_options.boxes", "lie wrong on the aligned ones");
}

BOOST_AUTO_TEST_CASE(both_kinds_of_images_need_a_choice) {
    celeba_folder const folder(true, true);
    refuses<option_error>([&] { celeba{folder.path}; }, "celeba_options.layout", "holds both");
    celeba_options options;
    options.layout = celeba_layout::aligned;
    BOOST_TEST(celeba(folder.path, options).training().name(0) == (folder.path / "Img/img_align_celeba/a.png").string());
    options.boxes = "list_bbox_celeba.txt";
    refuses<option_error>([&] { celeba(folder.path, options); }, "celeba_options.boxes", "aligned");
    options.layout = celeba_layout::in_the_wild;
    BOOST_TEST(celeba(folder.path, options).training().name(0) == (folder.path / "Img/img_celeba/a.png").string());
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named) {
    refuses<file_error>([&] { celeba{"/nowhere/at/all"}; }, "/nowhere/at/all: ", "no such folder");
    for (auto name : {"Anno/list_attr_celeba.txt", "Anno/list_bbox_celeba.txt", "Anno/list_landmarks_celeba.txt"}) {
        celeba_folder const folder(true, false);
        std::filesystem::remove(folder.path / name);
        refuses<file_error>([&] { celeba{folder.path}; }, (folder.path / name).string() + ": ", "no such file");
    }
    celeba_folder const folder(false, false);
    refuses<file_error>([&] { celeba{folder.path}; }, (folder.path / "Img").string() + ": ", "images are expected there");
    celeba_options options;
    options.layout = celeba_layout::in_the_wild;
    refuses<file_error>([&] { celeba(folder.path, options); }, (folder.path / "Img/img_celeba").string() + ": ", "no such folder");
}

BOOST_AUTO_TEST_CASE(a_box_beside_its_photo_is_refused) {
    celeba_folder const folder(true, false);
    folder.put("Anno/list_bbox_celeba.txt", "1\nx_1 y_1 width height\na.png 400 30 40 60\n");
    celeba const faces(folder.path);
    refuses<file_error>([&] { faces.all().load(0); }, (folder.path / "Img/img_celeba/a.png").string() + ": ",
                        "beside the photo of 178x218");
}

BOOST_AUTO_TEST_CASE(landmarks_beside_their_photo_are_refused) {
    celeba_folder const folder(false, true);
    folder.put("Anno/list_landmarks_align_celeba.txt", points.substr(0, points.find("a.png")) + "a.png 900 1 950 1 9 1 9 1 9 1\n");
    refuses<file_error>([&] { celeba(folder.path).all().load(0); }, (folder.path / "Img/img_align_celeba/a.png").string() + ": ", "beside");
}

BOOST_AUTO_TEST_CASE(a_box_beside_its_photo_is_named_with_its_line) {
    celeba_folder const folder(true, false);
    folder.put("Anno/list_bbox_celeba.txt", "1\nx_1 y_1 width height\na.png 400 30 40 60\n");
    celeba const faces(folder.path);
    refuses<file_error>([&] { faces.all().load(0); }, (folder.path / "Img/img_celeba/a.png").string() + ": ", "list_bbox_celeba.txt:3");
}

BOOST_AUTO_TEST_CASE(boxes_as_corners_are_refused_with_file_and_line) {
    plain_folder const folder(20); // boxes of 40 x 48 at (35, 30) on photos of 120 x 100
    auto const write = [&](bool corners, float shift) {
        std::string boxes = "20\nimage_id x_1 y_1 width height\n";
        for (int i = 0; i < 20; ++i) {
            float const left = static_cast<float>(30 + i) + shift, top = 30, width = 40, height = 48;
            boxes += photo_name(i);
            for (float const v : {left, top, corners ? left + width : width, corners ? top + height : height})
                boxes += " " + std::to_string(v);
            boxes += "\n";
        }
        folder.put("Anno/list_bbox.txt", boxes);
    };
    write(true, 0);
    refuses<annotation_error>([&] { celeba{folder.path}; }, (folder.path / "Anno/list_bbox.txt").string() + ":3: ", "corners");
    celeba_options trusting;
    trusting.check_boxes = false;
    BOOST_TEST(celeba(folder.path, trusting).all().size() == 20u);
    write(false, 0);
    BOOST_TEST(celeba(folder.path).all().size() == 20u);
    write(false, 55); // many reach beyond the photo's right edge, but as corners they would be empty
    BOOST_TEST(celeba(folder.path).all().size() == 20u);
    write(true, 0);
    std::filesystem::remove_all(folder.path / "Img"); // without photos nothing can be told
    std::filesystem::create_directories(folder.path / "Img");
    BOOST_TEST(celeba(folder.path).all().size() == 20u);
}

BOOST_AUTO_TEST_CASE(corners_of_faces_in_the_middle_of_their_photos_are_refused_too) {
    plain_folder const folder(20);         // photos of 120 x 100
    auto const write = [&](bool corners) { // read as sizes, corners stay on the photo and end at its far edges
        std::string boxes = "20\nimage_id x_1 y_1 width height\n";
        for (int i = 0; i < 20; ++i) {
            int const left = 38 + i % 3, top = 24 + i % 2, width = 40, height = 48;
            boxes += photo_name(i);
            for (int const v : {left, top, corners ? left + width : width, corners ? top + height : height})
                boxes += " " + std::to_string(v);
            boxes += "\n";
        }
        folder.put("Anno/list_bbox.txt", boxes);
    };
    write(true);
    refuses<annotation_error>([&] { celeba{folder.path}; }, (folder.path / "Anno/list_bbox.txt").string() + ":3: ", "corners");
    write(false);
    BOOST_TEST(celeba(folder.path).all().size() == 20u);
}

BOOST_AUTO_TEST_CASE(attributes_of_one_class_are_told) {
    plain_folder const folder(10); // Smiling: 1 and -1; Male: -1 and unknown
    celeba const faces(folder.path);
    BOOST_TEST(attributes_of_one_class(faces.all(), {"Smiling", "Male", "Bald"}) == (std::vector<std::string>{"Male", "Bald"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sampling_options_are_checked) {
    plain_folder const folder(5);
    celeba const faces(folder.path);
    auto refused = [&](sampling const& options, std::string const& name) {
        refuses<option_error>([&] { faces.training(options); }, "sampling." + name + " is ", "expected");
        refuses<option_error>([&] { faces.training().with(options); }, "sampling." + name + " is ", "expected");
    };
    sampling options;
    options.context = 0;
    refused(options, "context");
    options = {};
    options.shift = -0.1f;
    refused(options, "shift");
    options = {};
    options.scale = {1.2f, 1.1f};
    refused(options, "scale.most");
    options = {};
    options.mirror = 1.5f;
    refused(options, "mirror");
    options = {};
    options.mix.positive = 0;
    refused(options, "mix.positive");
    options = {};
    options.angle = std::numeric_limits<float>::quiet_NaN();
    refused(options, "angle");
}

BOOST_AUTO_TEST_SUITE_END()
