// SPDX-License-Identifier: MIT
#include "folder.hpp"

#include <mcfa/cascade/heads.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/data/celeba/source_file.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(what_a_folder_says_of_itself)

namespace {

struct tasks : heads<face_class, face_box> {};

source_facts facts_of(std::string const& text) {
    temporary_folder const folder;
    folder.put("source.txt", text);
    return read_source_facts(folder.path / "source.txt");
}

void refused(std::string const& text, std::string const& line, std::string const& words) {
    temporary_folder const folder;
    folder.put("source.txt", text);
    auto const path = folder.path / "source.txt";
    refuses<annotation_error>([&] { read_source_facts(path); }, path.string() + ":" + line + ": ", words);
}

} // namespace

BOOST_AUTO_TEST_CASE(facts_are_read) {
    BOOST_TEST(facts_of("boxes place_only\n").place_only);
    BOOST_TEST(!facts_of("boxes place_only\n").all_faces);
    BOOST_TEST(facts_of("faces all\r\nboxes labels\r\n").all_faces);
    BOOST_TEST(!facts_of("faces all\nboxes labels\n").place_only);
    BOOST_TEST(!facts_of("faces one\n").all_faces);
    temporary_folder const folder;
    BOOST_TEST(!read_source_facts(folder.path / "source.txt").place_only); // no file, nothing said
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_with_file_and_line) {
    refused("faces all\nbox place_only\n", "2", "expected boxes or faces, found 'box'");
    refused("boxes constant\n", "1", "expected labels or place_only for 'boxes', found 'constant'");
    refused("faces\n", "1", "expected one or all for 'faces', found the end of the line");
    refused("boxes labels\nfaces all\nboxes labels\n", "3", "'boxes' occurs twice");
    refused("boxes labels too\n", "1", "unexpected 'too'");
}

BOOST_AUTO_TEST_CASE(where_a_box_is_only_a_place_windows_vary_about_it_and_no_box_is_learned) {
    plain_folder const folder(20);
    folder.put("Anno/source.txt", "boxes place_only\n");
    celeba const faces(folder.path);
    BOOST_TEST(faces.facts().place_only);
    encoding const code{{16}, tasks::targets, tasks::terms, &tasks::encode, {}};
    auto batches = faces.all().batches(code, {64, 2, seed{1}, true});
    batch rows;
    batches.begin(1);
    BOOST_REQUIRE(batches.next(rows));
    BOOST_TEST(rows.size == 23u); // 20 positive, 3 negative, and no part window, which has nothing to teach
    for (std::size_t n = 0; n < rows.size; ++n) {
        BOOST_TEST(rows.masks(n, 0) == 1);
        BOOST_TEST(rows.masks(n, 1) == 0);
    }
}

BOOST_AUTO_TEST_CASE(the_list_of_other_faces_beside_the_lists_is_read) {
    plain_folder const folder(10);
    BOOST_TEST(celeba(folder.path).all().label(2).other_faces.empty());
    folder.put("Anno/list_other_faces.txt", "1\nx_1 y_1 width height\nface2.png 5 6 7 8\n");
    BOOST_TEST(celeba(folder.path).all().label(2).other_faces.size() == 1u);
    folder.put("others.txt", "2\nx_1 y_1 width height\nface2.png 5 6 7 8\nface2.png 50 6 7 8\n");
    celeba_options options;
    options.other_faces = folder.path / "others.txt";
    BOOST_TEST(celeba(folder.path, options).all().label(2).other_faces.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
