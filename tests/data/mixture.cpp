// SPDX-License-Identifier: MIT
#include "folder.hpp"

#include <mcfa/cascade/heads.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/data/mixture.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(mixtures)

namespace {

struct look : attributes<"Male", "Smiling", "Bald"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};
encoding code(std::vector<std::string> names = {"Male", "Smiling"}) {
    return {{16, 24}, tasks::targets, tasks::terms, &tasks::encode, std::move(names)};
}
batch_options training_batches(std::size_t batch, int threads = 2, std::uint64_t key = 5) { return {batch, threads, seed{key}, true}; }

/// Rows of an epoch: what is in the arrays, and of which source each row is.
struct rows_seen {
    std::vector<float> values;
    std::vector<std::size_t> sources, sizes;
    void add(batch const& rows) {
        sizes.push_back(rows.size);
        for (auto const& windows : rows.windows)
            values.insert(values.end(), windows.data(), windows.data() + rows.size * windows.size() / windows.shape()[0]);
        values.insert(values.end(), rows.targets.data(), rows.targets.data() + rows.size * tasks::targets);
        values.insert(values.end(), rows.masks.data(), rows.masks.data() + rows.size * tasks::terms);
        if (!rows.sources.empty())
            sources.insert(sources.end(), rows.sources.begin(), rows.sources.begin() + static_cast<std::ptrdiff_t>(rows.size));
    }
    std::size_t count(std::size_t source) const { return static_cast<std::size_t>(std::count(sources.begin(), sources.end(), source)); }
    bool same_bits(rows_seen const& other) const {
        return sources == other.sources && sizes == other.sizes && values.size() == other.values.size() &&
               std::memcmp(values.data(), other.values.data(), values.size() * sizeof(float)) == 0;
    }
};

template <class Loader>
rows_seen epoch_of(Loader& batches, std::uint64_t epoch) {
    rows_seen all;
    batch rows;
    batches.begin(epoch);
    while (batches.next(rows)) all.add(rows);
    return all;
}

/// A folder whose two photos are of one person who is bald, by a list with one attribute.
struct bald_folder : temporary_folder {
    bald_folder() {
        std::filesystem::create_directories(path / "Img");
        for (int i = 0; i < 2; ++i)
            mcfa::image::write_png(path / "Img" / photo_name(i), noise(static_cast<std::uint64_t>(90 + i), 100, 120));
        put("Anno/list_attr.txt", "2\nBald\nface0.png 1\nface1.png 1\n");
        put("Anno/list_bbox.txt", "2\nx_1 y_1 width height\nface0.png 35 30 40 48\nface1.png 36 30 40 48\n");
    }
};

/// Positive windows alone, so that no window is left out and counts are exact.
sampling faces_only() {
    sampling options;
    options.mix = {1, 0, 0};
    return options;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_mixture_of_one_source_gives_the_bits_of_that_source) {
    plain_folder const folder(40);
    celeba const faces(folder.path);
    auto const photos = faces.training();
    for (double share : {0.0, 3.0}) {
        mixture const alone{{{"a", photos, share}}};
        auto mixed = alone.batches(code(), training_batches(7)), single = photos.batches(code(), training_batches(7, 1));
        BOOST_TEST(mixed.windows_per_epoch() == single.windows_per_epoch());
        for (std::uint64_t epoch : {1u, 2u, 7u}) BOOST_TEST(epoch_of(mixed, epoch).same_bits(epoch_of(single, epoch)));
        BOOST_TEST(alone.source_names().empty());
    }
    auto mixed = mixture{{{"a", faces.validation()}}}.batches(code(), {6, 2, seed{1}, false});
    auto single = faces.validation().batches(code(), {6, 1, seed{1}, false});
    BOOST_TEST(epoch_of(mixed, 3).same_bits(epoch_of(single, 0)));
}

BOOST_AUTO_TEST_CASE(content_depends_on_seed_and_epoch_alone) {
    plain_folder const first(30), second(20);
    celeba const a(first.path), b(second.path);
    mixture const both{{{"a", a.all(), 2}, {"b", b.all(), 1}}};
    auto one = both.batches(code(), training_batches(7, 1)), four = both.batches(code(), training_batches(7, 4));
    auto const epoch1 = epoch_of(one, 1), epoch2 = epoch_of(one, 2), epoch3 = epoch_of(one, 3);
    BOOST_TEST(epoch_of(four, 3).same_bits(epoch3)); // at once, as a training that is resumed asks for it
    BOOST_TEST(epoch_of(four, 1).same_bits(epoch1));
    BOOST_TEST(!epoch1.same_bits(epoch2));
    auto other = both.batches(code(), training_batches(7, 1, 6));
    BOOST_TEST(!epoch_of(other, 1).same_bits(epoch1));
}

