// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/loss.hpp>

#include <cmath>

namespace mcfa::arithmetic {

/// -log softmax(z)[target] of `length` logits; writes its gradient softmax(z) - onehot(target), times `mask`.
template <class T>
constexpr T softmax_cross_entropy(int length, T const* z, int target, T mask, T* dz) {
    T highest = z[0];
    for (int i = 1; i < length; ++i) highest = z[i] > highest ? z[i] : highest;
    T sum = 0;
    for (int i = 0; i < length; ++i) {
        dz[i] = std::exp(z[i] - highest);
        sum += dz[i];
    }
    for (int i = 0; i < length; ++i) dz[i] = mask * (dz[i] / sum - (i == target ? T(1) : T(0)));
    return mask * (std::log(sum) + highest - z[target]);
}

/// |z - target|^2; writes its gradient 2 (z - target), times `mask`.
template <class T>
constexpr T squared_error(int length, T const* z, T const* target, T mask, T* dz) {
    T sum = 0;
    for (int i = 0; i < length; ++i) {
        T const difference = z[i] - target[i];
        sum += difference * difference;
        dz[i] = mask * 2 * difference;
    }
    return mask * sum;
}

/// -y log s - (1 - y) log(1 - s) with s = sigmoid(z), in the form max(z, 0) - z y + log(1 + exp(-|z|)) that never overflows;
/// writes its gradient s - y, times `mask`.
template <class T>
constexpr T binary_cross_entropy(T z, T y, T mask, T* dz) {
    T const small = std::exp(z < 0 ? z : -z);
    T const sigmoid = (z < 0 ? small : T(1)) / (1 + small);
    *dz = mask * (sigmoid - y);
    return mask * ((z < 0 ? T(0) : z) - z * y + std::log1p(small));
}

/// One sample of the batch. Where the mask is 0 the target is not looked at, and value and gradient are 0.
template <class T>
constexpr void evaluate_loss(loss op, T const* logits, T const* targets, T const* mask, T* values, T* dlogits) {
    if (op.kind == loss_kind::binary_cross_entropy) {
        for (int t = 0; t < op.length; ++t)
            if (mask[t] != T(0)) values[t] = binary_cross_entropy(logits[t], targets[t], mask[t], dlogits + t);
            else values[t] = dlogits[t] = T(0);
    } else if (mask[0] == T(0)) {
        values[0] = T(0);
        for (int i = 0; i < op.length; ++i) dlogits[i] = T(0);
    } else if (op.kind == loss_kind::softmax_cross_entropy) {
        values[0] = softmax_cross_entropy(op.length, logits, static_cast<int>(targets[0]), mask[0], dlogits);
    } else {
        values[0] = squared_error(op.length, logits, targets, mask[0], dlogits);
    }
}

} // namespace mcfa::arithmetic
