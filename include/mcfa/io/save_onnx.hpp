// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/io/atomic_file.hpp>
#include <mcfa/io/onnx/layer_forms.hpp>
#include <mcfa/io/onnx/net_graph.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/version.hpp>

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include <climits>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>

namespace mcfa::io {

/// Where protobuf writes a model, part by part, so that no copy of it is made. Keeps the first error for the caller: none may pass through protobuf.
class onnx_file_stream : public google::protobuf::io::CopyingOutputStream {
public:
    explicit onnx_file_stream(temporary_file& file) : file_(file) {}

    bool Write(void const* bytes, int size) override {
        try {
            file_.append(std::as_bytes(std::span(static_cast<char const*>(bytes), static_cast<std::size_t>(size))));
        } catch (...) {
            problem = std::current_exception();
        }
        return !problem;
    }

    std::exception_ptr problem;

private:
    temporary_file& file_;
};

/// Writes a model of ONNX, whole or not at all. Throws `file_error`.
inline void write_onnx(::onnx::ModelProto const& model, std::filesystem::path const& path) {
    if (auto const size = model.ByteSizeLong(); size > INT_MAX)
        throw file_error(path.string(), {"an ONNX file has at most ", INT_MAX, " bytes, this net takes ", size});
    check_place(path);
    temporary_file file(path);
    onnx_file_stream bytes(file);
    {
        google::protobuf::io::CopyingOutputStreamAdaptor stream(&bytes);
        model.SerializeToZeroCopyStream(&stream);
    }
    if (bytes.problem) std::rethrow_exception(bytes.problem);
    file.move_to_target();
}

/// An empty model of ONNX that says of itself what a weights file does. Operators are those of version 13, which every runtime of today has.
template <class T, class B>
::onnx::ModelProto new_onnx_model(basic_model<T, B> const& m, std::map<std::string, std::string> const& metadata) {
    ::onnx::ModelProto model;
    model.set_ir_version(7);
    model.add_opset_import()->set_version(13);
    model.set_producer_name("mcfa");
    model.set_producer_version(std::string(version));
    model.mutable_graph()->set_name("mcfa");
    auto all = metadata_of(m);
    for (auto const& [key, value] : metadata) all[key] = value;
    for (auto const& [key, value] : all) {
        auto& each = *model.add_metadata_props();
        each.set_key(key);
        each.set_value(value);
    }
    return model;
}

/// Writes a cascade as an ONNX file, for runtimes of other makers: all stages on any number of windows. Values are 32-bit floats. Layers that the
/// model's quantisation lets compute in int8 have their weights in 8 bits, and QuantizeLinear and DequantizeLinear about them, so that runtimes
/// compute them from bytes as this library does; a model without a quantisation, `set_quantisation({})`, is written in floats alone.
///
/// | | name | shape |
/// |---|---|---|
/// | inputs, one for each stage | the stage's, "small" | (windows, channels, side, side): RGB, (value - 127.5) / 128 |
/// | outputs, one for each task of each stage | "small.face" | (windows, the task's length): logits |
///
/// Tensors are called as in a weights file, and the metadata is a weights file's, `metadata` added: names of attributes in the order of their
/// logits, preprocessing, thresholds. A layer of one's own says how it is written, `onnx_form`.
/// Throws `file_error`; `shape_error` for a tensor with a value that is not finite; `option_error` if the model is of another net, or a single_shot.
template <class Net, class T, class B>
void save_onnx(basic_model<T, B> const& m, std::filesystem::path const& path, std::map<std::string, std::string> const& metadata = {}) {
    check_judges_windows(m.net(), "save_onnx");
    auto model = new_onnx_model(m, metadata);
    onnx_net<Net, T, B>(m, *model.mutable_graph()).write_cascade();
    write_onnx(model, path);
}
/// The same for a `model` or `inference_model`, which knows its net: `save_onnx(m, "cascade.onnx")`.
template <class Model>
    requires cascade_type<typename Model::net_type>
void save_onnx(Model const& m, std::filesystem::path const& path, std::map<std::string, std::string> const& metadata = {}) {
    save_onnx<typename Model::net_type, typename Model::scalar, typename Model::backend_type>(m, path, metadata);
}

/// Whether a cascade's first stage may stand on a plane of any size.
template <class Net>
inline constexpr bool onnx_first_stage_slides = []<class First, class... Rest>(layer_list<First, Rest...>) {
    return []<class... Layers>(layer_list<Layers...>) {
        return (onnx_slides<Layers> && ...) && sums_slide(layer_list<Layers...>{}, {onnx_stride<Layers>...});
    }(typename First::layers{});
}(typename Net::stage_types{});

/// Fails by name where it may not.
template <class Net>
struct first_stage_does_not_slide {
    static_assert(
        onnx_first_stage_slides<Net>,
        "mcfa: a first stage with flatten, dense, a global pool or squeeze_excite has windows of one size, none on a whole photo; "
        "see <net> above");
};

/// Writes a cascade's first stage alone, as it sweeps photos: input (photos, channels, height, width), called as the stage; outputs
/// (photos, the task's length, rows, columns), the logits of the windows of the stage's side that begin `stride` pixels apart, both numbers
/// in the metadata. Zero padding in the stage makes a swept window differ from the same window by itself. Else as `save_onnx`.
template <class Net, class T, class B>
void save_onnx_first_stage(basic_model<T, B> const& m, std::filesystem::path const& path,
                           std::map<std::string, std::string> metadata = {}) {
    static_assert(stated<first_stage_does_not_slide<Net>>);
    if constexpr (onnx_first_stage_slides<Net>) {
        using net = onnx_net<Net, T, B>;
        metadata.emplace("window", std::to_string(Net::stages[0].side));
        metadata.emplace("stride", std::to_string(net::first_stride));
        auto model = new_onnx_model(m, metadata);
        net(m, *model.mutable_graph()).write_first_stage();
        write_onnx(model, path);
    }
}
/// The same for a `model` or `inference_model`.
template <class Model>
    requires cascade_type<typename Model::net_type>
void save_onnx_first_stage(Model const& m, std::filesystem::path const& path, std::map<std::string, std::string> metadata = {}) {
    save_onnx_first_stage<typename Model::net_type, typename Model::scalar, typename Model::backend_type>(m, path, std::move(metadata));
}

} // namespace mcfa::io
