// SPDX-License-Identifier: MIT
#include "folder.hpp"

#include <mcfa/cascade/heads.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(loading)

namespace {

struct look : attributes<"Male", "Smiling"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};
encoding code() { return {{16, 24}, tasks::targets, tasks::terms, &tasks::encode, {"Male", "Smiling"}}; }

batch_options batches_of(std::size_t batch, int threads, std::uint64_t key, bool training) { return {batch, threads, seed{key}, training}; }

/// Every value of an epoch, row after row, and the sizes of the batches.
std::vector<float> epoch_of(loader& batches, std::uint64_t epoch) {
    std::vector<float> all;
    batch rows;
    batches.begin(epoch);
    while (batches.next(rows)) {
        all.push_back(static_cast<float>(rows.size));
        for (auto const& windows : rows.windows)
            all.insert(all.end(), windows.data(), windows.data() + rows.size * windows.size() / windows.shape()[0]);
        all.insert(all.end(), rows.targets.data(), rows.targets.data() + rows.size * tasks::targets);
        all.insert(all.end(), rows.masks.data(), rows.masks.data() + rows.size * tasks::terms);
    }
    return all;
}

/// The photos of an epoch's rows, as far as they are positive windows.
std::vector<std::size_t> photos_of(loader& batches) {
    std::vector<std::size_t> photos;
    batch rows;
    batches.begin(0);
    while (batches.next(rows))
        for (std::size_t n = 0; n < rows.size; ++n)
            if (rows.targets(n, 0) > 0.5f) photos.push_back(rows.photos.at(n));
    return photos;
}

bool same_bits(std::vector<float> const& a, std::vector<float> const& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// How many windows of each kind an epoch has, by the masks: the box is masked on negatives, the class on part windows.
std::map<std::string, int> kinds(loader& batches, std::uint64_t epoch) {
    std::map<std::string, int> found;
    batch rows;
    batches.begin(epoch);
    while (batches.next(rows))
        for (std::size_t i = 0; i < rows.size; ++i)
            ++found[rows.masks(i, 0) == 0 ? "part" : rows.targets(i, 0) > 0 ? "positive" : "negative"];
    return found;
}

/// `options.bad_images` with its reports collected.
celeba_options collecting(std::vector<std::string>& reports, std::optional<std::size_t> limit) {
    celeba_options options;
    options.bad_images.limit = limit;
    options.bad_images.report = [&reports](std::string const& message) { reports.push_back(message); };
    return options;
}

} // namespace

