// SPDX-License-Identifier: MIT
// A weights file of any content: all of it is checked before anything changes.
#include "header_line.hpp"
#include "input.hpp"

#include <mcfa/backend/reference.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/face_class.hpp>

#include <algorithm>
#include <vector>

namespace {

using namespace mcfa;

struct only : stage<input<4>, conv<1>, relu, flatten> {};
struct net : cascade<heads<face_class>, only> {};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static fuzz::scratch_folder const folder;
    auto const path = folder.put("weights.safetensors", fuzz::safetensors_of(fuzz::as_text({data, size})));
    fuzz::accepted([&] {
        auto const file = io::safetensors_file::read(path);
        std::size_t total = 0;
        for (auto const& [name, tensor] : file.tensors()) {
            total += file.bytes(name).size();
            fuzz::accepted([&] { file.values<float>(name); });
            fuzz::accepted([&] { file.values<std::int64_t>(name); });
        }
        fuzz::expect(total <= size, "no more data than the file has");
    });
    static model<net, float, backend::reference> m{seed{1}};
    static std::vector<float> const before = m.values();
    bool const loaded = fuzz::accepted([&] { io::load(m, path); });
    auto const now = m.values();
    if (!loaded) fuzz::expect(now == before, "a load that fails changes nothing");
    else fuzz::expect(std::all_of(now.begin(), now.end(), [](float v) { return std::isfinite(v); }), "weights are finite");
    m.assign(before);
    return 0;
}
