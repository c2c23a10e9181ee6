// SPDX-License-Identifier: MIT
// Nets that see a photo at several strides in one pass: what their places learn, what they find, and what a cascade makes of it.
#include "bright_faces.hpp"
#include "photos.hpp"

#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/detect/single_shot_detector.hpp>
#include <mcfa/detect/single_shot_trainer.hpp>
#include <mcfa/image/write.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/task/landmarks.hpp>
#include <mcfa/task/overlap_error.hpp>
#include <mcfa/train/step/step_state.hpp>
#include <mcfa/weighting/uniform.hpp>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace mcfa;

namespace {

template <int Channels>
using halved = block<conv<Channels, conv_options{.stride = 2, .bias = false}>, batch_norm, relu>;

struct near : stage<input<64>, halved<8>, halved<16>, halved<24>, conv<24>, relu> {};
struct far : stage<output_of<near>, max_pool<2>, conv<24>, relu, conv<24>, relu> {};
struct shot_tasks : heads<overlapping_face_box, face_class, landmarks<5>> {}; // the face's logits are not the first
struct squares_finder : single_shot<shot_tasks, near, far> {};

/// Without batch normalisation, so that it computes alike in training and in use.
template <int Channels>
using bare_halved = block<conv<Channels, conv_options{.stride = 2}>, relu>;
struct plain_near : stage<input<64>, bare_halved<8>, bare_halved<16>, bare_halved<16>, conv<16>, relu> {};
struct plain_far : stage<output_of<plain_near>, max_pool<2>, conv<16>, relu> {};
struct plain_finder : single_shot<shot_tasks, plain_near, plain_far> {};

constexpr auto const& grids = detect::place_grids<squares_finder>();

/// What the places of a stage learn of faces on a picture of 64 x 64 pixels.
detect::place_targets targets_of(std::size_t stage, std::vector<annotation> const& faces, std::vector<box> const& ignored = {}) {
    detect::place_targets to;
    int const side = static_cast<int>(64 / grids[stage].stride);
    detect::set_place_targets(squares_finder::info, grids[stage], side, side, stage == 0, stage == 1, faces, ignored, {}, to);
    return to;
}
annotation face_at(float x, float y, float width, float height) {
    annotation truth;
    truth.face = box{x - width / 2, y - height / 2, width, height};
    return truth;
}
std::size_t count_of(detect::place_targets const& t, detect::place_kind kind) {
    return static_cast<std::size_t>(std::ranges::count(t.kinds, kind));
}

/// A folder that goes with the test.
struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("mcfa_single_shot_" + std::to_string(::getpid()));
    folder() { std::filesystem::create_directories(path / "Img"); }
    ~folder() { std::filesystem::remove_all(path); }
    void say(std::string const& lines) const { std::ofstream(path / "truth.jsonl") << lines; }
};

/// One to three bright squares of 10 to 40 pixels on shade and noise.
std::vector<box> draw_squares(image::pixels& photo, std::uint64_t key) {
    random_stream random{key};
    photo = noise(96, 128, key);
    for (std::size_t i = 0; i < photo.size(); ++i) photo.data()[i] = static_cast<std::uint8_t>(photo.data()[i] / 8);
    std::vector<box> all;
    for (int n = 0; n < 3; ++n) {
        auto const side = static_cast<float>(static_cast<int>(random.uniform(10, 40)));
        box const drawn{static_cast<float>(random.below(static_cast<std::uint64_t>(128 - side))),
                        static_cast<float>(random.below(static_cast<std::uint64_t>(96 - side))), side, side};
        if (std::ranges::any_of(all, [&](box const& other) { return intersection(drawn, other) > 0; })) continue;
        all.push_back(drawn);
        for (int y = static_cast<int>(drawn.top); y < static_cast<int>(drawn.bottom()); ++y)
            for (int x = static_cast<int>(drawn.left); x < static_cast<int>(drawn.right()); ++x)
                for (int c = 0; c < 3; ++c) photo(y, x, c) = 250;
    }
    return all;
}

template <class Model>
void disturb_heads(Model& m) {
    auto values = m.values();
    random_stream random{5};
    for (tensor_info const& t : m.tensors())
        if (t.layer < 0)
            for (std::size_t i = 0; i < t.size(); ++i) values[t.first + i] = static_cast<float>(random.uniform(-1, 1));
    m.assign(values);
}

} // namespace