BOOST_AUTO_TEST_CASE(rows_say_of_which_photo_they_are_also_behind_one_that_cannot_be_read) {
    plain_folder const folder(15);
    folder.put("Img/" + photo_name(8), "no photo");
    celeba const faces(folder.path);
    auto batches = faces.validation().batches(code(), batches_of(4, 2, 1, false)); // photos 3, 8 and 13
    BOOST_TEST(photos_of(batches) == (std::vector<std::size_t>{3, 13}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(content_depends_on_seed_and_epoch_alone) {
    plain_folder const folder(40);
    celeba const faces(folder.path);
    auto const photos = faces.training();
    std::vector<float> first, second;
    for (int threads : {1, 2, 4}) {
        auto batches = photos.batches(code(), batches_of(7, threads, 5, true));
        auto const epoch0 = epoch_of(batches, 0), epoch1 = epoch_of(batches, 1);
        if (threads == 1) first = epoch0, second = epoch1;
        BOOST_TEST(same_bits(epoch0, first));
        BOOST_TEST(same_bits(epoch1, second));
        BOOST_TEST(same_bits(epoch_of(batches, 0), first)); // going back to an epoch, as after a resume
    }
    BOOST_TEST(first.size() > 1000u);
    BOOST_TEST(!same_bits(first, second));
    auto other = photos.batches(code(), batches_of(7, 2, 6, true));
    BOOST_TEST(!same_bits(epoch_of(other, 0), first));
}

BOOST_AUTO_TEST_CASE(an_epoch_follows_the_mix) {
    plain_folder const folder(40);
    celeba const faces(folder.path);
    auto batches = faces.training().batches(code(), batches_of(10, 2, 1, true)); // 24 photos
    BOOST_TEST(batches.windows_per_epoch() == 24u + 4 + 4);
    BOOST_TEST(batches.batches_per_epoch() == 4u);
    auto const found = kinds(batches, 0);
    BOOST_TEST(found.at("positive") == 24);
    BOOST_TEST(found.at("part") == 4);
    BOOST_TEST(found.at("negative") == 4);
    sampling faces_only;
    faces_only.mix = {1, 0, 0};
    BOOST_TEST(faces.training(faces_only).batches(code(), batches_of(10, 1, 1, true)).windows_per_epoch() == 24u);
}

BOOST_AUTO_TEST_CASE(each_photo_gives_one_positive_window_in_an_order_of_its_own) {
    std::vector<std::size_t> const photos{3, 5, 7, 11, 13, 17, 19, 23};
    auto const plan = plan_training({photos, {}, {}}, {}, seed{1}, 0);
    std::map<std::size_t, int> met;
    std::vector<std::size_t> order;
    for (auto const& window : plan)
        if (window.kind == window_kind::positive) ++met[window.photo], order.push_back(window.photo);
    BOOST_TEST(met.size() == photos.size());
    for (auto const& [photo, times] : met) BOOST_TEST(times == 1);
    BOOST_TEST(order != photos, boost::test_tools::per_element());
    std::map<std::uint64_t, int> keys;
    for (auto const& window : plan) ++keys[window.key];
    BOOST_TEST(keys.size() == plan.size());
}

BOOST_AUTO_TEST_CASE(evaluation_goes_in_order_and_is_always_the_same) {
    plain_folder const folder(20);
    celeba const faces(folder.path);
    auto batches = faces.all().batches(code(), batches_of(6, 2, 1, false));
    auto const found = kinds(batches, 0);
    BOOST_TEST(found.at("positive") == 20);
    BOOST_TEST(found.at("negative") == 20);
    BOOST_TEST(found.count("part") == 0u);
    auto const once = epoch_of(batches, 0);
    BOOST_TEST(same_bits(once, epoch_of(batches, 9)));
    auto reseeded = faces.all().batches(code(), batches_of(6, 4, 77, false));
    BOOST_TEST(same_bits(once, epoch_of(reseeded, 0)));

    batch rows;
    batches.begin(0);
    BOOST_REQUIRE(batches.next(rows));
    auto const smiling = [&](std::size_t i) { return rows.targets(i, tasks::targets - 1); };
    BOOST_TEST(smiling(0) == 0); // photos 0, 1, 2: Smiling is -1, 1, -1
    BOOST_TEST(smiling(2) == 1);
    BOOST_TEST(smiling(4) == 0);
    BOOST_TEST(rows.masks(0, tasks::terms - 2) == 0); // photo 0: Male is not known
    BOOST_TEST(rows.masks(2, tasks::terms - 2) == 1);
    BOOST_TEST(rows.masks(0, 2) == 1); // photo 0 alone has landmarks
    BOOST_TEST(rows.masks(2, 2) == 0);
}

BOOST_AUTO_TEST_CASE(shifted_evaluation_moves_the_box) {
    plain_folder const folder(20);
    celeba const faces(folder.path);
    sampling options;
    options.evaluation = evaluation_windows::shifted;
    auto batches = faces.all(options).batches(code(), batches_of(20, 2, 1, false));
    BOOST_TEST(batches.windows_per_epoch() == 20u);
    batch rows;
    batches.begin(0);
    BOOST_REQUIRE(batches.next(rows));
    double least = 1, most = 0;
    for (std::size_t i = 0; i < rows.size; ++i) {
        double const centre = from_tenths(rows.targets(i, 1)) + from_tenths(rows.targets(i, 4)) / 2;
        least = std::min(least, centre), most = std::max(most, centre);
        BOOST_TEST(std::abs(centre - 0.5) < 0.1);
    }
    BOOST_TEST(most - least > 0.05);
    auto again = faces.all(options).batches(code(), batches_of(20, 4, 2, false));
    BOOST_TEST(same_bits(epoch_of(batches, 0), epoch_of(again, 3)));
}

BOOST_AUTO_TEST_CASE(a_bad_photo_is_reported_once_and_left_out) {
    plain_folder const folder(20);
    folder.put("Img/" + photo_name(7), "not a photo");
    std::filesystem::remove(folder.path / "Img" / photo_name(10));
    std::vector<float> first;
    for (int threads : {1, 2, 4}) {
        std::vector<std::string> reports;
        celeba const faces(folder.path, collecting(reports, {}));
        auto const photos = faces.all();
        auto batches = photos.batches(code(), batches_of(4, threads, 3, true));
        auto const found = epoch_of(batches, 0);
        if (threads == 1) first = found;
        BOOST_TEST(same_bits(found, first));
        BOOST_TEST(kinds(batches, 1).at("positive") == 18);
        BOOST_TEST(photos.bad_count() == 2u);
        BOOST_REQUIRE(reports.size() == 2u);
        std::sort(reports.begin(), reports.end());
        BOOST_TEST((reports[0].find(photo_name(10) + ": no such file") != std::string::npos), reports[0]);
        BOOST_TEST((reports[1].find(photo_name(7) + ": text, not a photo") != std::string::npos), reports[1]);
    }
}

BOOST_AUTO_TEST_CASE(more_bad_photos_than_the_limit_stop_the_epoch) {
    plain_folder const folder(20);
    for (int i : {2, 7, 12}) folder.put("Img/" + photo_name(i), "");
    std::string message;
    for (int threads : {1, 2, 4}) {
        std::vector<std::string> reports;
        celeba const faces(folder.path, collecting(reports, 2));
        auto batches = faces.all().batches(code(), batches_of(4, threads, 3, true));
        batch rows;
        batches.begin(0);
        try {
            while (batches.next(rows)) {
            }
            BOOST_ERROR("the third bad photo was borne");
        } catch (file_error const& problem) {
            if (threads == 1) message = problem.what();
            BOOST_TEST(problem.what() == message); // the same one for any number of threads
        }
        BOOST_TEST((message.find("photo number 3 that cannot be used, and the limit is 2") != std::string::npos), message);
        BOOST_TEST(reports.size() == 2u);
        BOOST_TEST(!batches.next(rows));
    }
}

BOOST_AUTO_TEST_CASE(a_batch_of_bad_photos_alone_is_passed_over) {
    plain_folder const folder(10);
    for (int i : {2, 3}) folder.put("Img/" + photo_name(i), "");
    std::vector<std::string> reports;
    celeba const faces(folder.path, collecting(reports, {}));
    auto batches = faces.all().batches(code(), batches_of(4, 2, 3, false)); // batch 1 is photos 2 and 3
    batch rows;
    batches.begin(0);
    std::size_t count = 0, windows = 0;
    while (batches.next(rows)) ++count, windows += rows.size;
    BOOST_TEST(count == 4u);
    BOOST_TEST(windows == 16u);
    BOOST_TEST(reports.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_epoch_may_be_broken_off) {
    plain_folder const folder(20);
    celeba const faces(folder.path);
    auto const photos = faces.all();
    auto whole = photos.batches(code(), batches_of(4, 2, 3, true));
    auto const expected = epoch_of(whole, 1);
    for (int taken = 0; taken < 4; ++taken) {
        auto batches = photos.batches(code(), batches_of(4, 3, 3, true));
        batch rows;
        BOOST_TEST(!batches.next(rows)); // not begun
        batches.begin(0);
        for (int i = 0; i < taken; ++i) BOOST_TEST(batches.next(rows));
        BOOST_TEST(same_bits(epoch_of(batches, 1), expected));
        batches.begin(2); // and the loader goes away in the middle
    }
}

BOOST_AUTO_TEST_CASE(other_errors_of_workers_arrive) {
    struct broken : dataset {
        std::size_t size() const override { return 8; }
        std::string name(std::size_t i) const override { return std::to_string(i); }
        bool has_face(std::size_t) const override { return true; }
        annotation label(std::size_t) const override { return {box{10, 10, 20, 20}, {}, {}, {}}; }
        example load(std::size_t i) const override {
            if (i == 5) throw std::logic_error("five");
            return {noise(i, 60, 60), label(i)};
        }
        std::shared_ptr<attribute_table const> attributes() const override {
            return std::make_shared<attribute_table const>(std::vector<std::string>{"Male", "Smiling"});
        }
    };
    split const photos(std::make_shared<broken>(), {0, 1, 2, 3, 4, 5, 6, 7});
    auto batches = photos.batches(code(), batches_of(4, 2, 1, false));
    batch rows;
    batches.begin(0);
    BOOST_TEST(batches.next(rows));
    BOOST_TEST(batches.next(rows));
    BOOST_CHECK_THROW(batches.next(rows), std::logic_error);
    BOOST_TEST(!batches.next(rows));
    batches.begin(1);
    BOOST_TEST(batches.next(rows));
}

namespace {

/// Photos in memory, whose annotations and pixels a test may spoil.
struct in_memory : dataset {
    annotation truth{box{10, 10, 20, 20}, {{15, 15}, {25, 15}, {20, 20}, {16, 25}, {24, 25}}, {1, -1}, {}};
    annotation loaded = truth;
    image::pixels photo = noise(1, 60, 60);
    bool no_attributes = false;
    std::size_t size() const override { return 8; }
    std::string name(std::size_t i) const override { return "memory " + std::to_string(i); }
    bool has_face(std::size_t) const override { return true; }
    annotation label(std::size_t) const override { return truth; }
    example load(std::size_t) const override { return {photo, loaded}; }
    std::shared_ptr<attribute_table const> attributes() const override {
        return std::make_shared<attribute_table const>(std::vector<std::string>{"Male", "Smiling"});
    }
};

/// What is wrong with a sample, by the loader's own words; once as its label and once as what comes with the pixels.
template <class F>
void refuses_sample(F&& spoil, std::string const& words) {
    for (bool const early : {true, false}) {
        auto const photos = std::make_shared<in_memory>();
        spoil(early ? photos->truth : photos->loaded);
        refuses<shape_error>(
            [&] {
                auto batches = split(photos, {0, 1}).batches(code(), batches_of(4, 2, 1, true));
                BOOST_TEST(!early);
                batch rows;
                batches.begin(0);
                batches.next(rows);
            },
            "sample 'memory ", words);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(labels_that_no_net_can_learn_from_are_refused_by_the_samples_name) {
    float const nan = std::numeric_limits<float>::quiet_NaN();
    refuses_sample([](annotation& a) { a.face->width = -5; }, "the face's box is -5");
    refuses_sample([&](annotation& a) { a.face->height = nan; }, "both sides must be at least 1");
    refuses_sample([](annotation& a) { a.face->width = a.face->height = 1e-30f; },
                   "both sides must be at least 1"); // targets would overflow
    refuses_sample([](annotation& a) { a.face->left = 1e30f; }, "lies on no photo");
    refuses_sample([](annotation& a) { a.face->height = 1e10f; }, "lies on no photo");
    refuses_sample([](annotation& a) { a.face.reset(); }, "has no box");
    refuses_sample([](annotation& a) { a.landmarks.resize(9); }, "9 landmarks, expected 5 or none");
    refuses_sample([&](annotation& a) { a.landmarks[3].y = nan; }, "a landmark at (");
    refuses_sample([](annotation& a) { a.attributes[1] = 7; }, "the label of attribute Smiling is 7");
    refuses_sample([](annotation& a) { a.attributes.pop_back(); }, "1 labels, but the data names 2");
    refuses_sample([](annotation& a) { a.other_faces.push_back({0, 0, 0, 5}); }, "the box of another face is 0");
    refuses_sample([&](annotation& a) { a.measurements["pose"] = {0, nan}; }, "the measurement 'pose' is not finite");
}

BOOST_AUTO_TEST_CASE(photos_of_another_shape_are_refused) {
    for (std::size_t const channels : {1u, 4u}) {
        auto const photos = std::make_shared<in_memory>();
        photos->photo.resize({60, 60, channels});
        auto batches = split(photos, {0, 1}).batches(code(), batches_of(4, 1, 1, true));
        batch rows;
        batches.begin(0);
        refuses<shape_error>([&] { batches.next(rows); }, "sample 'memory ", "60x60x" + std::to_string(channels));
    }
}

BOOST_AUTO_TEST_CASE(a_worker_that_cannot_be_made_is_an_error_of_the_constructor) {
    struct without_memory : in_memory {
        mutable int asked = 0;
        std::shared_ptr<attribute_table const> attributes() const override {
            if (++asked > 4) throw std::bad_alloc(); // the split, the loader and two workers have had theirs
            return in_memory::attributes();
        }
    };
    split const photos(std::make_shared<without_memory>(), {0, 1});
    BOOST_CHECK_THROW(photos.batches(code(), batches_of(4, 3, 1, true)), std::bad_alloc);
}

BOOST_AUTO_TEST_CASE(batches_larger_than_all_memory_are_refused) {
    split const photos(std::make_shared<in_memory>(), {0, 1});
    refuses<option_error>([&] { photos.batches(code(), batches_of(std::size_t{1} << 62, 1, 1, true)); }, "batch_options.batch is",
                          "at most");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // with them `new` ends the program where memory is not there
    auto batches = photos.batches(code(), batches_of(std::size_t{1} << 40, 1, 1, true)); // 2^40 windows: no machine has that
    batch rows;
    batches.begin(0);
    refuses<memory_error>([&] { batches.next(rows); }, "memory for a batch of 1099511627776 windows", "bytes");
#endif
}

BOOST_AUTO_TEST_CASE(a_thousand_loaders_start_and_stop) {
    split const photos(std::make_shared<in_memory>(), {0, 1, 2, 3, 4, 5, 6, 7});
    for (int i = 0; i < 1000; ++i) {
        auto batches = photos.batches(code(), batches_of(2, 2, 1, true));
        if (i % 4 == 0) continue; // never begun
        batch rows;
        batches.begin(0);
        if (i % 4 == 1) continue; // stopped while the workers begin
        BOOST_REQUIRE(batches.next(rows));
        if (i % 4 == 2) continue; // in the middle
        while (batches.next(rows)) {
        }
    }
}

BOOST_AUTO_TEST_CASE(options_and_attributes_are_checked) {
    plain_folder const folder(5);
    celeba const faces(folder.path);
    refuses<option_error>([&] { faces.all().batches(code(), batches_of(0, 1, 1, true)); }, "batch_options.batch", "at least 1");
    refuses<option_error>([&] { faces.all().batches(code(), batches_of(4, 0, 1, true)); }, "batch_options.threads", "at least 1");
    auto unknown = code();
    unknown.attribute_names.push_back("Wearing_Hat");
    refuses<option_error>([&] { faces.all().batches(unknown, batches_of(4, 1, 1, true)); }, "the net learns the attribute 'Wearing_Hat'",
                          "2 attributes of the data: Smiling, Male");
}

BOOST_AUTO_TEST_SUITE_END()
