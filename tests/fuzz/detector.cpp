// SPDX-License-Identifier: MIT
// A detector of any options and weights on any array and any frame: faces of finite numbers, or a refusal.
#include "input.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>

#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace {

using namespace mcfa;

// As small as a net can be that slides, joins a feature and judges: what is sought lies in the loops around it, and hundreds of inputs a second
// find more there than a large net does.
struct small
    : stage<input<8>, conv<2, conv_options{.kernel = 3, .pad = 0}>, relu, max_pool<2>, conv<2, conv_options{.kernel = 3, .pad = 0}>, relu> {
};
struct large : stage<input<12>, conv<1>, relu, max_pool<4>, flatten, dense<2>, relu> {};
struct net : cascade<heads<face_class, face_box, landmarks<5>>, small, large> {};

template <class Faces>
void expect_finite(Faces const& faces, std::size_t most) {
    fuzz::expect(faces.size() <= most, "there are no more faces than candidates");
    for (auto const& face : faces) {
        fuzz::expect(face.probability >= 0 && face.probability <= 1, "a probability is 0 to 1");
        fuzz::expect(std::isfinite(face.box.left) && std::isfinite(face.box.top) && std::isfinite(face.box.width) &&
                         std::isfinite(face.box.height),
                     "a face's box is finite");
    }
}

/// An array of that rank, of up to six along each axis.
template <std::size_t Rank, class Find>
void look_at_array(Find const& find, fuzz::numbers& in, std::size_t most) {
    std::array<std::size_t, Rank> shape;
    for (auto& extent : shape) extent = static_cast<std::size_t>(in.up_to(6));
    if constexpr (Rank == 3)
        if (in.up_to(1) != 0) shape = {static_cast<std::size_t>(in.up_to(24)), static_cast<std::size_t>(in.up_to(24)), 3};
    fuzz::accepted([&] { expect_finite(find(xt::xtensor<std::uint8_t, Rank>(shape, std::uint8_t{90})), most); });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    fuzz::numbers in({data, size});
    static model<net, float, backend::eigen> m{seed{1}, backend::eigen{.threads = 1}};
    static std::vector<float> const weights = m.values();
    auto changed = weights;
    if (int const kind = in.up_to(7); kind > 3) // large weights overflow on their way to a logit
        for (float& w : changed) w *= kind == 4 ? 1e3f : kind == 5 ? 1e10f : kind == 6 ? 1e20f : 1e30f;
    m.assign(changed);
    detector_options options{.thresholds = {0.1, 0.1}, .smallest_face = 8, .most_candidates = 8};
    if (in.up_to(3) == 0) { // any options, most of which are refused
        options.thresholds = {in.place(), in.place()};
        options.smallest_face = in.place();
        options.largest_face = in.place();
        options.factor = in.place() / 64;
        options.context = in.place();
        options.looks = in.up_to(3);
        options.most_candidates = in.up_to(12);
        options.batch = in.up_to(9);
    }
    options.mirror = in.up_to(1) != 0;
    fuzz::accepted([&] {
        detector const find{m, options};
        std::size_t const most =
            options.most_candidates > 0 ? static_cast<std::size_t>(options.most_candidates) : 200; // its photos are small
        switch (in.up_to(5)) {
        case 1:
            look_at_array<1>(find, in, most);
            break;
        case 2:
            look_at_array<2>(find, in, most);
            break;
        case 4:
            look_at_array<4>(find, in, most);
            break;
        default:
            look_at_array<3>(find, in, most);
        }

        int const high = in.up_to(20), wide = in.up_to(20);
        auto const order = static_cast<image::pixel_order>(in.up_to(4));
        std::ptrdiff_t const row = std::ptrdiff_t{wide} * bytes_per_pixel(order) + in.up_to(5);
        std::vector<std::uint8_t> memory(static_cast<std::size_t>(row * high));
        for (auto& value : memory) value = in.empty() ? static_cast<std::uint8_t>(&value - memory.data()) : in.any<std::uint8_t>();
        if (memory.empty()) return;
        bool const upside_down = in.up_to(1) != 0;
        expect_finite(
            find(image::frame(upside_down ? memory.data() + (high - 1) * row : memory.data(), high, wide, upside_down ? -row : row, order)),
            most);
    });
    return 0;
}
