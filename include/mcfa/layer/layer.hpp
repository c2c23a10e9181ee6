// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/shape.hpp>
#include <mcfa/core/view.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mcfa {

/// What a tensor of parameters is for: weights decay, biases (and scales) do not, statistics are measured and never learned.
enum class parameter_role { weight, bias, statistic };

/// One tensor of parameters of a layer or head, with the shape and name that PyTorch would give it.
struct parameter_spec {
    std::string_view name;
    parameter_role role = parameter_role::weight;
    int rank = 1;
    std::array<int, 4> dims{1, 1, 1, 1};
    double deviation = 0; ///< initial values are normal with this deviation ...
    double mean = 0;      ///< ... around this mean

    constexpr std::size_t size() const {
        std::size_t n = 1;
        for (int i = 0; i < rank; ++i) n *= static_cast<std::size_t>(dims[i]);
        return n;
    }
};

/// Initial deviation of weights before a rectifier: sqrt(2 / fan in), He et al. (ICCV 2015). Newton's method, since std::sqrt is not constexpr.
constexpr double he_deviation(std::size_t fan_in) {
    double const square = 2.0 / static_cast<double>(fan_in);
    double root = 1;
    for (int i = 0; i < 60; ++i) root = 0.5 * (root + square / root);
    return root;
}

/// What a layer is to the passes, which join convolutions with what follows them and prepare weights; `other` runs by itself.
enum class layer_role { other, convolution, normalisation, rectifier, max_pool_2x2, pool, flatten, dense, addition };

/// Everything that a layer's forward and backward work on, in the backend's memory: activations (sample, line, column, channel), and
/// tensors of parameters one after the other. A layer type itself holds no data.
template <class T, class Backend>
struct layer_pass {
    typename Backend::execution& run;
    bool training = false; ///< false in inference and where the layer is frozen: then nothing is measured or dropped, in backward too
    std::uint64_t key = 0; ///< for random numbers: differs by step and layer
    planes<T const> x{};
    planes<T const> skip{}; ///< of a layer with `back`: the input of the layer so many before
    planes<T> y{};
    planes<T> dy{};            ///< gradient of y; a layer may overwrite it
    planes<T> dx{};            ///< empty if nothing needs the gradient of the input
    row<T const> learned{};    ///< the layer's learned tensors
    row<T> dlearned{};         ///< their gradients, to be overwritten; a frozen layer may leave them
    row<T const> statistics{}; ///< the layer's statistics
    row<T> measured{};         ///< the same, for a layer in training to change; empty where it is frozen
    row<T> saved{};            ///< what forward leaves for backward; empty in inference

    constexpr shape in() const { return sample_shape(x); }
};

/// What a layer may leave out, with the defaults.
template <class L>
struct layer_traits {
    /// Its tensors of parameters, std::array<parameter_spec, N>: learned ones first, then statistics. None by default.
    static constexpr auto parameters(shape in) {
        if constexpr (requires { L::parameters(in); }) return L::parameters(in);
        else return std::array<parameter_spec, 0>{};
    }
    /// Whether y may be x; then backward needs y but not x.
    static constexpr bool in_place = [] {
        if constexpr (requires { L::in_place; }) return L::in_place;
        else return false;
    }();
    /// Whether the layer begins a new number in the names of tensors, as conv and dense do.
    static constexpr bool numbered = [] {
        if constexpr (requires { L::numbered; }) return L::numbered;
        else return false;
    }();
    /// How many layers before this one the layer stands whose input is its other operand; 0 if it has one operand. Both have one shape, and
    /// the gradient of y is also that of the other operand.
    static constexpr int back = [] {
        if constexpr (requires { L::back; }) return L::back;
        else return 0;
    }();
    /// A convolution, pool or dense layer also has `op(shape)`, and the bias behind the weights if it has one.
    static constexpr layer_role role = [] {
        if constexpr (requires { L::role; }) return L::role;
        else return layer_role::other;
    }();
    /// Whether the layer may stand behind this shape; any shape by default.
    static constexpr bool accepts(shape in) {
        if constexpr (requires { L::accepts(in); }) return L::accepts(in);
        else return true;
    }
    /// Values that forward leaves for backward, whatever the batch.
    static constexpr std::size_t saved(shape in) {
        if constexpr (requires { L::saved(in); }) return L::saved(in);
        else return 0;
    }
    static constexpr std::size_t multiply_adds(shape in) {
        if constexpr (requires { L::multiply_adds(in); }) return L::multiply_adds(in);
        else return 0;
    }
};

/// A layer is a type without data: a constexpr function from shape to shape, and forward and backward. These
/// return the pass of the operation that does it, or compute by themselves what takes more than one, on whatever backend the pass carries.
///
///     static constexpr std::string_view kind;                       // "conv": the first part of its tensors' names
///     static constexpr shape output(shape in);
///     template <class T, class B> static auto forward(layer_pass<T, B> const&);
///     template <class T, class B> static auto backward(layer_pass<T, B> const&);   // may overwrite dy
///
/// A backward that returns a pass is skipped if nothing needs it: the layer learns nothing and dx is empty.
///
/// `layer_traits` states what else a layer may say, its parameters among it, and the defaults.
template <class L>
concept layer = requires(shape s) {
    { L::kind } -> std::convertible_to<std::string_view>;
    { L::output(s) } -> std::same_as<shape>;
    { layer_traits<L>::parameters(s).size() } -> std::convertible_to<std::size_t>;
};

/// Names what a type lacks to be a layer.
template <class L>
struct layer_lacks {
    static_assert(
        requires {
            { L::kind } -> std::convertible_to<std::string_view>;
        }, "mcfa: a layer needs `static constexpr std::string_view kind`, the first part of its tensors' names; see <layer> above");
    static_assert(
        requires(shape s) {
            { L::output(s) } -> std::same_as<shape>;
        }, "mcfa: a layer needs `static constexpr shape output(shape in)`; see <layer> above");
    static_assert(
        requires(shape s) {
            { layer_traits<L>::parameters(s).size() } -> std::convertible_to<std::size_t>;
        }, "mcfa: a layer that has parameters needs `static constexpr std::array<parameter_spec, N> parameters(shape in)`; "
           "see <layer> above");
};

} // namespace mcfa
