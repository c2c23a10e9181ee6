// SPDX-License-Identifier: MIT
// The net that ships as ONNX files, in float and in int8, windows of photos, and the last stage's logits by this library: for compare.py.
//
//     onnx_windows <folder in CelebA's layout> <windows> <folder to write to>
//
// The windows are of the folder's test part.
#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/infer.hpp>
#include <mcfa/io/safetensors/writer.hpp>
#include <mcfa/io/save_onnx.hpp>
#include <mcfa/zoo/pretrained.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace mcfa;
using net_model = decltype(zoo::pretrained::slim<backend::eigen>());

/// Logits of the last stage, (windows, logits).
template <class Stored>
void add_logits(io::safetensors_writer& file, net_model const& m, std::vector<std::vector<array<float, 4>>> const& batches,
                std::vector<std::size_t> const& rows, std::string const& name) {
    predictor<net_model, Stored> judge{m, {}, 32};
    std::vector<float> all;
    for (std::size_t i = 0; i < batches.size(); ++i)
        for (auto const& said : judge(batches[i], rows[i])) all.insert(all.end(), said.logits.begin(), said.logits.end());
    auto const logits = static_cast<std::int64_t>(m.net().logits);
    file.add(name, io::dtype::f32, {static_cast<std::int64_t>(all.size()) / logits, logits}, all);
}

void write(std::filesystem::path const& photos, std::size_t count, std::filesystem::path const& folder) {
    data::celeba const faces{photos};
    auto m = zoo::pretrained::slim<backend::eigen>(backend::eigen{.threads = 2});
    std::filesystem::create_directories(folder);
    io::save_onnx(m, folder / "int8.onnx"); // the weights that ship have ranges for it
    auto const quantised = m.quantisation();
    m.set_quantisation({});
    io::save_onnx(m, folder / "float.onnx");
    m.set_quantisation(quantised);
    std::fputs(describe(quantised).c_str(), stdout);

    auto reader = faces.test().batches(encoding_of(m.net()), {.batch = 32, .threads = 2, .training = false});
    reader.begin(0);
    std::vector<std::vector<array<float, 4>>> batches;
    std::vector<std::size_t> rows;
    batch b;
    std::size_t seen = 0;
    while (seen < count && reader.next(b)) {
        rows.push_back(std::min(b.size, count - seen));
        batches.push_back(b.windows);
        seen += rows.back();
    }
    io::safetensors_writer file;
    for (std::size_t j = 0; j < m.net().stages.size(); ++j) {
        std::size_t const side = m.net().stages[j].side, each = side * side * 3;
        std::vector<float> all;
        for (std::size_t i = 0; i < batches.size(); ++i) all.insert(all.end(), batches[i][j].data(), batches[i][j].data() + rows[i] * each);
        auto const pixels = static_cast<std::int64_t>(side);
        file.add(std::string(m.net().stages[j].name), io::dtype::f32, {static_cast<std::int64_t>(seen), pixels, pixels, 3}, all);
    }
    add_logits<float>(file, m, batches, rows, "float");
    add_logits<int8>(file, m, batches, rows, "int8");
    file.write(folder / "windows.safetensors");
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) return std::fputs("usage: onnx_windows <photos> <windows> <folder>\n", stderr), 2;
    try {
        write(argv[1], std::stoull(argv[2]), argv[3]);
        return 0;
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "onnx_windows: %s\n", problem.what());
        return 1;
    }
}
