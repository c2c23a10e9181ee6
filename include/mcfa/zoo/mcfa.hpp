// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>
#include <mcfa/zoo/celeba_attributes.hpp>

namespace mcfa::zoo {

/// Scales every channel count and feature length: `width<1, 4>` is a quarter of the paper's net.
template <int Numerator, int Denominator = 1>
struct width {
    static_assert(Numerator > 0 && Denominator > 0, "mcfa: a width is a positive fraction");
    static constexpr int of(int channels) {
        int const scaled = channels * Numerator / Denominator;
        return scaled > 0 ? scaled : 1;
    }
};

/// The body as the paper's readers describe it has no normalisation; `batch_norm` and `dropout` (percent, on the own feature) are ours,
/// for training from nothing on thousands rather than hundreds of thousands of images.
struct body_options {
    bool batch_norm = false;
    int dropout = 0;
};

/// The end of a body: a layer that yields the own feature, rectified; normalisation and dropout are optional.
template <class Last, body_options Options>
struct feature_end {
    static constexpr auto normalise() {
        if constexpr (Options.batch_norm) return layer_list<Last, batch_norm, relu>{};
        else return layer_list<Last, relu>{};
    }
    static constexpr auto drop() {
        if constexpr (Options.dropout > 0) return layer_list<dropout<Options.dropout>>{};
        else return layer_list<>{};
    }
    using layers = decltype(normalise() + drop());
};

template <body_options Options>
inline constexpr vgg_options blocks{.batch_norm = Options.batch_norm};

/// S_Net, 56 px: fully convolutional, so that it can sweep a whole photo.
template <class W, body_options O = body_options{}>
struct s_net : stage<input<56>, vgg_block<W::of(64), 2, blocks<O>>, vgg_block<W::of(128), 2, blocks<O>>,
                     vgg_block<W::of(256), 3, blocks<O>>, feature_end<conv<W::of(256), conv_options{.kernel = 7, .pad = 0}>, O>> {};

/// M_Net, 112 px.
template <class W, body_options O = body_options{}>
struct m_net
    : stage<input<112>, vgg_block<W::of(64), 2, blocks<O>>, vgg_block<W::of(128), 2, blocks<O>>, vgg_block<W::of(256), 3, blocks<O>>,
            vgg_block<W::of(512), 3, blocks<O>>, flatten, feature_end<dense<W::of(1024)>, O>> {};

/// L_Net, 224 px: the body of VGG-16.
template <class W, body_options O = body_options{}>
struct l_net
    : stage<input<224>, vgg_block<W::of(64), 2, blocks<O>>, vgg_block<W::of(128), 2, blocks<O>>, vgg_block<W::of(256), 3, blocks<O>>,
            vgg_block<W::of(512), 3, blocks<O>>, vgg_block<W::of(512), 3, blocks<O>>, flatten, feature_end<dense<W::of(1024)>, O>> {};

/// The paper's tasks: face, box, five landmarks, 40 attributes.
struct mcfa_tasks : heads<face_class, face_box, landmarks<5>, celeba_attributes> {};

/// The paper's cascade, S, M and L.
template <class W = width<1>, body_options O = body_options{}, class Tasks = mcfa_tasks>
struct mcfa_net : cascade<Tasks, s_net<W, O>, m_net<W, O>, l_net<W, O>> {};

/// Its first two stages: a fifth of the work, for narrow machines and early trials.
template <class W = width<1>, body_options O = body_options{}, class Tasks = mcfa_tasks>
struct mcfa_net_sm : cascade<Tasks, s_net<W, O>, m_net<W, O>> {};

/// Its first stage alone.
template <class W = width<1>, body_options O = body_options{}, class Tasks = mcfa_tasks>
struct mcfa_net_s : cascade<Tasks, s_net<W, O>> {};

} // namespace mcfa::zoo
