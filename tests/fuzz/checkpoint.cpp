// SPDX-License-Identifier: MIT
// A checkpoint of any content, or what its metadata say of the training: one line that begins with '{'.
#include "header_line.hpp"
#include "input.hpp"

#include <mcfa/backend/reference.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/train/files/checkpoint.hpp>
#include <mcfa/train/optimiser.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/harder_first.hpp>

#include <map>
#include <vector>

namespace {

using namespace mcfa;

struct only : stage<input<4>, conv<1>, relu, flatten> {};
struct net : cascade<heads<face_class, attributes<"Smiling", "Male">>, only> {};

struct training {
    model<net, float, backend::reference> m{seed{1}};
    training_options options{.epochs = 20};
    training_step<float, backend::reference, adam, weighting::harder_first> step{m, adam{}, {}, 1, {}, 0, seed{1}};
    std::vector<float> before = m.values();
    io::json settings{{"batches_per_epoch", 100}, {"epochs", 20}, {"net", "small"}};
    fuzz::scratch_folder folder;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static training t;
    std::string_view const text = fuzz::as_text({data, size});
    if (text.starts_with('{') && text.find('\n') == text.npos) {
        fuzz::accepted([&] {
            position_reader const state(std::string(text), "input");
            auto const p = state.position();
            fuzz::expect(p.epoch >= 1 && p.steps >= 0 && p.best_epoch >= 0 && p.best_epoch <= p.epoch, "a position can be gone on from");
            check_settings(state.settings(), t.settings, t.options, state.position().epoch, "input");
        });
        return 0;
    }
    auto const path = t.folder.put("last.safetensors", fuzz::safetensors_of(text));
    training_position found;
    if (fuzz::accepted([&] { found = load_checkpoint(t.step, t.settings, t.options, path).position; }))
        fuzz::expect(found.epoch >= 1 && found.epoch <= t.options.epochs && t.step.steps() == found.steps,
                     "a training goes on where it stood");
    else fuzz::expect(t.m.values() == t.before, "a load that fails changes nothing");
    t.m.assign(t.before);
    return 0;
}
