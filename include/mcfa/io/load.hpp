// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/io/model_metadata.hpp>
#include <mcfa/io/quantisation_text.hpp>
#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/io/thresholds_text.hpp>
#include <mcfa/model/model.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa::io {

/// Is this PyTorch's count of the batches that a batch normalisation has seen? No pass here needs it.
inline bool is_counter(std::string_view name, safetensors_file const& file) {
    constexpr std::string_view ending = ".num_batches_tracked";
    return name.ends_with(ending) && file.contains(std::string(name.substr(0, name.size() - ending.size())) + ".running_mean");
}

/// Says in which other unit a file that this library wrote has boxes and landmarks; empty if it is the one of today.
inline std::string unit_problem(safetensors_file const& file) {
    auto const places = file.metadata().find("places");
    bool const known = places != file.metadata().end();
    if (!file.metadata().contains("library") || (known && places->second == places_text)) return {};
    return join({"boxes and landmarks are in ", known ? std::string_view(places->second) : "sides of the window", ", this version's in ",
                 places_text});
}

/// Reads a model's values from an opened file; nothing is changed. Throws `file_error` naming the first tensor that is missing, of
/// another shape, not finite, or unknown to the net, with what was expected and found; and where the file, if this library wrote it, has other
/// attributes or places in another unit.
template <class T, class B>
std::vector<T> model_values(basic_model<T, B> const& m, safetensors_file const& file) {
    auto const attributes = file.metadata().find("attributes");
    if (attributes != file.metadata().end() && attributes->second != attributes_text(m.net()))
        throw file_error(file.path(), {"attributes are '", attributes->second, "', the net has '", attributes_text(m.net()), "'"});
    if (auto const problem = unit_problem(file); learns_places(m.net()) && !problem.empty())
        throw file_error(file.path(), {problem, ": train anew"});
    std::vector<T> values(m.net().size());
    std::map<std::string_view, bool> known;
    for (tensor_info const& tensor : m.tensors()) {
        known[tensor.name] = true;
        auto const& stored = file.at(tensor.name);
        if (stored.shape != tensor.dims())
            throw file_error(file.path(),
                             {"tensor \"", tensor.name, "\": expected ", to_text(tensor.dims()), ", found ", to_text(stored.shape)});
        file.values(tensor.name, std::span(values).subspan(tensor.first, tensor.size()));
    }
    for (auto const& [name, stored] : file.tensors())
        if (!known.contains(name) && !name.starts_with(training_prefix) && !is_counter(name, file))
            throw file_error(file.path(), {"tensor \"", name, "\" is not part of the net (", net_text(m.net()), ")"});
    return values;
}

/// Thresholds of the net's attributes, where a file has them. Throws `file_error` for another number or what is no probability.
template <class T, class B>
std::vector<double> attribute_thresholds(basic_model<T, B> const& m, safetensors_file const& file) {
    auto const found = file.metadata().find(thresholds_key);
    if (found == file.metadata().end()) return {};
    auto thresholds = thresholds_in(found->second, thresholds_key, file.path());
    std::size_t attributes = 0;
    for (task_info const& task : m.net().tasks) attributes += task.attributes.size();
    if (thresholds.size() != attributes)
        throw file_error(file.path(),
                         {"metadata ", thresholds_key, " has ", thresholds.size(), " numbers, the net has ", attributes, " attributes"});
    return thresholds;
}

/// Thresholds of detection, where a file has them. Throws `file_error` for another number than the net has stages or what is no probability.
template <class T, class B>
std::vector<double> detection_thresholds(basic_model<T, B> const& m, safetensors_file const& file) {
    auto const found = file.metadata().find(detection_thresholds_key);
    if (found == file.metadata().end()) return {};
    auto thresholds = thresholds_in(found->second, detection_thresholds_key, file.path());
    if (std::size_t const stages = m.net().stages.size(); thresholds.size() != stages)
        throw file_error(file.path(),
                         {"metadata ", detection_thresholds_key, " has ", thresholds.size(), " numbers, the net has ", stages, " stages"});
    return thresholds;
}

/// What arithmetic in int8 needs to know, where a file has it. Throws `file_error` for a line that does not read, or other layers than the net's.
template <class T, class B>
quantisation quantisation_of(basic_model<T, B> const& m, safetensors_file const& file) {
    auto const found = file.metadata().find(quantisation_key);
    if (found == file.metadata().end()) return {};
    auto q = quantisation_in(found->second, file.path());
    if (auto const problem = quantisation_problem(m.net(), q); !problem.empty())
        throw file_error(file.path(), {"metadata ", quantisation_key, " ", problem});
    return q;
}

/// Sets a model from an opened file: its values, its thresholds of attributes and detection, and its quantisation. Throws what `model_values` throws, with nothing changed.
template <class T, class B>
void assign(basic_model<T, B>& m, safetensors_file const& file) {
    auto of_attributes = attribute_thresholds(m, file), of_detection = detection_thresholds(m, file);
    auto measured = quantisation_of(m, file);
    m.assign(model_values(m, file));
    m.set_attribute_thresholds(std::move(of_attributes));
    m.set_detection_thresholds(std::move(of_detection));
    m.set_quantisation(std::move(measured));
}

/// Sets a model from a file. If anything is wrong with the file the model stays as it was, and `file_error` says what: the values are read
/// tensor by tensor into one copy beside the model, which is all the memory this takes.
template <class T, class B>
void load(basic_model<T, B>& m, std::filesystem::path const& path) {
    assign(m, safetensors_file::read(path));
}

} // namespace mcfa::io
