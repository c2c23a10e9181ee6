// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/activation.hpp>
#include <mcfa/op/addition.hpp>
#include <mcfa/op/batch_normalisation.hpp>
#include <mcfa/op/channel_scale.hpp>
#include <mcfa/op/convolution.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/depthwise.hpp>
#include <mcfa/op/gramian.hpp>
#include <mcfa/op/loss.hpp>
#include <mcfa/op/patches.hpp>
#include <mcfa/op/pooling.hpp>
#include <mcfa/op/rearrange.hpp>
#include <mcfa/op/reduction.hpp>
#include <mcfa/op/update.hpp>

#include <cstddef>
#include <type_traits>

namespace mcfa {

/// Passes by number, for a backend whose kernels are compiled apart from the program.
template <class... Passes>
struct pass_list {
    static constexpr std::size_t size = sizeof...(Passes);

    template <class Pass>
    static constexpr bool has = (std::is_same_v<Pass, Passes> || ...);

    /// The place of a pass; `size` for one that the list lacks.
    template <class Pass>
    static constexpr std::size_t place() {
        std::size_t before = 0;
        (void)((std::is_same_v<Pass, Passes> || (++before, false)) || ...);
        return before;
    }
};

/// Both lists, one after the other.
template <class... First, class... Second>
constexpr pass_list<First..., Second...> operator+(pass_list<First...>, pass_list<Second...>) {
    return {};
}

/// The passes of a net and of its training in one scalar.
template <class T>
using passes_of =
    pass_list<rectifier_forward<T>, rectifier_backward<T>, parametric_rectifier_forward<T>, parametric_rectifier_backward<T>,
              activation_forward<T>, activation_backward<T>, addition<T>, dropout_mask<T>, patches<T>, patches_gradient<T>,
              pooling_forward<T>, pooling_backward<T>, batch_normalisation_training<T>, batch_normalisation_inference<T>,
              batch_normalisation_backward<T>, channel_scale<T>, channel_products<T>, channels_first<T>, channels_last<T>, column_copy<T>,
              sum_of_squares<T>, weighted_column_sums<T>, head_gramian<T>, sgd_update<T>, adam_update<T>, dense_forward<T>,
              dense_input_gradient<T>, dense_weight_gradient<T>, convolution_forward<T>, convolution_input_gradient<T>,
              convolution_weight_gradient<T>, depthwise_forward<T>, depthwise_input_gradient<T>, depthwise_weight_gradient<T>,
              unit_forward<T>, unit_input_gradient<T>, unit_weight_gradient<T>, unit_preparation<T, T>, unit_forward_prepared<T, T>,
              loss_evaluate<T, softmax_cross_entropy>, loss_evaluate<T, squared_error>, loss_evaluate<T, binary_cross_entropy>,
              loss_weigh<T>>;

/// The same with weights stored in 16 bits.
using half_passes = pass_list<dense_forward<float, float16>, conversion<float, float16>, unit_preparation<float, float16>,
                              unit_forward_prepared<float, float16>>;

} // namespace mcfa
