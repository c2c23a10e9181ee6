// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

/// A cascade that calls a window a face if its middle is bright: the first convolution passes the brightness on, and the heads of
/// every stage see the first stage's feature. The box is always 1 / context of the window, in its middle.
struct brightness
    : mcfa::stage<mcfa::input<16>, mcfa::average_pool<2>, mcfa::conv<1, mcfa::conv_options{.kernel = 8, .pad = 0}>, mcfa::relu> {};
struct bright_tasks : mcfa::heads<mcfa::face_class, mcfa::face_box> {};
struct bright_net : mcfa::cascade<bright_tasks, brightness> {};

template <class Net, class Backend>
mcfa::model<Net, float, Backend> bright_model(Backend backend) {
    mcfa::model<Net, float, Backend> m{mcfa::seed{1}, backend};
    auto values = m.values();
    std::fill(values.begin(), values.end(), 0.0f);
    for (auto const& t : m.tensors()) {
        float* const v = values.data() + t.first;
        if (t.name == "brightness.conv1.weight") // the window's middle 10 pixels against its edge
            for (int y = 0; y < 8; ++y)
                for (int x = 0; x < 8; ++x) {
                    bool const middle = y > 1 && y < 6 && x > 1 && x < 6;
                    for (int c = 0; c < 3; ++c) v[(c * 8 + y) * 8 + x] = middle ? 1.0f / 48 : -1.0f / 144;
                }
        if (t.name == "brightness.face.weight") v[1] = 8; // logit of the face: 8 * contrast, at most 16
        if (t.name == "brightness.face.bias") v[1] = -11;
        if (t.name == "brightness.box.bias") v[0] = v[1] = mcfa::to_tenths(0.1875f), v[2] = v[3] = mcfa::to_tenths(0.625f);
    }
    m.assign(values);
    return m;
}

/// Bright squares on black.
inline mcfa::image::pixels squares(int height, int width, std::vector<mcfa::box> const& all) {
    auto photo = mcfa::image::blank(height, width, 0, 0, 0);
    for (mcfa::box const& b : all)
        for (int y = static_cast<int>(b.top); y < static_cast<int>(b.bottom()); ++y)
            for (int x = static_cast<int>(b.left); x < static_cast<int>(b.right()); ++x)
                for (std::size_t k = 0; k < 3; ++k) photo(static_cast<std::size_t>(y), static_cast<std::size_t>(x), k) = 255;
    return photo;
}
