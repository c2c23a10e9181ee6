// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/model/int8/quantisation.hpp>
#include <mcfa/model/pass/layer_table.hpp>
#include <mcfa/model/pass/loss_table.hpp>
#include <mcfa/model/purpose.hpp>
#include <mcfa/model/tensor.hpp>
#include <mcfa/op/dense.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace mcfa {

/// What passes, training and files see of a model: its net as numbers, its layers as tables of functions, and one contiguous buffer
/// with every parameter and statistic. Users make a `model<Net, T, Backend>`.
template <class T, class Backend>
class basic_model {
public:
    using scalar = T;
    using backend_type = Backend;
    using execution = typename Backend::execution;
    using loss_passes = std::span<loss_pass<T, Backend> const>;
    using stage_functions = std::span<layer_functions<T, Backend> const>;

    net_info const& net() const { return *net_; }
    /// Functions of the layers of stage j, in order.
    stage_functions functions(std::size_t j) const { return functions_[j]; }
    /// Losses of the tasks, in order; an `inference_model` has none.
    loss_passes losses() const { return losses_; }
    Backend const& backend() const { return backend_; }

    /// Whether its layers have a backward pass; an `inference_model`'s have none.
    bool trainable() const { return functions_[0].empty() || functions_[0][0].backward != nullptr; }

    /// Every tensor with its name, shape and place.
    std::vector<tensor_info> const& tensors() const { return tensors_; }

    /// Learned parameters, then statistics, in the backend's memory.
    T* data() { return values_.data(); }
    T const* data() const { return values_.data(); }
    std::size_t size() const { return values_.size(); }

    /// A copy of all values in the host's memory, in the order of `tensors()`.
    std::vector<T> values() const {
        execution run{backend_};
        std::vector<T> host(values_.size());
        run.copy_out(host.data(), values_.data(), host.size());
        return host;
    }
    /// Sets all values at once; `host` has `size()` of them.
    void assign(std::span<T const> host) {
        execution run{backend_};
        run.copy_in(values_.data(), host.data(), values_.size());
    }

    /// Thresholds of the binary attributes, in the order of their logits: an attribute is said if its probability is above its threshold. Empty: 0.5 each.
    /// Those of the weights file where it has any; a training begins with none.
    std::vector<double> const& attribute_thresholds() const { return attribute_thresholds_; }
    /// Throws `option_error` for another number than the net has attributes, unless there are none, and for one that is no probability.
    void set_attribute_thresholds(std::vector<double> thresholds) {
        std::size_t attributes = 0;
        for (task_info const& task : net_->tasks) attributes += task.attributes.size();
        if (!thresholds.empty() && thresholds.size() != attributes)
            raise(option_error({"attribute thresholds: the net has ", attributes, " attributes, given ", thresholds.size()}));
        check_probabilities("attribute", thresholds);
        attribute_thresholds_ = std::move(thresholds);
    }

    /// Thresholds of detection, one for each stage: what a `detector` takes unless told otherwise. Empty: 0.5 each. Those of the weights file where
    /// it has any; a training begins with none.
    std::vector<double> const& detection_thresholds() const { return detection_thresholds_; }
    /// Throws `option_error` for another number than the net has stages, unless there are none, and for one that is no probability.
    void set_detection_thresholds(std::vector<double> thresholds) {
        if (!thresholds.empty() && thresholds.size() != net_->stages.size())
            raise(option_error({"detection thresholds: the net has ", net_->stages.size(), " stages, given ", thresholds.size()}));
        check_probabilities("detection", thresholds);
        detection_thresholds_ = std::move(thresholds);
    }

