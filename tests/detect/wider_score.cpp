// SPDX-License-Identifier: MIT
#include <mcfa/detect/score/wider_score.hpp>
#include <mcfa/detect/score/wider_truth_file.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::detect;

namespace {

box box_of(io::json const& values) {
    return {values[0].get<float>(), values[1].get<float>(), values[2].get<float>(), values[3].get<float>()};
}

/// Whether a truth file of this text is refused with all of `words` in the message.
bool refuses(std::string const& text, std::vector<std::string> const& words) {
    auto const path = std::filesystem::temp_directory_path() / "mcfa_wider_truth.jsonl";
    std::ofstream(path) << text;
    bool refused = false;
    try {
        read_wider_truth(path);
    } catch (error const& e) {
        std::string const said = e.what();
        refused = std::ranges::all_of(words, [&](std::string const& word) { return said.find(word) != std::string::npos; });
        BOOST_TEST_MESSAGE(said);
    }
    std::filesystem::remove(path);
    return refused;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wider)

BOOST_AUTO_TEST_CASE(figures_are_those_of_the_definition_threshold_by_threshold) {
    std::ifstream in(MCFA_GOLDEN_DIR "/wider_score.json");
    auto const golden = io::json::parse(in);
    wider_score score;
    for (auto const& photo : golden.at("photos")) {
        wider_truth truth;
        for (auto const& b : photo.at("boxes")) truth.boxes.push_back(box_of(b));
        for (std::size_t s = 0; s < 3; ++s)
            for (auto const& counted : photo.at(std::string(wider_subsets[s]))) truth.counted[s].push_back(counted.get<int>() != 0);
        std::vector<box> found;
        for (auto const& b : photo.at("found")) found.push_back(box_of(b));
        score.add(found, photo.at("scores").get<std::vector<float>>(), truth);
    }
    for (std::size_t s = 0; s < 3; ++s) {
        auto const expected = golden.at("expected").at(std::string(wider_subsets[s]));
        BOOST_TEST(score.result(s).average_precision == expected.at("ap").get<double>(), boost::test_tools::tolerance(1e-9));
        BOOST_TEST(score.curve(s).size() == wider_score::thresholds);
        BOOST_TEST(score.curve(s).back().recall == score.result(s).recall);
        BOOST_TEST(score.result(s).recall == expected.at("recall").get<double>(), boost::test_tools::tolerance(1e-9));
    }
}

BOOST_AUTO_TEST_CASE(nothing_found_and_no_boxes_give_zero) {
    wider_score score;
    score.add({}, {}, {{{0, 0, 10, 10}}, {{{true}, {true}, {true}}}});
    BOOST_TEST(score.result(0).average_precision == 0);
    wider_score empty;
    std::vector<box> const found{{0, 0, 10, 10}};
    std::vector<float> const scores{1};
    empty.add(found, scores, {});
    BOOST_TEST(empty.result(2).recall == 0);
}

BOOST_AUTO_TEST_CASE(a_truth_file_is_refused_with_its_line) {
    std::string const good = R"({"file": "a/b.jpg", "boxes": [[1, 2, 3, 4]], "easy": [0], "medium": [1], "hard": [1], "width": 9})";
    BOOST_TEST(refuses(good + "\n{", {"truth.jsonl:2", "not a line of JSON"}));
    BOOST_TEST(refuses(good + "\n{\"file\": \"c\"}\n", {"truth.jsonl:2", "expected file, boxes, easy, medium and hard"}));
    BOOST_TEST(refuses(R"({"file": "a", "boxes": [[1, 2, 3]], "easy": [0], "medium": [1], "hard": [1]})", {":1", "a box has 3 numbers"}));
    BOOST_TEST(refuses(R"({"file": "a", "boxes": [[1, 2, 3, 4]], "easy": [0, 1], "medium": [1], "hard": [1]})",
                       {":1", "easy has 2 values for 1 boxes"}));
    BOOST_TEST(refuses("", {"has no photo"}));
}

BOOST_AUTO_TEST_SUITE_END()
