// SPDX-License-Identifier: MIT
#include "folder.hpp"

#include <mcfa/data/celeba.hpp>
#include <mcfa/data/mined_file.hpp>
#include <mcfa/data/row_maker.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(negatives)

BOOST_AUTO_TEST_CASE(mined_windows_take_their_share) {
    std::vector<std::size_t> photos;
    for (std::size_t i = 0; i < 60; ++i) photos.push_back(i);
    plan_source source{photos, {4, 8}, {{7, {{10, 20}, 30, 0, false}}, {9, {{11, 21}, 31, 0, false}}, {11, {{12, 22}, 32, 0, false}}}};
    sampling options;
    options.mix = {.positive = 6, .part = 1, .negative = 2, .landmarks = 1};
    options.mined = 0.5f;
    auto const plan = plan_training(source, options, seed{1}, 0);
    BOOST_TEST(plan.size() == 60u + 10 + 20 + 10);
    std::map<std::size_t, int> mined, positives;
    int negatives = 0;
    for (auto const& window : plan) {
        negatives += window.kind == window_kind::negative;
        positives[window.photo] += window.kind == window_kind::positive;
        if (!window.mined) continue;
        BOOST_TEST((window.kind == window_kind::negative));
        BOOST_TEST(window.mined->side == 30 + static_cast<float>(window.photo - 7) / 2);
        ++mined[window.photo];
    }
    BOOST_TEST(negatives == 20);
    BOOST_TEST(mined[7] + mined[9] + mined[11] == 10);
    for (std::size_t photo : {7u, 9u, 11u}) BOOST_TEST(mined[photo] >= 3); // each in turn
    BOOST_TEST(positives[4] == 6);                                         // one as all photos, five for its landmarks
    BOOST_TEST(positives[8] == 6);
    BOOST_TEST(positives[5] == 1);

    source.mined.clear();
    auto const without = plan_training(source, options, seed{1}, 0);
    BOOST_TEST(without.size() == plan.size());
    BOOST_TEST(std::none_of(without.begin(), without.end(), [](auto const& window) { return window.mined.has_value(); }));
}

BOOST_AUTO_TEST_CASE(mined_windows_reach_the_next_epoch) {
    plain_folder const folder(20);
    celeba const faces(folder.path);
    auto const photos = faces.training();
    encoding const code{{8},
                        1,
                        1,
                        [](window_label const& label, bool, std::span<float> target, std::span<float> mask) {
                            target[0] = label.kind == window_kind::negative ? label.face->left : 0;
                            mask[0] = 1;
                        },
                        {}};
    auto batches = photos.batches(code, {4, 2, seed{1}, true});
    std::size_t const windows = batches.windows_per_epoch();
    auto const far = [&](std::uint64_t epoch) { // negative windows whose face lies far to the left
        int count = 0;
        batch rows;
        batches.begin(epoch);
        while (batches.next(rows))
            for (std::size_t i = 0; i < rows.size; ++i) count += rows.targets(i, 0) < -50;
        return count;
    };
    BOOST_TEST(far(1) == 0);
    photos.mined() = {{photos.photos()[0], {{9000, 30}, 40, 0, false}}};
    BOOST_TEST(far(2) == static_cast<int>(std::lround(windows_of_mix(photos.size(), 1, 6) * 0.5)));
    BOOST_TEST(batches.windows_per_epoch() == windows);
}

BOOST_AUTO_TEST_CASE(parts_of_a_face) {
    random_stream random{3};
    box const face{80, 90, 60, 50};
    sampling const options;
    auto const reference = reference_square(face, options.context);
    for (int i = 0; i < 300; ++i) {
        auto const window = inside_window(random, options, face);
        BOOST_TEST(overlap(window, reference) < negative_overlap);
        BOOST_TEST(window.side <= 0.5f * reference.side);
        BOOST_TEST((window.centre.x >= face.left && window.centre.x <= face.right()));
    }
}

BOOST_AUTO_TEST_CASE(other_faces_are_no_background) {
    temporary_folder const folder;
    plain_folder const data(4);
    celeba_options lists;
    lists.other_faces = folder.path / "others.txt";
    std::ofstream(lists.other_faces) << "3\nimage_id x_1 y_1 width height\n"
                                     << photo_name(0) << " 1 2 3 4\n"
                                     << photo_name(2) << " 5 6 7 8\n"
                                     << photo_name(0) << " -9 10 11 12\n";
    celeba const faces(data.path, lists);
    auto const others = faces.source().label(0).other_faces;
    BOOST_REQUIRE(others.size() == 2u);
    BOOST_TEST((others[0] == box{1, 2, 3, 4}));
    BOOST_TEST((others[1] == box{-9, 10, 11, 12}));
    BOOST_TEST(faces.source().label(1).other_faces.empty());
    std::ofstream(lists.other_faces) << "1\nimage_id x_1 y_1 width height\n" << photo_name(0) << " 1 2 0 4\n";
    BOOST_CHECK_THROW(celeba(data.path, lists), annotation_error);
    std::ofstream(lists.other_faces) << "1\nimage_id x_1 y_1 width height\nnobody.png 1 2 3 4\n";
    BOOST_CHECK_THROW(celeba(data.path, lists), annotation_error);
}

