// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/task/task.hpp>

#include <memory>
#include <span>
#include <vector>

namespace mcfa {

/// A task's metric behind one type, so that validation is compiled once for all nets.
class any_metric {
public:
    virtual ~any_metric() = default;
    virtual void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) = 0;
    virtual std::vector<figure> figures() const = 0;
};

/// The metric of task K, behind `any_metric` or as itself.
template <task K>
class metric_of final : public any_metric {
public:
    void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) override {
        value.add(logits, target, mask);
    }
    std::vector<figure> figures() const override { return value.figures(); }

    static std::unique_ptr<any_metric> make() { return std::make_unique<metric_of>(); }

    typename K::metric value;
};

} // namespace mcfa
