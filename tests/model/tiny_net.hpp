// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/prelu.hpp>
#include <mcfa/model/pass/backward.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mcfa::test {

struct look : attributes<"Smiling", "Eyeglasses", "Wearing_Hat"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};

/// One of every layer.
struct small : stage<input<8>, conv<4, conv_options{.bias = false}>, batch_norm, prelu, max_pool<2>, conv<5, conv_options{.stride = 2}>,
                     relu, dropout<25>, global_average_pool> {};
struct large : stage<input<12>, conv<3, conv_options{.kernel = 5, .pad = 0}>, relu, average_pool<2>, flatten, dense<6>, batch_norm, prelu> {
};
struct tiny_net : cascade<tasks, small, large> {};

/// Layers at the places where their passes differ: at the very beginning, at the end, in place twice.
struct begins_with_relu : stage<input<4>, relu, conv<8>, global_average_pool> {};
struct begins_with_norm : stage<input<4>, batch_norm, conv<3, conv_options{.kernel = 4, .pad = 0}>, relu, relu> {};
struct begins_with_prelu : stage<input<4>, prelu, flatten, dense<4>, dropout<30>> {};
struct only_flattens : stage<input<2>, flatten> {};
struct odd_net : cascade<tasks, begins_with_relu, begins_with_norm, begins_with_prelu, only_flattens> {};

inline array<float, 4> noisy_windows(std::size_t count, int side, std::uint64_t key) {
    auto const s = static_cast<std::size_t>(side);
    array<float, 4> windows({count, s, s, std::size_t{3}});
    random_stream random{key};
    for (float& v : windows) v = static_cast<float>(random.uniform(-1, 1));
    return windows;
}

/// Windows for all stages of a net.
template <class Net>
std::vector<array<float, 4>> noisy_batch(std::size_t count, std::uint64_t key) {
    std::vector<array<float, 4>> windows;
    for (auto const& stage : Net::stages) windows.push_back(noisy_windows(count, stage.side, split_key(key, windows.size())));
    return windows;
}

template <class Workspace>
void load_all(Workspace& w, std::vector<array<float, 4>> const& windows, std::size_t count) {
    for (std::size_t j = 0; j < windows.size(); ++j) w.load(j, windows[j], count);
}

/// Parameters that look trained: no bias and no statistic at its simple beginning.
template <class T, class B>
void disturb(basic_model<T, B>& m, std::uint64_t key) {
    random_stream random{key};
    auto values = m.values();
    for (auto const& tensor : m.tensors())
        for (std::size_t i = 0; i < tensor.size(); ++i) {
            bool const variance = tensor.name.ends_with("running_var");
            values[tensor.first + i] += static_cast<T>(static_cast<float>(variance ? random.uniform(0, 1) : random.uniform(-0.3, 0.3)));
        }
    m.assign(values);
}

} // namespace mcfa::test