    /// What arithmetic in int8 needs to know of these weights; empty if nothing was measured. Those of the weights file where it has any. It holds for
    /// the weights that it was measured with: calibrate again after more training.
    mcfa::quantisation const& quantisation() const { return quantisation_; }
    /// Throws `option_error` unless it is of this net's layers, or empty.
    void set_quantisation(mcfa::quantisation q) {
        if (auto const problem = quantisation_problem(*net_, q); !q.empty() && !problem.empty())
            raise(option_error({"quantisation: ", problem}));
        quantisation_ = std::move(q);
    }

protected:
    basic_model(net_info const& net, std::span<stage_functions const> functions, loss_passes losses, mcfa::seed seed, Backend backend)
        : net_(&net), functions_(functions), losses_(losses), backend_(backend), tensors_(tensors_of(net)), values_(net.size()) {
        std::vector<T> host(values_.size());
        for (tensor_info const& tensor : tensors_) {
            std::uint64_t key = seed.value;
            for (char const c : tensor.name) key = split_key(key, static_cast<unsigned char>(c));
            random_stream random{key};
            for (std::size_t i = 0; i < tensor.size(); ++i)
                host[tensor.first + i] =
                    static_cast<T>(tensor.spec.mean + (tensor.spec.deviation > 0 ? tensor.spec.deviation * random.normal() : 0));
        }
        assign(host);
    }

private:
    static void check_probabilities(char const* whose, std::vector<double> const& thresholds) {
        for (double const t : thresholds)
            if (!(t >= 0 && t <= 1)) raise(option_error({whose, " thresholds: ", t, " is not a probability (0 to 1)"}));
    }

    net_info const* net_;
    std::span<stage_functions const> functions_;
    loss_passes losses_;
    Backend backend_;
    std::vector<tensor_info> tensors_;
    typename Backend::template buffer<T> values_;
    std::vector<double> attribute_thresholds_, detection_thresholds_;
    mcfa::quantisation quantisation_;
};

template <class Net>
concept cascade_type = requires {
    typename Net::tasks;
    typename Net::stage_types;
    { Net::info } -> std::convertible_to<net_info const&>;
};

/// A backend as far as a model knows it: its memory, and an execution to ask for passes. Which passes it must compute follows from the net.
template <class B>
concept model_backend = std::constructible_from<typename B::execution, B const&> && requires { typename B::template buffer<float>; };

/// Names what is wrong with a model's arguments.
template <class Net, class T, class Backend>
struct model_refuses {
    static_assert(
        cascade_type<Net>,
        "mcfa: a model is model<net, scalar, backend>: the first argument must derive from cascade<...>; see <net, scalar, backend> above");
    static_assert(std::floating_point<T>,
                  "mcfa: a model is model<net, scalar, backend>: the scalar must be float or double; see <net, scalar, backend> above");
    static_assert(model_backend<Backend> || !std::floating_point<T>,
                  "mcfa: a model is model<net, scalar, backend>: the backend must have `execution` and `buffer<T>`, "
                  "as backend::eigen has; see <net, scalar, backend> above");
};

/// A net with numbers: a cascade type, a scalar, a backend.
///
///     model<net, float, backend::eigen> m{seed{7}};
///
/// Activations belong to a `workspace`, so any number of threads can read one model at a time.
template <class Net, class T, class Backend>
class model {
    static_assert(stated<model_refuses<Net, T, Backend>>);

public:
    template <class... Given>
    explicit model(Given const&...) {}
};

template <cascade_type Net, std::floating_point T, model_backend Backend>
class model<Net, T, Backend> : public basic_model<T, Backend> {
    static_assert(stated<backend_lacks_a_pass<Backend, dense_forward<T>>>); // for the heads; layers name what they need themselves

public:
    using net_type = Net;
    using tasks = typename Net::tasks;

    /// Parameters drawn from the seed; each tensor has its own stream, so that adding a stage leaves the others as they were.
    explicit model(mcfa::seed seed, Backend backend = {})
        : basic_model<T, Backend>(Net::info, cascade_table<T, Backend, typename Net::stage_types>::stages,
                                  loss_table<T, Backend, typename Net::tasks::types>::passes, seed, backend) {}
};

/// A model that is never trained: its layers have no backward pass, so a program compiles none. Weights come from a file or from another
/// model's `values()`; until then they are as drawn.
template <cascade_type Net, std::floating_point T, model_backend Backend>
class inference_model : public basic_model<T, Backend> {
public:
    using net_type = Net;
    using tasks = typename Net::tasks;

    explicit inference_model(Backend backend = {})
        : basic_model<T, Backend>(Net::info, cascade_table<T, Backend, typename Net::stage_types, purpose::inference>::stages, {},
                                  mcfa::seed{1}, backend) {}
};

} // namespace mcfa
