// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/message.hpp>
#include <mcfa/io/model_metadata.hpp>
#include <mcfa/io/quantisation_text.hpp>
#include <mcfa/io/safetensors/writer.hpp>
#include <mcfa/io/thresholds_text.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/version.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace mcfa::io {

/// What a file says of a model beside its tensors.
template <class T, class B>
std::map<std::string, std::string> metadata_of(basic_model<T, B> const& m) {
    std::map<std::string, std::string> all{{"library", join({"mcfa ", version})},
                                           {"net", net_text(m.net())},
                                           {"attributes", attributes_text(m.net())},
                                           {"preprocessing", preprocessing_text(m.net())}};
    if (!m.attribute_thresholds().empty()) all[thresholds_key] = thresholds_text(m.attribute_thresholds());
    if (!m.detection_thresholds().empty()) all[detection_thresholds_key] = thresholds_text(m.detection_thresholds());
    if (!m.quantisation().empty()) all[quantisation_key] = quantisation_text(m.quantisation());
    if (learns_places(m.net())) all["places"] = places_text;
    return all;
}

/// Adds a model's tensors and what a reader must know of it to a file.
template <class T, class B>
void add_model(safetensors_writer& file, basic_model<T, B> const& m, dtype type = dtype_of<T>()) {
    typename B::execution run{m.backend()};
    for (tensor_info const& tensor : m.tensors())
        file.add_in_parts<T>(tensor.name, type, tensor.dims(), [&](std::size_t first, std::span<T> to) {
            run.copy_out(to.data(), m.data() + tensor.first + first, to.size());
        });
    for (auto const& [key, value] : metadata_of(m)) file.set_metadata(key, value);
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

} // namespace mcfa::io