BOOST_AUTO_TEST_SUITE(single_shots)

BOOST_AUTO_TEST_CASE(places_lie_where_their_layers_look) {
    // three convolutions of stride 2 with a border of 1 are centred on pixel 0; the pool joins places 0 and 1
    BOOST_TEST(grids[0].first == 0.5);
    BOOST_TEST(grids[0].stride == 8);
    BOOST_TEST(grids[1].first == 4.5);
    BOOST_TEST(grids[1].side == 64);
    auto const window = grids[1].window(1, 2);
    BOOST_TEST(window.centre.x == 36.5f);
    BOOST_TEST(window.centre.y == 20.5f);
}

BOOST_AUTO_TEST_CASE(a_face_is_learned_where_its_size_suits) {
    auto const kinds = [&](float size) {
        std::vector<annotation> const faces{face_at(32.5f, 24.5f, size, size)};
        return std::pair{targets_of(0, faces).kinds[3 * 8 + 4], targets_of(1, faces).kinds[1 * 4 + 2]};
    };
    using enum detect::place_kind;
    BOOST_TEST((kinds(20) == std::pair{face, nothing}));        // 1 and .5 of what suits
    BOOST_TEST((kinds(28) == std::pair{face, face}));           // 1.4 and .7
    BOOST_TEST((kinds(40) == std::pair{nothing, face}));        // 2 and 1
    BOOST_TEST((kinds(50) == std::pair{background, face}));     // 2.5 and 1.25
    BOOST_TEST((kinds(8) == std::pair{nothing, background}));   // .4: too small for any stage
    BOOST_TEST((kinds(100) == std::pair{background, nothing})); // 2.5 of the last stage: too large for any
}

