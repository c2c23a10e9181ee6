// SPDX-License-Identifier: MIT
#pragma once

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mcfa::io {

/// An option of an ONNX operator: a whole number, a number or a list of whole numbers.
struct onnx_attribute {
    std::string_view name;
    std::variant<std::int64_t, float, std::vector<std::int64_t>> value;
};

/// A graph of ONNX while it is being written: operators, tensors with their values, inputs and outputs. Names are those of the net's tensors.
class onnx_graph {
public:
    explicit onnx_graph(::onnx::GraphProto& graph) : graph_(graph) {}

    /// A dimension that is known, or a name for one that is not.
    using dimension = std::variant<std::int64_t, std::string_view>;

    void input(std::string const& name, std::vector<dimension> const& dims) { describe(*graph_.add_input(), name, dims); }
    void output(std::string const& name, std::vector<dimension> const& dims) { describe(*graph_.add_output(), name, dims); }

    /// Adds an operator with one result, called `result`; returns that name.
    std::string node(std::string_view op, std::vector<std::string> const& inputs, std::string result,
                     std::vector<onnx_attribute> const& attributes = {}) {
        auto& node = *graph_.add_node();
        node.set_op_type(std::string(op));
        node.set_name(result);
        for (auto const& each : inputs) node.add_input(each);
        node.add_output(result);
        for (auto const& each : attributes) set(*node.add_attribute(), each);
        return result;
    }

    /// Adds a tensor; returns its name.
    std::string tensor(std::string name, std::span<std::int64_t const> dims, std::span<float const> values) {
        return add(std::move(name), dims, ::onnx::TensorProto::FLOAT, values.data(), values.size_bytes());
    }
    std::string tensor(std::string name, std::span<std::int64_t const> dims, std::span<std::uint8_t const> values) {
        return add(std::move(name), dims, ::onnx::TensorProto::UINT8, values.data(), values.size_bytes());
    }
    std::string tensor(std::string name, std::span<std::int64_t const> dims, std::span<std::int8_t const> values) {
        return add(std::move(name), dims, ::onnx::TensorProto::INT8, values.data(), values.size_bytes());
    }
    std::string tensor(std::string name, std::span<std::int64_t const> dims, std::span<std::int32_t const> values) {
        return add(std::move(name), dims, ::onnx::TensorProto::INT32, values.data(), values.size_bytes());
    }

private:
    std::string add(std::string name, std::span<std::int64_t const> dims, ::onnx::TensorProto::DataType type, void const* values,
                    std::size_t bytes) {
        auto& tensor = *graph_.add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(type);
        for (auto const each : dims) tensor.add_dims(each);
        tensor.set_raw_data(values, bytes);
        return name;
    }

    static void describe(::onnx::ValueInfoProto& info, std::string const& name, std::vector<dimension> const& dims) {
        info.set_name(name);
        auto& type = *info.mutable_type()->mutable_tensor_type();
        type.set_elem_type(::onnx::TensorProto::FLOAT);
        for (auto const& each : dims) {
            auto& dim = *type.mutable_shape()->add_dim();
            if (auto const* size = std::get_if<std::int64_t>(&each)) dim.set_dim_value(*size);
            else dim.set_dim_param(std::string(std::get<std::string_view>(each)));
        }
    }

    static void set(::onnx::AttributeProto& to, onnx_attribute const& from) {
        to.set_name(std::string(from.name));
        if (auto const* whole = std::get_if<std::int64_t>(&from.value)) {
            to.set_type(::onnx::AttributeProto::INT);
            to.set_i(*whole);
        } else if (auto const* number = std::get_if<float>(&from.value)) {
            to.set_type(::onnx::AttributeProto::FLOAT);
            to.set_f(*number);
        } else {
            to.set_type(::onnx::AttributeProto::INTS);
            for (auto const each : std::get<std::vector<std::int64_t>>(from.value)) to.add_ints(each);
        }
    }

    ::onnx::GraphProto& graph_;
};

} // namespace mcfa::io
