// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/expected.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/zoo/finder.hpp>
#include <mcfa/zoo/slim.hpp>

#include <cstddef>
#include <filesystem>
#include <span>

/// Nets with the weights that come with the library. CMake's target `mcfa::models` says where they were installed (`MCFA_MODELS_DIR`); a program
/// that is moved to another machine takes the file along and names it.
namespace mcfa::zoo::pretrained {

/// The net of `slim.safetensors` from that file, wherever it lies: weights and thresholds. Throws `file_error` if it cannot be read.
template <class Backend>
inference_model<slim_net, float, Backend> slim(std::filesystem::path const& file, Backend on = {}) {
    inference_model<slim_net, float, Backend> m{on};
    io::load(m, file);
    return m;
}

/// The same of the bytes of that file, for a program that has them within it: CMake's `mcfa_embed` makes them part of it. They are read here alone.
///
///     auto const m = zoo::pretrained::slim<backend::eigen>(embedded::slim_weights());
template <class Backend>
inference_model<slim_net, float, Backend> slim(std::span<std::byte const> file, Backend on = {}) {
    inference_model<slim_net, float, Backend> m{on};
    io::assign(m, io::safetensors_file::in_memory(file, "the weights within the program"));
    return m;
}

/// The net of `finder.safetensors`, which proposes windows to a cascade, from that file. Throws `file_error` if it cannot be read.
///
///     detector find{finder, m, {.smallest_face = 20}};
template <class Backend>
inference_model<finder_net, float, Backend> finder(std::filesystem::path const& file, Backend on = {}) {
    inference_model<finder_net, float, Backend> m{on};
    io::load(m, file);
    return m;
}

/// Slim's two without exceptions.
template <class Backend>
expected<inference_model<slim_net, float, Backend>> try_slim(std::filesystem::path const& file, Backend on = {}) {
    inference_model<slim_net, float, Backend> m{on};
    if (auto const done = io::try_load(m, file); !done) return unexpected(done.error());
    return m;
}
template <class Backend>
expected<inference_model<slim_net, float, Backend>> try_slim(std::span<std::byte const> file, Backend on = {}) {
    inference_model<slim_net, float, Backend> m{on};
    auto const opened = io::safetensors_file::try_in_memory(file, "the weights within the program");
    if (!opened) return unexpected(opened.error());
    if (auto const done = io::try_assign(m, *opened); !done) return unexpected(done.error());
    return m;
}

#ifdef MCFA_MODELS_DIR
/// Where the detector that ships was installed: a file from which `io::load_matching` takes parts.
inline std::filesystem::path slim_file() { return std::filesystem::path(MCFA_MODELS_DIR) / "slim.safetensors"; }

/// The detector that ships, from where it was installed. For non-commercial research only; `README.md` beside the file says what it is.
///
///     auto const m = zoo::pretrained::slim<backend::eigen>();
///     detector find{m};
template <class Backend>
inference_model<slim_net, float, Backend> slim(Backend on = {}) {
    return slim(slim_file(), on);
}

/// The finder that ships, from where it was installed; likewise for non-commercial research only.
template <class Backend>
inference_model<finder_net, float, Backend> finder(Backend on = {}) {
    return finder(std::filesystem::path(MCFA_MODELS_DIR) / "finder.safetensors", on);
}
#endif

} // namespace mcfa::zoo::pretrained