BOOST_AUTO_TEST_CASE(an_epoch_goes_once_through_the_first_source_and_holds_the_shares) {
    plain_folder const first(30), second(8);
    celeba const a(first.path), b(second.path);
    mixture const both{{{"a", a.all(faces_only()), 3}, {"b", b.all(faces_only()), 1}}};
    auto batches = both.batches(code(), training_batches(8));
    BOOST_TEST(batches.windows_per_epoch() == 40u);
    batch rows;
    batches.begin(1);
    std::size_t total = 0;
    while (batches.next(rows)) {
        std::size_t const of_b = static_cast<std::size_t>(std::count(rows.sources.begin(), rows.sources.end(), std::size_t{1}));
        BOOST_TEST(of_b >= 1u); // a quarter of a batch of 8 is 2, to about one
        BOOST_TEST(of_b <= 3u);
        total += of_b;
    }
    BOOST_TEST(total == 10u);
}

BOOST_AUTO_TEST_CASE(a_source_goes_on_where_it_stopped_in_the_epoch_before) {
    plain_folder const first(12), second(9);
    celeba const a(first.path), b(second.path);
    auto const sources = std::vector<window_source>{a.all(faces_only()).windows(2), b.all(faces_only()).windows(1)};
    joint_plan const plan(sources, training_batches(4));
    std::vector<int> met(9);
    for (std::uint64_t epoch : {0u, 1u, 2u}) // 6 windows of the second each time: twice through its 9 photos
        for (auto const& window : plan(epoch))
            if (window.source == 1) ++met[window.photo];
    BOOST_TEST(met == std::vector<int>(9, 2), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_shares_an_epoch_goes_once_through_every_source) {
    plain_folder const first(12), second(9);
    celeba const a(first.path), b(second.path);
    auto batches = mixture{{{"a", a.all(faces_only())}, {"b", b.all(faces_only())}}}.batches(code(), training_batches(5));
    auto const seen = epoch_of(batches, 1);
    BOOST_TEST(seen.count(0) == 12u);
    BOOST_TEST(seen.count(1) == 9u);
}

BOOST_AUTO_TEST_CASE(two_sources_draw_from_random_numbers_of_their_own) {
    plain_folder const folder(20);
    celeba const faces(folder.path);
    auto const sources = std::vector<window_source>{faces.all(faces_only()).windows(), faces.all(faces_only()).windows()};
    std::vector<std::size_t> order[2];
    for (auto const& window : joint_plan(sources, training_batches(4))(1)) order[window.source].push_back(window.photo);
    BOOST_TEST(order[0].size() == 20u);
    BOOST_TEST((order[0] != order[1]));
}

BOOST_AUTO_TEST_CASE(the_first_source_is_planned_by_the_seed_itself_whatever_stands_beside_it) {
    plain_folder const first(12), second(9);
    celeba const a(first.path), b(second.path);
    auto const expected = plan_training({a.all(faces_only()).photos(), {}, {}}, faces_only(), seed{5}, 3);
    for (std::size_t count : {1u, 2u}) {
        std::vector<window_source> sources{a.all(faces_only()).windows(2), b.all(faces_only()).windows(1)};
        sources.resize(count);
        std::vector<std::uint64_t> keys, found;
        for (auto const& window : expected) keys.push_back(window.key);
        for (auto const& window : joint_plan(sources, training_batches(4))(3))
            if (window.source == 0) found.push_back(window.key);
        BOOST_TEST(found == keys, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(attributes_are_matched_by_name_and_masked_where_a_source_has_none) {
    plain_folder const first(10);
    bald_folder const second;
    celeba const a(first.path), b(second.path);
    mixture const both{{{"a", a.all(faces_only())}, {"b", b.all(faces_only())}}};
    auto batches = both.batches(code({"Male", "Smiling", "Bald"}), training_batches(12));
    batch rows;
    batches.begin(1);
    BOOST_REQUIRE(batches.next(rows));
    std::size_t const male = tasks::terms - 3, smiling = tasks::terms - 2, bald = tasks::terms - 1;
    double known[2] = {0, 0};
    for (std::size_t n = 0; n < rows.size; ++n) {
        bool const of_b = rows.sources[n] == 1;
        BOOST_TEST(rows.masks(n, smiling) == (of_b ? 0 : 1));
        BOOST_TEST(rows.masks(n, bald) == (of_b ? 1 : 0));
        if (of_b) BOOST_TEST(rows.targets(n, tasks::targets - 1) == 1);
        known[of_b] += rows.masks(n, male);
    }
    BOOST_TEST(known[0] == 5); // of ten every other one
    BOOST_TEST(known[1] == 0);
    refuses<option_error>([&] { both.batches(code({"Young"}), training_batches(4)); }, "the net learns the attribute 'Young'",
                          "none of the mixture's sources has it");
}

BOOST_AUTO_TEST_CASE(evaluation_goes_through_one_source_after_the_other) {
    plain_folder const first(7), second(5);
    celeba const a(first.path), b(second.path);
    sampling shifted;
    shifted.evaluation = evaluation_windows::shifted;
    auto batches = mixture{{{"a", a.all(shifted), 1}, {"b", b.all(shifted), 9}}}.batches(code(), {5, 2, seed{1}, false});
    auto const seen = epoch_of(batches, 0);
    BOOST_TEST(std::is_sorted(seen.sources.begin(), seen.sources.end()));
    BOOST_TEST(seen.count(0) == 7u); // shares are those of a training
    BOOST_TEST(seen.count(1) == 5u);
    BOOST_TEST(epoch_of(batches, 4).same_bits(seen));
}

BOOST_AUTO_TEST_CASE(each_source_has_its_own_bad_photos) {
    plain_folder const first(12), second(12);
    second.put("Img/" + photo_name(7), "not a photo");
    celeba_options options;
    std::vector<std::string> reports;
    options.bad_images.report = [&](std::string const& message) { reports.push_back(message); };
    celeba const a(first.path), b(second.path, options);
    auto const of_a = a.all(faces_only()), of_b = b.all(faces_only());
    auto batches = mixture{{{"a", of_a}, {"b", of_b}}}.batches(code(), training_batches(5));
    auto const seen = epoch_of(batches, 1);
    BOOST_TEST(seen.count(0) == 12u);
    BOOST_TEST(seen.count(1) == 11u);
    BOOST_TEST(of_a.bad_count() == 0u);
    BOOST_TEST(of_b.bad_count() == 1u);
    BOOST_TEST(reports.size() == 1u);
}

BOOST_AUTO_TEST_CASE(mistakes_are_named) {
    plain_folder const folder(10);
    celeba const faces(folder.path);
    auto const photos = faces.all();
    auto const refused = [](std::vector<mixture_source> sources, std::string const& words) {
        refuses<option_error>([&] { mixture{sources}; }, "mixture: ", words);
    };
    refused({}, "there is no source");
    refused({{"a", photos}, {"a", photos}}, "two sources are called 'a'");
    refused({{"a", photos, 1}, {"b", photos}}, "'a' and 'b' differ");
    refused({{"a", photos, 1}, {"b", photos, -1}}, "the share of 'b' is -1");
    refused({{"a", photos, 1}, {"b", photos, std::numeric_limits<double>::infinity()}}, "the share of 'b' is inf");
    refused({{"a", photos}, {"b", split(photos.windows().photos_of, {})}}, "source 'b' has no photo with a known face");
}

BOOST_AUTO_TEST_CASE(it_says_what_it_is_made_of) {
    plain_folder const folder(10);
    celeba const faces(folder.path);
    BOOST_TEST((mixture{{{"a", faces.all(), 3}, {"b", faces.training(), 0.5}}}.composition()) ==
               "a 10 photos, share 3; b 6 photos, share 0.5");
    BOOST_TEST((mixture{{{"a", faces.all()}, {"b", faces.training()}}}.composition()) == "a 10 photos; b 6 photos");
    BOOST_TEST((mixture{{{"a", faces.all()}, {"b", faces.training()}}}.size()) == 16u);
}

BOOST_AUTO_TEST_SUITE_END()
