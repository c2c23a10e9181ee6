// SPDX-License-Identifier: MIT
#include "fake_faces.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/train/loss/joint_loss.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(hard_examples)

namespace {

using backends = std::tuple<backend::reference, backend::eigen>;
constexpr std::size_t windows = 24;

batch some_batch() {
    auto reader = test::fake_faces{windows}.batches(encoding_of(golden::net::info), batch_options{windows, 1, seed{1}, true});
    batch b;
    reader.begin(0);
    reader.next(b);
    return b;
}

struct outcome {
    std::vector<double> means;
    std::vector<float> gradients; ///< at the logits, (windows, logits)
    std::vector<float> logits;
};

/// Losses and gradients of every stage.
template <class B>
std::vector<outcome> evaluated(batch const& b, double hard_example_share) {
    model<golden::net, float, B> m{seed{4}};
    workspace<float, B> w(m, windows, purpose::training);
    joint_loss<float, B> loss(m, windows, {}, hard_example_share);
    for (std::size_t j = 0; j < 2; ++j) w.load(j, b.windows[j], b.size);
    loss.load(w, b);
    forward_training(m, w, b.size, 1);
    std::vector<outcome> all(2);
    for (std::size_t j = 0; j < 2; ++j) {
        loss.evaluate(w, j);
        all[j].means = loss.means(j);
        std::size_t const count = b.size * static_cast<std::size_t>(m.net().logits);
        all[j].gradients.resize(count);
        all[j].logits.resize(count);
        w.read(w.logits_gradient(j), count, all[j].gradients.data());
        w.read(w.logits(j), count, all[j].logits.data());
    }
    return all;
}

} // namespace

/// Of the labelled samples the 70 % with the highest class losses keep their gradient, all other gradients and all means are as ever.
BOOST_AUTO_TEST_CASE_TEMPLATE(only_the_hardest_move_the_class, B, backends) {
    batch const b = some_batch();
    auto const all = evaluated<B>(b, 1), hard = evaluated<B>(b, 0.7);
    constexpr auto width = static_cast<std::size_t>(golden::tasks::length);
    for (std::size_t j = 0; j < 2; ++j) {
        for (std::size_t k = 0; k < all[j].means.size(); ++k) BOOST_TEST(all[j].means[k] == hard[j].means[k]);
        std::vector<float> kept, dropped; // losses
        for (std::size_t n = 0; n < b.size; ++n) {
            for (std::size_t l = 2; l < width; ++l) BOOST_TEST(all[j].gradients[n * width + l] == hard[j].gradients[n * width + l]);
            float const z0 = hard[j].logits[n * width], z1 = hard[j].logits[n * width + 1];
            float const loss = std::log1p(std::exp(b.targets(n, 0) > 0.5f ? z0 - z1 : z1 - z0));
            if (b.masks(n, 0) == 0) continue;
            bool const gone = hard[j].gradients[n * width] == 0 && hard[j].gradients[n * width + 1] == 0;
            if (!gone) BOOST_TEST(hard[j].gradients[n * width] == all[j].gradients[n * width]);
            (gone ? dropped : kept).push_back(loss);
        }
        std::size_t const labelled = kept.size() + dropped.size();
        BOOST_TEST(labelled > 8u);
        BOOST_TEST(labelled < b.size); // part windows have no class
        BOOST_TEST(kept.size() == static_cast<std::size_t>(std::ceil(0.7 * static_cast<double>(labelled))));
        BOOST_TEST(*std::min_element(kept.begin(), kept.end()) >= *std::max_element(dropped.begin(), dropped.end()) - 1e-6f);
    }
}

BOOST_AUTO_TEST_CASE(shares_out_of_range_are_refused) {
    model<golden::net, float, backend::reference> const m{seed{4}};
    for (double const share : {0.0, -1.0, 1.1, std::nan("")})
        BOOST_CHECK_THROW((joint_loss<float, backend::reference>(m, 4, {}, share)), option_error);
}

BOOST_AUTO_TEST_SUITE_END()
