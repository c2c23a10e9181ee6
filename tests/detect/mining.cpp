// SPDX-License-Identifier: MIT
#include "photos.hpp"

#include <mcfa/detect/detector_options.hpp>
#include <mcfa/detect/mining.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(mining)

namespace {

struct found_window {
    mcfa::box box;
    image::placement window;
};

annotation one_face() {
    annotation truth;
    truth.face = box{100, 100, 50, 50}; // reference square: side 80 around (125, 125)
    return truth;
}

found_window window_around(point centre, float side) {
    return {{centre.x - side / 3.2f, centre.y - side / 3.2f, side / 1.6f, side / 1.6f}, {centre, side, 0, false}};
}

/// Ten photos with a face each; the third cannot be read.
struct ten_photos : data::dataset {
    std::size_t size() const override { return 10; }
    std::string name(std::size_t i) const override { return "photo " + std::to_string(i); }
    bool has_face(std::size_t) const override { return true; }
    annotation label(std::size_t) const override { return one_face(); }
    data::example load(std::size_t i) const override {
        if (i == 2) throw file_error(name(i), "is torn");
        return {image::blank(250, 250 + static_cast<int>(i), 0, 0, 0), one_face()};
    }
    std::shared_ptr<attribute_table const> attributes() const override {
        return std::make_shared<attribute_table const>(std::vector<std::string>{});
    }
};

/// Finds the face, and something beside it whose size tells the photo.
struct two_things {
    detector_options settings;
    detector_options const& options() const { return settings; }
    std::vector<found_window> operator()(image::pixels const& photo) const {
        return {window_around({125, 125}, 80), window_around({220, 220}, static_cast<float>(image::width(photo) - 200))};
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(what_a_false_alarm_is) {
    auto truth = one_face();
    auto const alarm = [&](point centre, float side) { return detect::is_false_alarm(window_around(centre, side), truth, 1.6f); };
    BOOST_TEST(!alarm({125, 125}, 80));
    BOOST_TEST(!alarm({140, 125}, 80)); // moved aside, still the face
    BOOST_TEST(!alarm({125, 125}, 120));
    BOOST_TEST(alarm({125, 125}, 30)); // a part of the face
    BOOST_TEST(alarm({300, 125}, 80));
    truth.other_faces.push_back({280, 100, 50, 50});
    BOOST_TEST(!alarm({300, 125}, 80));
    BOOST_TEST(!alarm({300, 125}, 30)); // of an unknown face nothing is learned
}

BOOST_AUTO_TEST_CASE(false_alarms_of_some_photos) {
    std::vector<std::size_t> photos{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    data::split const all(std::make_shared<ten_photos>(), photos);
    std::size_t told = 0;
    auto const note = [&](std::size_t done, std::size_t total, std::size_t) {
        BOOST_TEST(done == ++told);
        BOOST_TEST(total == 10u);
    };
    auto const mined = detect::mine(two_things{}, all, 10, 7, note);
    BOOST_TEST(told == 10u);
    BOOST_TEST(mined.photos == 9u); // all but the torn one
    BOOST_TEST(mined.faces_found == 9u);
    BOOST_REQUIRE(mined.alarms.size() == 9u);
    for (auto const& w : mined.alarms) BOOST_TEST(w.place.side == static_cast<float>(50 + w.photo));
    auto const quiet = [](std::size_t, std::size_t, std::size_t) {};
    auto const few = detect::mine(two_things{}, all, 3, 7, quiet), again = detect::mine(two_things{}, all, 3, 7, quiet);
    BOOST_TEST(few.alarms.size() == few.photos);
    BOOST_TEST(few.photos >= 2u); // of three, one of which may be torn
    BOOST_TEST(few.photos <= 3u);
    BOOST_REQUIRE(few.alarms.size() == again.alarms.size());
    for (std::size_t i = 0; i < few.alarms.size(); ++i) BOOST_TEST(few.alarms[i].photo == again.alarms[i].photo);
}

BOOST_AUTO_TEST_CASE(nothing_mined_is_not_nothing_read) {
    data::split const torn(std::make_shared<ten_photos>(), {2});
    auto const quiet = [](std::size_t, std::size_t, std::size_t) {};
    BOOST_CHECK_EXCEPTION(detect::mine(two_things{}, torn, 10, 7, quiet), error,
                          [](error const& e) { return std::string(e.what()).find("photo 2: is torn") != std::string::npos; });
    struct blind {
        detector_options settings;
        detector_options const& options() const { return settings; }
        std::vector<found_window> operator()(image::pixels const&) const { return {}; }
    };
    auto const none = detect::mine(blind{}, data::split(std::make_shared<ten_photos>(), {0, 1}), 10, 7, quiet);
    BOOST_TEST(none.alarms.empty());
    BOOST_TEST(none.photos == 2u);
    BOOST_TEST(none.faces_found == 0u);
    struct beside_the_face : blind {
        std::vector<found_window> operator()(image::pixels const&) const { return {window_around({220, 220}, 50)}; }
    };
    auto const alarms = detect::mine(beside_the_face{}, data::split(std::make_shared<ten_photos>(), {0, 1}), 10, 7, quiet);
    BOOST_TEST(alarms.alarms.size() == 2u);
    BOOST_TEST(alarms.faces_found == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
