// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/expected.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/io/model_metadata.hpp>
#include <mcfa/io/quantisation_text.hpp>
#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/io/thresholds_text.hpp>
#include <mcfa/model/model.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
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

/// Reads the values; returns what `model_values` throws.
template <class T, class B>
std::optional<file_error> read_values(basic_model<T, B> const& m, safetensors_file const& file, std::vector<T>& values) {
    auto const attributes = file.metadata().find("attributes");
    if (attributes != file.metadata().end() && attributes->second != attributes_text(m.net()))
        return file_error(file.path(), {"attributes are '", attributes->second, "', the net has '", attributes_text(m.net()), "'"});
    if (auto const problem = unit_problem(file); learns_places(m.net()) && !problem.empty())
        return file_error(file.path(), {problem, ": train anew"});
    values.resize(m.net().size());
    std::map<std::string_view, bool> known;
    for (tensor_info const& tensor : m.tensors()) {
        known[tensor.name] = true;
        if (!file.contains(tensor.name)) return file.missing(tensor.name);
        if (auto const& found = file.at(tensor.name).shape; found != tensor.dims())
            return file_error(file.path(), {"tensor \"", tensor.name, "\": expected ", to_text(tensor.dims()), ", found ", to_text(found)});
        if (auto bad = file.try_values(tensor.name, std::span(values).subspan(tensor.first, tensor.size()))) return bad;
    }
    for (auto const& [name, stored] : file.tensors())
        if (!known.contains(name) && !name.starts_with(training_prefix) && !is_counter(name, file))
            return file_error(file.path(), {"tensor \"", name, "\" is not part of the net (", net_text(m.net()), ")"});
    return {};
}

/// A model's values in an opened file; nothing is changed. Throws `file_error` naming the first tensor that is missing, of
/// another shape, not finite, or unknown to the net, with what was expected and found; and where the file, if this library wrote it, has other
/// attributes or places in another unit.
template <class T, class B>
std::vector<T> model_values(basic_model<T, B> const& m, safetensors_file const& file) {
    std::vector<T> values;
    if (auto const bad = read_values(m, file, values)) raise(*bad);
    return values;
}

/// Thresholds of `expected` things under a metadata key, where a file has them; an error for another number or what is no probability.
inline std::optional<file_error> read_thresholds(safetensors_file const& file, char const* key, std::size_t expected, char const* things,
                                                 std::vector<double>& thresholds) {
    auto const found = file.metadata().find(key);
    if (found == file.metadata().end()) return {};
    if (auto bad = read_thresholds(found->second, key, file.path(), thresholds)) return bad;
    if (thresholds.size() != expected)
        return file_error(file.path(), {"metadata ", key, " has ", thresholds.size(), " numbers, the net has ", expected, " ", things});
    return {};
}

/// What arithmetic in int8 needs to know, where a file has it; an error for a line that does not read, or other layers than the net's.
template <class T, class B>
std::optional<file_error> read_quantisation(basic_model<T, B> const& m, safetensors_file const& file, quantisation& q) {
    auto const found = file.metadata().find(quantisation_key);
    if (found == file.metadata().end()) return {};
    if (auto bad = read_quantisation(found->second, file.path(), q)) return bad;
    if (auto const problem = quantisation_problem(m.net(), q); !problem.empty())
        return file_error(file.path(), {"metadata ", quantisation_key, " ", problem});
    return {};
}

/// Sets a model from an opened file: its values, its thresholds of attributes and detection, and its quantisation. Returns what `assign` throws, with
/// nothing changed.
template <class T, class B>
std::optional<file_error> assign_unless_bad(basic_model<T, B>& m, safetensors_file const& file) {
    std::size_t attributes = 0;
    for (task_info const& task : m.net().tasks) attributes += task.attributes.size();
    std::vector<double> of_attributes, of_detection;
    std::vector<T> values;
    if (auto bad = read_thresholds(file, thresholds_key, attributes, "attributes", of_attributes)) return bad;
    if (auto bad = read_thresholds(file, detection_thresholds_key, m.net().stages.size(), "stages", of_detection)) return bad;
    quantisation measured;
    if (auto bad = read_quantisation(m, file, measured)) return bad;
    if (auto bad = read_values(m, file, values)) return bad;
    m.assign(values);
    m.set_attribute_thresholds(std::move(of_attributes));
    m.set_detection_thresholds(std::move(of_detection));
    m.set_quantisation(std::move(measured));
    return {};
}

/// Sets a model from an opened file: its values, its thresholds of attributes and detection, and its quantisation. Throws what `model_values` throws, and
/// `file_error` for thresholds of another number than the net has attributes or stages, thresholds that are no probabilities, and a quantisation that
/// does not read or is of other layers; then nothing has changed.
template <class T, class B>
void assign(basic_model<T, B>& m, safetensors_file const& file) {
    if (auto const bad = assign_unless_bad(m, file)) raise(*bad);
}

/// Sets a model from a file. If anything is wrong with the file the model stays as it was, and `file_error` says what: the values are read
/// tensor by tensor into one copy beside the model, which is all the memory this takes.
template <class T, class B>
void load(basic_model<T, B>& m, std::filesystem::path const& path) {
    assign(m, safetensors_file::read(path));
}

/// `assign` and `load` without exceptions.
template <class T, class B>
expected<void> try_assign(basic_model<T, B>& m, safetensors_file const& file) {
    if (auto const bad = assign_unless_bad(m, file)) return unexpected(*bad);
    return {};
}
template <class T, class B>
expected<void> try_load(basic_model<T, B>& m, std::filesystem::path const& path) {
    auto const file = safetensors_file::try_read(path);
    if (!file) return unexpected(file.error());
    return try_assign(m, *file);
}

} // namespace mcfa::io
