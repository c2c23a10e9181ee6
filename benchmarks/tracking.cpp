// SPDX-License-Identifier: MIT
// Follows the faces of drawn videos, a camera that moves over scenes of annotated photos, beside finding them anew in every frame:
// tracking <folder of CelebA's layout> [videos] [smallest face]
#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/detect/score/landmark_error.hpp>
#include <mcfa/detect/score/scenes.hpp>
#include <mcfa/detect/tracker.hpp>
#include <mcfa/image/resample.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

using namespace mcfa;

namespace {

constexpr int side = 640, frames = 150;

/// Where the camera looks in a frame: it sways, nears, goes off and tilts in five seconds.
image::placement view(detect::scene const& over, int frame) {
    double const t = frame / 30.0;
    auto const wave = [&](double seconds, double height) { return static_cast<float>(height * std::sin(2 * 3.14159265 * t / seconds)); };
    auto const wide = static_cast<float>(image::width(over.photo)), high = static_cast<float>(image::height(over.photo));
    return {{wide / 2 + wave(5.8, 240), high / 2 + wave(4.6, 110)}, side * (1.1f + wave(6.2, 0.15)), wave(4.2, 0.06), false};
}

/// What a camera of some noise sees there.
image::pixels shot(detect::scene const& over, image::placement const& window, random_stream& random) {
    std::vector<float> cut(static_cast<std::size_t>(side) * side * 3);
    image::cut(over.photo, window, side, cut);
    auto photo = image::blank(side, side);
    for (std::size_t i = 0; i < cut.size(); ++i)
        photo.data()[i] = static_cast<std::uint8_t>(std::clamp(cut[i] + static_cast<float>(random.uniform(-6, 6)), 0.0f, 255.0f));
    return photo;
}

/// Figures of one way to find faces.
struct tally {
    double seconds = 0, slowest = 0, error = 0, trembling = 0;
    std::size_t frames = 0, faces = 0, found = 0, measured = 0, moved = 0, switches = 0, alarms = 0;
    std::map<std::size_t, std::size_t> numbers; ///< of each true face, as last seen
    std::map<std::size_t, point> last_error;    ///< of its nose, in eye distances

    void new_video() { numbers.clear(), last_error.clear(); }

    template <class Find>
    void run(Find&& find, detect::scene const& over, image::placement const& window, image::pixels const& photo) {
        std::clock_t const start = std::clock(); // processor time, of one thread: other programs do not count
        auto const all = find(photo);
        double const took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        seconds += took;
        slowest = std::max(slowest, took);
        ++frames;
        std::size_t matched = 0;
        for (std::size_t i = 0; i < over.faces.size(); ++i) {
            auto const& truth = over.faces[i];
            auto const seen_at = [&](point p) {
                point const q = image::to_window(window, p);
                return point{q.x * side, q.y * side};
            };
            point const centre = seen_at(truth.face->centre());
            float const size = std::max(truth.face->width, truth.face->height) * side / window.side;
            box const place{centre.x - size / 2, centre.y - size / 2, size, size};
            bool const whole = place.left > 0 && place.top > 0 && place.right() < side && place.bottom() < side;
            auto const best = std::ranges::max_element(all, {}, [&](auto const& f) { return iou(f.box, place); });
            bool const hit = best != all.end() && iou(best->box, place) > 0.5f;
            matched += hit;
            if (!whole) continue;
            ++faces;
            if (!hit) continue;
            ++found;
            if constexpr (requires { best->number; }) {
                auto const known = numbers.find(i);
                switches += known != numbers.end() && known->second != best->number;
                numbers[i] = best->number;
            }
            if (truth.landmarks.size() != 5) continue;
            std::array<point, 5> marks;
            for (std::size_t k = 0; k < 5; ++k) marks[k] = seen_at(truth.landmarks[k]);
            float const eyes = std::hypot(marks[0].x - marks[1].x, marks[0].y - marks[1].y);
            double sum = 0;
            for (std::size_t k = 0; k < 5; ++k)
                sum += std::hypot(best->landmarks[k].x - marks[k].x, best->landmarks[k].y - marks[k].y) / eyes;
            error += sum / 5;
            ++measured;
            point const off{(best->landmarks[2].x - marks[2].x) / eyes, (best->landmarks[2].y - marks[2].y) / eyes};
            if (auto const before = last_error.find(i); before != last_error.end()) {
                trembling += std::hypot(off.x - before->second.x, off.y - before->second.y);
                ++moved;
            }
            last_error[i] = off;
        }
        alarms += all.size() - std::min(all.size(), matched);
    }

    void print(char const* name) const {
        std::printf("%-10s %7.2f ms a frame, slowest %6.2f; found %.2f %% of %zu faces; NME %.2f %%, trembling %.2f %%; %zu numbers "
                    "changed; %.3f others a frame\n",
                    name, 1e3 * seconds / static_cast<double>(frames), 1e3 * slowest,
                    100 * static_cast<double>(found) / static_cast<double>(faces), faces, 100 * error / static_cast<double>(measured),
                    100 * trembling / static_cast<double>(moved), switches, static_cast<double>(alarms) / static_cast<double>(frames));
    }
};

int run(char const* folder, std::size_t videos, float smallest) {
    data::celeba const faces{folder};
    auto const photos = faces.test();
    std::vector<std::size_t> order(photos.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    data::shuffle(order, {1});
    detect::scene_maker scenes(photos, order, {.height = 960, .width = 1280, .smallest_face = 90, .largest_face = 320});
    auto const slim = zoo::pretrained::slim(backend::eigen{.threads = 1});
    detector const find{slim, {.smallest_face = smallest, .mirror = true}};
    tally anew, followed;
    for (std::size_t video = 0; video < videos; ++video) {
        auto const over = scenes.next();
        if (!over) break;
        tracker follow{find};
        anew.new_video(), followed.new_video();
        random_stream random{video};
        for (int f = 0; f < frames; ++f) {
            auto const window = view(*over, f);
            auto const photo = shot(*over, window, random);
            anew.run(find, *over, window, photo);
            followed.run(follow, *over, window, photo);
        }
    }
    anew.print("found anew");
    followed.print("followed");
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: tracking <folder of CelebA's layout> [videos] [smallest face]\n", stderr), 2;
    try {
        return run(argv[1], argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 10, argc > 3 ? std::strtof(argv[3], nullptr) : 40.0f);
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "tracking: %s\n", problem.what());
        return 1;
    }
}