namespace {

/// A face in one corner of its photo, and where `crowded` others everywhere else.
struct crowd : dataset {
    bool crowded = false;
    std::size_t size() const override { return 1; }
    std::string name(std::size_t) const override { return "crowd"; }
    bool has_face(std::size_t) const override { return true; }
    annotation label(std::size_t) const override {
        annotation truth;
        truth.face = box{10, 10, 40, 40};
        for (float const side : {20.0f, 40.0f, 60.0f}) // they cover the photo, whatever the size of a window
            for (int i = 0; crowded && i < 100; ++i)
                truth.other_faces.push_back({static_cast<float>(i % 10) * 20, static_cast<float>(i / 10) * 20, side, side});
        return truth;
    }
    example load(std::size_t i) const override { return {image::blank(200, 200, 90, 120, 150), label(i)}; }
    std::shared_ptr<attribute_table const> attributes() const override {
        return std::make_shared<attribute_table const>(std::vector<std::string>{});
    }
};

int negatives_of(crowd const& photos, sampling const& options) {
    encoding const code{
        {8}, 1, 1, [](window_label const&, bool, std::span<float> target, std::span<float> mask) { target[0] = mask[0] = 0; }, {}};
    row_maker maker(photos, options, code, true);
    batch rows;
    rows.windows.push_back(array<float, 4>::from_shape({1, 8, 8, 3}));
    rows.targets = array<float, 2>::from_shape({1, 1});
    rows.masks = array<float, 2>::from_shape({1, 1});
    int found = 0;
    for (std::uint64_t key = 0; key < 100; ++key) found += maker.fill({0, window_kind::negative, key}, rows, 0);
    return found;
}

} // namespace

BOOST_AUTO_TEST_CASE(no_background_is_drawn_from_other_faces) {
    crowd photos;
    sampling options;
    options.angle = 0;
    BOOST_TEST(negatives_of(photos, options) > 90);
    photos.crowded = true;
    BOOST_TEST(negatives_of(photos, options) == 0);
    options.inside = 1; // parts of the face itself are there still
    BOOST_TEST(negatives_of(photos, options) == 100);
}

BOOST_AUTO_TEST_CASE(a_round_of_mining_is_kept_exactly) {
    temporary_folder const folder;
    auto const path = folder.path / "mined.txt";
    std::vector<mined_window> const all{{3, {{1.1f, -7.25f}, 33.333f, 0, false}}, {0, {{1e-3f, 5}, 1e4f, 0, false}}};
    save_mined(path, 2, all);
    auto const [round, found] = load_mined(path, 4);
    BOOST_TEST(round == 2);
    BOOST_REQUIRE(found.size() == 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        BOOST_TEST(found[i].photo == all[i].photo);
        BOOST_TEST((found[i].place.centre == all[i].place.centre));
        BOOST_TEST(found[i].place.side == all[i].place.side);
    }
    BOOST_CHECK_THROW(load_mined(path, 3), annotation_error); // there is no photo 3
    std::ofstream(path, std::ios::app) << "1 2 3 4\n";
    BOOST_CHECK_THROW(load_mined(path, 4), annotation_error);
    save_mined(path, 1, {});
    BOOST_TEST(load_mined(path, 4).second.empty());
}

BOOST_AUTO_TEST_CASE(hostile_numbers_in_a_file_of_mined_windows_are_refused) {
    temporary_folder const folder;
    auto const refused = [&](std::string const& content, long line, std::string const& words) {
        folder.put("mined.txt", content);
        auto const path = folder.path / "mined.txt";
        refuses<annotation_error>([&] { load_mined(path, 4); }, path.string() + ":" + std::to_string(line) + ": ", words);
    };
    refused("1 1\n0 5 5 1e10\n", 2, "the side is 1e+10");
    refused("1 1\n0 -1e30 5 20\n", 2, "x is -1");
    refused("1 1\n0 5 3e38 20\n", 2, "y is 3");
    refused("1 1\n0 5 inf 20\n", 2, "y is not finite");
    refused("1 1\n0 5 5 1e-30\n", 2, "expected at least 1 pixel");
    refused("1 1\n0 5 5 -3\n", 2, "expected at least 1 pixel");
    refused("1 1\n-1 5 5 20\n", 2, "there is no photo -1");
    refused("-1 1\n0 5 5 20\n", 1, "the round is -1");
    refused("1 -1\n", 1, "the number of windows is -1");
    refused("1 4294967297\n", 1, "expected a whole number");
    refused("1 0 0\n", 1, "unexpected '0'");
}

BOOST_AUTO_TEST_CASE(blurred_windows_are_reproducible_and_smoother) {
    plain_folder const folder(6);
    celeba const faces(folder.path);
    encoding const code{
        {32}, 1, 1, [](window_label const&, bool, std::span<float> target, std::span<float> mask) { target[0] = mask[0] = 0; }, {}};
    auto const roughness = [&](float resolution) {
        sampling options;
        options.resolution = resolution;
        options.mix = {1, 0, 0};
        row_maker maker(faces.source(), options, code, true);
        batch rows;
        rows.windows.push_back(array<float, 4>::from_shape({1, 32, 32, 3}));
        rows.targets = array<float, 2>::from_shape({1, 1});
        rows.masks = array<float, 2>::from_shape({1, 1});
        double sum = 0;
        for (std::uint64_t key = 0; key < 40; ++key) {
            maker.fill({key % 6, window_kind::positive, key}, rows, 0);
            for (std::size_t i = 3; i < 32 * 32 * 3; ++i) sum += std::abs(rows.windows[0].data()[i] - rows.windows[0].data()[i - 3]);
        }
        return sum;
    };
    BOOST_TEST(roughness(0.2f) == roughness(0.2f));
    BOOST_TEST(roughness(0.2f) < 0.9 * roughness(1));
}

BOOST_AUTO_TEST_SUITE_END()
