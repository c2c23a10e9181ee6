// SPDX-License-Identifier: MIT
// Annotations of any numbers, through a data set of one's own: a row of finite numbers, or a refusal. And windows of any numbers.
#include "input.hpp"

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/data/row_maker.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace {

using namespace mcfa;

struct small : stage<input<6>, flatten> {};
struct large : stage<input<12>, flatten> {};
struct net : cascade<heads<face_class, face_box, landmarks<5>, attributes<"Smiling", "Male">>, small, large> {};

struct one_photo : data::dataset {
    image::pixels photo;
    annotation truth;
    std::shared_ptr<attribute_table const> names = std::make_shared<attribute_table const>(std::vector<std::string>{"Smiling", "Male"});
    std::size_t size() const override { return 1; }
    std::string name(std::size_t) const override { return "photo"; }
    bool has_face(std::size_t) const override { return truth.face.has_value(); }
    annotation label(std::size_t) const override { return truth; }
    data::example load(std::size_t) const override { return {photo, truth}; }
    std::shared_ptr<attribute_table const> attributes() const override { return names; }
};

bool number(float v) { return std::isfinite(v); }

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    fuzz::numbers in({data, size});
    one_photo photos;
    int const high = in.up_to(40), wide = in.up_to(40);
    photos.photo = image::blank(high, wide);
    std::generate(photos.photo.begin(), photos.photo.end(), [n = 0]() mutable { return static_cast<std::uint8_t>(n++ * 37); });
    auto const box_of = [&] { return box{in.place(), in.place(), in.place(), in.place()}; };
    int const what = in.up_to(255);
    if (what & 1) photos.truth.face = box_of();
    if (what & 2) photos.truth.landmarks.resize(what & 4 ? 5 : static_cast<std::size_t>(in.up_to(8)));
    for (point& p : photos.truth.landmarks) p = {in.place(), in.place()};
    if (what & 8) photos.truth.attributes = {in.any<std::int8_t>(), in.any<std::int8_t>()};
    if (what & 16) photos.truth.other_faces.push_back(box_of());
    if (what & 32) photos.truth.place_only = true;

    image::placement const window{{in.place(), in.place()}, in.place(), in.place(), (what & 64) != 0};
    std::vector<float> cut(5 * 5 * 3);
    if (fuzz::accepted([&] { image::cut(photos.photo, window, 5, cut); }))
        fuzz::expect(std::all_of(cut.begin(), cut.end(), [](float v) { return v >= -0.01f && v <= 255.01f; }), "a cut value is 0 to 255");

    data::sampling options;
    options.inside = 0.5f;
    options.resolution = 0.5f;
    static encoding const code = encoding_of(net::info);
    bool const training = (what & 128) != 0;
    data::row_maker maker(photos, options, code, training);
    batch rows;
    rows.size = 1;
    rows.windows = {array<float, 4>({1, 6, 6, 3}), array<float, 4>({1, 12, 12, 3})};
    rows.targets = array<float, 2>({1, static_cast<std::size_t>(code.targets)});
    rows.masks = array<float, 2>({1, static_cast<std::size_t>(code.terms)});
    for (auto const kind : {window_kind::positive, window_kind::part, window_kind::negative}) {
        data::planned_window const planned{0, kind, in.any<std::uint64_t>()};
        fuzz::accepted([&] {
            if (!maker.fill(planned, rows, 0)) return;
            for (auto const& pixels : rows.windows)
                fuzz::expect(std::all_of(pixels.begin(), pixels.end(), number), "a window's pixels are finite");
            fuzz::expect(std::all_of(rows.masks.begin(), rows.masks.end(), number), "masks are finite");
            fuzz::expect(std::all_of(rows.targets.begin(), rows.targets.end(), number), "targets are finite");
        });
    }
    return 0;
}
