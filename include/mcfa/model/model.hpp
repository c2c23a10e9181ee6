#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <mcfa/core/random.hpp>
#include <mcfa/model/layer_table.hpp>
#include <mcfa/model/tensor.hpp>

namespace mcfa {

/// A net with numbers: a cascade type, a scalar, a backend, and one contiguous buffer with every parameter and statistic.
///
///     model<net, float, backend::eigen> m{seed{7}};
///
/// The model holds nothing else: activations belong to a `workspace`, so that many threads can read one model at a time.
template <class Net, class T, class Backend>
class model {
public:
    using net = Net;
    using scalar = T;
    using backend_type = Backend;
    using execution = typename Backend::execution;

    /// Parameters drawn from the seed; each tensor has its own stream, so that adding a stage leaves the others as they were.
    explicit model(mcfa::seed seed, Backend backend = {}) : backend_(backend), values_(Net::learned + Net::statistics) {
        std::vector<T> host(values_.size());
        for (tensor_info const& tensor : tensors()) {
            std::uint64_t key = seed.value;
            for (char const c : tensor.name) key = split_key(key, static_cast<unsigned char>(c));
            random_stream random{key};
            for (std::size_t i = 0; i < tensor.size(); ++i)
                host[tensor.first + i] = static_cast<T>(tensor.spec.mean + (tensor.spec.deviation > 0 ? tensor.spec.deviation * random.normal() : 0));
        }
        assign(host);
    }

    Backend const& backend() const { return backend_; }

    /// Every tensor with its name, shape and place.
    static std::vector<tensor_info> const& tensors() {
        static std::vector<tensor_info> const all = tensors_of<Net>();
        return all;
    }

    /// Learned parameters, then statistics: `Net::learned + Net::statistics` values in the backend's memory.
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

private:
    Backend backend_;
    typename Backend::template buffer<T> values_;
};

} // namespace mcfa