BOOST_AUTO_TEST_CASE(around_a_face_a_place_learns_its_box_alone) {
    auto const t = targets_of(0, {face_at(32.5f, 32.5f, 24, 30)});
    BOOST_TEST(count_of(t, detect::place_kind::face) == 1u); // 24 x 30: within 6 and 7.5 pixels of the middle
    BOOST_TEST(count_of(t, detect::place_kind::box_alone) == 8u);
    std::size_t const place = 4 * 8 + 4, aside = 4 * 8 + 5; // at (32.5, 32.5) and (40.5, 32.5)
    auto const row = [&](std::size_t p) { return std::span<float const>(t.targets).subspan(p * shot_tasks::targets, shot_tasks::targets); };
    box const said = face_box::decode(row(place).first(4)), said_aside = face_box::decode(row(aside).first(4));
    BOOST_TEST(said.left == (32 - 24) / 64.0f, boost::test_tools::tolerance(1e-5f)); // the window is 32 pixels about the place
    BOOST_TEST(said.left == (16 - 12) / 32.0f, boost::test_tools::tolerance(1e-5f));
    BOOST_TEST(said.height == 30 / 32.0f, boost::test_tools::tolerance(1e-5f));
    BOOST_TEST(said_aside.left == (16 - 12 - 8) / 32.0f, boost::test_tools::tolerance(1e-5f));
    auto const mask = [&](std::size_t p) {
        return std::vector<float>(t.masks.begin() + static_cast<std::ptrdiff_t>(p * 3),
                                  t.masks.begin() + static_cast<std::ptrdiff_t>(p * 3 + 3));
    };
    BOOST_TEST((mask(place) == std::vector<float>{1, 1, 0})); // box and class; no landmarks are known
    BOOST_TEST((mask(aside) == std::vector<float>{1, 0, 0}));
    BOOST_TEST((mask(0) == std::vector<float>{0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(of_two_faces_the_nearest_counts_and_ignored_boxes_teach_nothing) {
    auto const t = targets_of(0, {face_at(30, 32, 24, 24), face_at(42, 32, 24, 24)}, {{0, 0, 20, 20}});
    std::size_t const place = 4 * 8 + 5; // at (40.5, 32.5)
    BOOST_TEST((t.kinds[place] == detect::place_kind::face));
    float const left = face_box::decode(std::span<float const>(t.targets).subspan(place * shot_tasks::targets, 4)).left;
    BOOST_TEST(left == (16 + 1.5f - 12) / 32, boost::test_tools::tolerance(1e-5f));
    BOOST_TEST(count_of(t, detect::place_kind::nothing) == 9u); // places at .5, 8.5, 16.5
}

BOOST_AUTO_TEST_CASE(a_mirrored_crop_changes_left_and_right) {
    annotation truth = face_at(40, 50, 20, 30);
    truth.landmarks = {{35, 45}, {45, 46}, {40, 52}, {36, 58}, {44, 59}};
    image::placement const window{{50, 50}, 100, 0, true};
    auto const seen = detect::on_crop(truth, window, 50); // half the size
    BOOST_TEST(std::abs(seen.face->left - 25) < 1e-4f);
    BOOST_TEST(seen.face->width == 10.0f);
    BOOST_TEST(seen.landmarks[0].x == 27.5f); // the right eye is the left one now
    BOOST_TEST(seen.landmarks[0].y == 23.0f);
    BOOST_TEST(seen.landmarks[3].x == 28.0f);
}

BOOST_AUTO_TEST_CASE(gradients_of_the_loss_of_all_places_are_finite_differences) {
    std::vector<detect::photo_crop> crops(2);
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 2; ++j) {
            annotation truth = face_at(30.0f + 5 * static_cast<float>(i), 28, 28, 32);
            if (i == 0) truth.landmarks = {{25, 25}, {35, 26}, {30, 32}, {26, 38}, {34, 39}};
            crops[i].stages.push_back(targets_of(j, {truth}, {{0, 0, 10, 10}}));
        }
    std::vector<std::vector<double>> logits;
    random_stream random{2};
    for (auto const& stage : squares_finder::stages) {
        logits.emplace_back(2 * static_cast<std::size_t>(stage.places) * shot_tasks::length);
        for (double& z : logits.back()) z = random.uniform(-1, 1);
    }
    detect::place_loss loss(squares_finder::info, {.negatives = 3, .places = 0.5, .by_overlap = false});
    auto const total = [&] {
        loss.evaluate(crops, logits);
        double sum = 0;
        for (auto const& task : squares_finder::info.tasks)
            sum += (task.name == face_class::name ? 1 : 0.5) * loss.means[static_cast<std::size_t>(task.first_term)];
        return sum;
    };
    (void)total();
    auto const slopes = loss.dlogits;
    constexpr double step = 1e-6;
    for (std::size_t j = 0; j < logits.size(); ++j)
        for (std::size_t i = 0; i < logits[j].size(); i += 7) {
            double const z = logits[j][i];
            logits[j][i] = z + step;
            double const above = total();
            logits[j][i] = z - step;
            double const below = total();
            logits[j][i] = z;
            BOOST_TEST_INFO("stage " << j << ", logit " << i);
            BOOST_TEST(std::abs(slopes[j][i] - (above - below) / (2 * step)) < 1e-6 * (1 + std::abs(slopes[j][i])));
        }
}

using backends = std::tuple<backend::reference, backend::eigen, backend::emulated_device>;

BOOST_AUTO_TEST_CASE_TEMPLATE(tiles_change_nothing, B, backends) {
    model<squares_finder, float, B> m{seed{3}};
    disturb_heads(m);
    prepared_model const ready{m, 1, weights_form::fast, first_stage_sees::planes};
    auto const photo = noise(150, 210);
    using seen = std::map<std::tuple<float, float, float>, std::vector<float>>;
    auto const all = [&](int most_side) {
        detect::shots<decltype(m)> see{ready, most_side};
        detect::photo_sizes sizes;
        sizes.show(photo);
        seen found;
        see(sizes, 1.3, 0, [&](image::placement const& w, std::span<float const> logits) {
            BOOST_TEST(found.emplace(std::tuple{w.side, w.centre.y, w.centre.x}, std::vector<float>(logits.begin(), logits.end())).second);
        });
        return found;
    };
    auto const whole = all(1024), tiled = all(32);
    BOOST_TEST_REQUIRE(whole.size() == 16u * 22 + 8 * 11); // 116 x 162 pixels, in whole units of 16: 128 x 176
    BOOST_TEST_REQUIRE(tiled.size() == whole.size());
    for (auto const& [place, logits] : whole) {
        auto const& other = tiled.at(place);
        for (std::size_t i = 0; i < logits.size(); ++i) BOOST_TEST(std::abs(logits[i] - other[i]) < 1e-3f * (1 + std::abs(logits[i])));
    }
}

BOOST_AUTO_TEST_CASE(a_photo_is_seen_as_a_crop_is) {
    model<plain_finder, float, backend::eigen> m{seed{3}};
    disturb_heads(m);
    prepared_model const ready{m, 1, weights_form::fast, first_stage_sees::planes};
    auto const photo = noise(64, 64);
    workspace<float, backend::eigen> w(m, 1, purpose::training);
    std::vector<float> pixels(64 * 64 * 3);
    image::cut(photo, {{32, 32}, 64, 0, false}, 64, pixels);
    plain_finder::stages[0].rule.apply(pixels.data(), w.input(0), pixels.size());
    forward_places_training(m, w, 1, 1);
    detect::shots<decltype(m)> see{ready};
    detect::photo_sizes sizes;
    sizes.show(photo);
    std::array<std::size_t, 2> seen{};
    see(sizes, 1, 0, [&](image::placement const& window, std::span<float const> logits) {
        std::size_t const j = window.side == 32 ? 0 : 1, place = seen[j]++;
        for (std::size_t i = 0; i < logits.size(); ++i) {
            float const expected = w.logits(j)[place * shot_tasks::length + i];
            BOOST_TEST(std::abs(logits[i] - expected) < 1e-4f * (1 + std::abs(expected)));
        }
    });
    BOOST_TEST(seen[0] == 64u);
    BOOST_TEST(seen[1] == 16u);
}

BOOST_AUTO_TEST_CASE(squares_are_learned_and_found_and_judged) {
    folder const data;
    std::string lines;
    for (int i = 0; i < 24; ++i) {
        image::pixels photo;
        auto const all = draw_squares(photo, static_cast<std::uint64_t>(i));
        std::string const name = std::to_string(i) + ".png";
        image::write_png(data.path / "Img" / name, photo);
        lines += "{\"file\": \"" + name + "\", \"boxes\": [";
        for (box const& b : all)
            lines += (&b == all.data() ? "[" : ", [") + std::to_string(b.left) + ", " + std::to_string(b.top) + ", " +
                     std::to_string(b.width) + ", " + std::to_string(b.height) + "]";
        lines += "]}\n";
    }
    data.say(lines);
    model<squares_finder, float, backend::eigen> m{seed{3}};
    single_shot_trainer t{m, adamw{.rate = 1e-2}};
    std::vector<double> losses;
    t.fit(detect::photo_crops<squares_finder>(detect::read_face_photos(data.path),
                                              {.smallest_face = 10, .largest_face = 40, .enlarged = 1, .mosaic = 0}),
          {.epochs = 120, .batch = 4, .on_epoch = [&](single_shot_epoch const& e) { losses.push_back(e.losses[0]); }});
    BOOST_TEST(losses.size() == 120u);
    BOOST_TEST(losses.back() < losses.front() / 2);

    // at this size the photo is seen about as large as in training, so that no square is larger than those learned
    single_shot_detector const find{m, {.thresholds = {0.4}, .smallest_face = 12.5f}};
    single_shot_detector<decltype(m), bfloat16> const find_narrow{m, {.thresholds = {0.4}, .smallest_face = 12.5f}};
    auto const judge = bright_model<bright_net>(backend::eigen{});
    detector const judged{m, judge, {.thresholds = {0.5}, .smallest_face = 12.5f, .finder_threshold = 0.2}};
    int truths = 0, found = 0, found_narrow = 0, false_alarms = 0, found_judged = 0;
    for (int i = 100; i < 120; ++i) {
        image::pixels photo;
        auto const all = draw_squares(photo, static_cast<std::uint64_t>(i));
        auto const meets = [&](auto const& faces, box const& b) {
            return std::ranges::any_of(faces, [&](auto const& f) { return iou(f.box, b) > 0.5f; });
        };
        auto const faces = find(photo);
        auto const narrow = find_narrow(photo);
        auto const by_both = judged(photo);
        truths += static_cast<int>(all.size());
        for (box const& b : all) found += meets(faces, b), found_narrow += meets(narrow, b), found_judged += meets(by_both, b);
        for (auto const& f : faces) false_alarms += std::ranges::none_of(all, [&](box const& b) { return iou(f.box, b) > 0.3f; });
    }
    BOOST_TEST_MESSAGE(truths << " squares, found " << found << ", in bfloat16 " << found_narrow << ", judged " << found_judged
                              << ", false alarms " << false_alarms);
    BOOST_TEST(found >= truths * 7 / 10);
    BOOST_TEST(std::abs(found - found_narrow) <= 1);
    BOOST_TEST(found_judged >= truths / 3); // the judge says one box whatever it sees
    BOOST_TEST(false_alarms <= truths / 10);
}

BOOST_AUTO_TEST_CASE(what_takes_windows_refuses_a_single_shot) {
    model<squares_finder, float, backend::eigen> m{seed{3}};
    auto const names_it = [](option_error const& problem) {
        return std::string(problem.what()).find("this net is a single_shot") != std::string::npos;
    };
    BOOST_CHECK_EXCEPTION((step_state<float, backend::eigen, sgd, weighting::uniform>(m, {}, {}, 1, {}, 0, {1}, 1, {})), option_error,
                          names_it);
    BOOST_CHECK_EXCEPTION(check_judges_windows(m.net(), "calibration"), option_error, names_it);
    BOOST_CHECK_EXCEPTION((single_shot_detector(m, {.thresholds = {0.5, 0.5}})), option_error, [](option_error const& problem) {
        return std::string(problem.what()).find("one threshold, given 2") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(a_mosaic_shows_parts_of_four_photos) {
    folder const data;
    std::string lines;
    for (int i = 0; i < 4; ++i) { // each of one grey with a face in the middle
        std::string const name = std::to_string(i) + ".png";
        auto const value = static_cast<std::uint8_t>(60 + 40 * i);
        image::write_png(data.path / "Img" / name, image::blank(100, 100, value, value, value));
        lines += "{\"file\": \"" + name + "\", \"boxes\": [[40, 40, 20, 20]]}\n";
    }
    data.say(lines);
    detect::crop_options options{.enlarged = 1, .mosaic = 1, .background = 0};
    options.colour = {};
    options.colour.brightness = options.colour.contrast = options.colour.saturation = 0;
    options.corrupt.share = 0;
    detect::photo_crops<squares_finder> const crops(detect::read_face_photos(data.path), options);
    std::size_t learned = 0, greys = 0;
    for (std::uint64_t key = 0; key < 20; ++key) {
        auto const crop = crops.crop(1, key), again = crops.crop(1, key);
        BOOST_TEST((crop.pixels == again.pixels));
        std::vector<float> corners{crop.pixels[3 * (4 * 64 + 4)], crop.pixels[3 * (4 * 64 + 59)], crop.pixels[3 * (59 * 64 + 4)],
                                   crop.pixels[3 * (59 * 64 + 59)]};
        std::ranges::sort(corners);
        greys += static_cast<std::size_t>(std::ranges::unique(corners).begin() - corners.begin());
        learned += count_of(crop.stages[0], detect::place_kind::face) > 0;
    }
    BOOST_TEST(greys > 40u); // of 80, some parts showing one photo by chance
    BOOST_TEST(learned >= 18u);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_list_of_photos_is_named) {
    folder const data;
    auto const refuses = [&](std::string const& line, std::string const& because) {
        data.say("{\"file\": \"a\", \"boxes\": []}\n" + line + "\n");
        try {
            detect::read_face_photos(data.path);
        } catch (annotation_error const& problem) {
            return std::string(problem.what()).find("truth.jsonl:2") != std::string::npos &&
                   std::string(problem.what()).find(because) != std::string::npos;
        }
        return false;
    };
    BOOST_TEST(refuses(R"({"file": "a"})", "boxes is missing"));
    BOOST_TEST(refuses(R"({"file": "a", "boxes": [[1, 2, 3]]})", "a box has 3 numbers"));
    BOOST_TEST(refuses(R"({"file": "a", "boxes": [[1, 2, 3, 4]], "invalid": []})", "invalid has 0 values for 1 boxes"));
    BOOST_TEST(refuses(R"({"file": "a", "boxes": [[1, 2, 3, 1e99]]})", "height is not a finite number"));
    BOOST_TEST(refuses("{", "not a line of JSON"));
    data.say("");
    BOOST_CHECK_THROW(detect::read_face_photos(data.path), file_error);
    data.say("{\"file\": \"a\", \"boxes\": [[1, 2, 3, 4], [5, 6, 7, 8], [1, 1, 0, 4]], \"invalid\": [0, 1, 0]}\n");
    auto const photos = detect::read_face_photos(data.path);
    BOOST_TEST_REQUIRE(photos.size() == 1u);
    BOOST_TEST(photos[0].faces.size() == 1u);
    BOOST_TEST(photos[0].ignored.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
