// SPDX-License-Identifier: MIT
#include "found_pictures.hpp"

#include <mcfa/backend/reference.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/detect/mining_rounds.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/face_class.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(mining_over_epochs)

namespace {

struct tasks : heads<face_class> {};
struct only : stage<input<8>, conv<2, conv_options{.kernel = 8, .pad = 0}>, relu> {};
struct net : cascade<tasks, only> {};
using small_model = model<net, float, backend::reference>;

struct found_window {
    mcfa::box box;
    image::placement window;
};

/// Finds one thing in the corner of each photo, where no face is.
struct corner_finder {
    detector_options settings;
    detector_options const& options() const { return settings; }
    std::vector<found_window> operator()(image::pixels const&) const { return {{{90, 80, 10, 10}, {{95, 85}, 16, 0, false}}}; }
};

struct training {
    training() { std::filesystem::create_directories(folder); }
    ~training() { std::filesystem::remove_all(folder); }
    auto rounds(detect::mining_options options) {
        return detect::mining_rounds(options, photos, folder, m, [this](detector_options how) {
            seen = m.values();
            return corner_finder{how};
        });
    }
    void checkpoint_of(int epoch) {
        io::json settings;
        training_position position;
        position.epoch = epoch;
        io::save(m, folder / "last.safetensors", {{"training", position_text(position, settings)}});
    }
    std::filesystem::path folder = std::filesystem::temp_directory_path() / "mcfa-mining-rounds";
    small_model m{seed{3}};
    data::split photos{std::make_shared<portraits>(6), {0, 1, 2, 3, 4, 5}};
    std::vector<float> seen; // the weights that mined last
};

detect::mining_options two_rounds_in_six_epochs() { return {.rounds = 2, .epochs = 6, .photos = 3, .seed = seed{1}}; }

} // namespace

BOOST_AUTO_TEST_CASE(rounds_are_spread_over_the_epochs_and_none_follows_the_last) {
    training t;
    auto rounds = t.rounds(two_rounds_in_six_epochs());
    std::vector<int> numbers;
    std::size_t photos = 0;
    rounds.on_round = [&](detect::mining_round const& round) {
        numbers.push_back(round.number);
        BOOST_TEST(round.alarms == 3u);
    };
    rounds.on_photo = [&](std::size_t, std::size_t, std::size_t) { ++photos; };
    std::vector<int> done;
    for (int epoch = 1; epoch <= 6; ++epoch) rounds.after(epoch), done.push_back(rounds.done());
    BOOST_TEST(done == (std::vector<int>{0, 1, 1, 2, 2, 2}), boost::test_tools::per_element());
    BOOST_TEST(numbers == (std::vector<int>{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(photos == 6u);
    BOOST_TEST(t.photos.mined().size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_resumed_training_goes_on_with_the_windows_so_far) {
    training first;
    auto const mined = [&] {
        auto rounds = first.rounds(two_rounds_in_six_epochs());
        for (int epoch = 1; epoch <= 3; ++epoch) rounds.after(epoch);
        return first.photos.mined();
    }();
    first.checkpoint_of(3);
    first.photos.mined().clear();
    first.seen.clear();
    auto rounds = first.rounds(two_rounds_in_six_epochs());
    rounds.resume();
    BOOST_TEST(rounds.done() == 1);
    BOOST_TEST(first.seen.empty()); // nothing was due
    BOOST_REQUIRE(first.photos.mined().size() == mined.size());
    for (std::size_t i = 0; i < mined.size(); ++i) BOOST_TEST(first.photos.mined()[i].photo == mined[i].photo);
}

BOOST_AUTO_TEST_CASE(a_round_that_was_broken_off_is_made_up_for_with_the_weights_of_its_epoch) {
    training t;
    auto const of_the_epoch = t.m.values();
    t.checkpoint_of(2);
    std::vector<float> other(of_the_epoch.size(), 0.25f);
    t.m.assign(other);
    auto rounds = t.rounds(two_rounds_in_six_epochs());
    rounds.resume();
    BOOST_TEST(rounds.done() == 1);
    BOOST_TEST((t.seen == of_the_epoch));
    BOOST_TEST((t.m.values() == other));
}

BOOST_AUTO_TEST_CASE(a_round_that_fails_is_not_counted) {
    training t;
    auto rounds = t.rounds(two_rounds_in_six_epochs());
    std::filesystem::remove_all(t.folder); // mined.txt cannot be written
    BOOST_CHECK_THROW(rounds.after(2), file_error);
    BOOST_TEST(rounds.done() == 0);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
    training t;
    BOOST_CHECK_THROW(t.rounds({.rounds = -1, .epochs = 3}), option_error);
    BOOST_CHECK_THROW(t.rounds({.rounds = 3, .epochs = 3}), option_error);
    BOOST_CHECK_THROW(t.rounds({.rounds = 1, .epochs = 3, .photos = 0}), option_error);
}

BOOST_AUTO_TEST_SUITE_END()
