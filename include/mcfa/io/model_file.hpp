#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <mcfa/core/error.hpp>
#include <mcfa/core/join.hpp>
#include <mcfa/io/safetensors_reader.hpp>
#include <mcfa/io/safetensors_writer.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/landmarks.hpp>
#include <mcfa/version.hpp>

namespace mcfa::io {

/// Tensors whose names begin so belong to training (moments, policy, counters), not to the model; a model loads without them.
inline constexpr std::string_view training_prefix = "training.";

/// What the net is, in words: "small 56 px, feature 64; large 112 px, feature 320".
inline std::string net_text(net_info const& net) {
    std::string text;
    for (stage_info const& s : net.stages) {
        if (!text.empty()) text += "; ";
        text.append(s.name).append(" ").append(std::to_string(s.side));
        text.append(" px, feature ").append(std::to_string(s.feature));
    }
    return text;
}

/// Attribute names in the order of the net's logits, separated by spaces as CelebA's files have them.
inline std::string attributes_text(net_info const& net) {
    std::string text;
    for (task_info const& task : net.tasks)
        for (auto const name : task.attributes) {
            if (!text.empty()) text += ' ';
            text += name;
        }
    return text;
}

/// What box and landmark heads give, in words (`task/window_tenths.hpp`). Weights that were trained for another unit would load, and name wrong places.
inline constexpr std::string_view places_text = "tenths of the window's side, from half of it";

/// Whether a net names places.
inline bool learns_places(net_info const& net) {
    return std::any_of(net.tasks.begin(), net.tasks.end(),
                       [](task_info const& task) { return task.name == face_box::name || task.name == landmarks<5>::name; });
}

/// Adds a model's tensors and what a reader must know of it to a file.
template <class T, class B>
void add_model(safetensors_writer& file, basic_model<T, B> const& m, dtype type = dtype_of<T>()) {
    auto const values = m.values();
    for (tensor_info const& tensor : m.tensors())
        file.add(tensor.name, type, tensor.dims(), std::span(values).subspan(tensor.first, tensor.size()));
    file.set_metadata("library", "mcfa " + std::string(version));
    file.set_metadata("net", net_text(m.net()));
    file.set_metadata("attributes", attributes_text(m.net()));
    file.set_metadata("preprocessing", "RGB, (value - 127.5) / 128");
    if (learns_places(m.net())) file.set_metadata("places", std::string(places_text));
}

/// Reads a model's values from an opened file; nothing is changed. Throws `file_error` naming the first tensor that is missing, of
/// another shape, not finite, or unknown to the net, with what was expected and found; and where the file, if this library wrote it, has other
/// attributes or places in another unit.
template <class T, class B>
std::vector<T> model_values(basic_model<T, B> const& m, safetensors_file const& file) {
    auto const attributes = file.metadata().find("attributes");
    if (attributes != file.metadata().end() && attributes->second != attributes_text(m.net()))
        throw file_error(file.path(), join({"attributes are '", attributes->second, "', the net has '", attributes_text(m.net()), "'"}));
    auto const places = file.metadata().find("places");
    if (learns_places(m.net()) && file.metadata().contains("library") && (places == file.metadata().end() || places->second != places_text))
        throw file_error(file.path(),
                         join({"boxes and landmarks are in ", places == file.metadata().end() ? "sides of the window" : places->second,
                               ", this version's in ", places_text, ": train anew"}));
    std::vector<T> values(m.net().size());
    std::map<std::string_view, bool> known;
    for (tensor_info const& tensor : m.tensors()) {
        known[tensor.name] = true;
        auto const& stored = file.at(tensor.name);
        if (stored.shape != tensor.dims())
            throw file_error(file.path(),
                             join({"tensor \"", tensor.name, "\": expected ", to_text(tensor.dims()), ", found ", to_text(stored.shape)}));
        auto const read = file.template values<T>(tensor.name);
        std::copy(read.begin(), read.end(), values.begin() + static_cast<std::ptrdiff_t>(tensor.first));
    }
    for (auto const& [name, stored] : file.tensors())
        if (!known.contains(name) && !name.starts_with(training_prefix))
            throw file_error(file.path(), join({"tensor \"", name, "\" is not part of the net (", net_text(m.net()), ")"}));
    return values;
}

/// Writes a model, whole or not at all, its values rounded to `type`. `metadata` is added to the library's own. Throws `file_error`.
template <class T, class B>
void save(basic_model<T, B> const& m, std::filesystem::path const& path, std::map<std::string, std::string> const& metadata = {},
          dtype type = dtype_of<T>()) {
    safetensors_writer file;
    add_model(file, m, type);
    for (auto const& [key, value] : metadata) file.set_metadata(key, value);
    file.write(path);
}

/// Sets a model from a file. If anything is wrong with the file the model stays as it was, and `file_error` says what.
template <class T, class B>
void load(basic_model<T, B>& m, std::filesystem::path const& path) {
    m.assign(model_values(m, safetensors_file::read(path)));
}

} // namespace mcfa::io
