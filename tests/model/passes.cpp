// SPDX-License-Identifier: MIT
// Forward and backward through whole cascades.
#include "gradient_probe.hpp"
#include "tiny_net.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/layer/activation.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/layer/squeeze_excite.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace mcfa;
using namespace mcfa::test;

namespace {

/// Depthwise convolutions, 1x1 ones between them, squeeze and excitation, and the smooth activations.
struct separable : stage<input<9>, conv<4>, swish, depthwise_conv<depthwise_options{.stride = 2, .bias = false}>, batch_norm, hard_swish,
                         squeeze_excite<2>, conv<5, conv_options{.kernel = 1, .pad = 0}>, gelu,
                         depthwise_conv<depthwise_options{.pad = 2, .dilation = 2}>, sigmoid, global_average_pool> {};
struct separable_net : cascade<tasks, separable> {};

/// The gradients of what trains are, bit for bit, those that it has where all trains, if the frozen layers compute the same as if they did.
template <class B>
void expect_gradients_of_the_rest(std::vector<std::string> const& frozen) {
    model<tiny_net, float, B> m{seed{3}};
    disturb(m, 4);
    auto const windows = noisy_batch<tiny_net>(3, 9);
    part_rates const rates(m.net(), frozen, {});
    auto const all = probe<float, B>(m, windows, 3).gradients(), rest = probe<float, B>(m, windows, 3, rates).gradients();
    for (auto const& tensor : m.tensors()) {
        if (tensor.spec.role == parameter_role::statistic) continue;
        for (std::size_t i = tensor.first; i < tensor.first + tensor.size(); ++i)
            BOOST_REQUIRE(rest[i] == (rates.of(tensor) > 0 ? all[i] : 0));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(model_passes)

BOOST_AUTO_TEST_CASE(gradients_are_finite_differences) {
    expect_net_gradients<tiny_net>();
    expect_net_gradients<odd_net>();
}

BOOST_AUTO_TEST_CASE(gradients_of_a_net_of_depthwise_convolutions_are_finite_differences) {
    expect_net_gradients<separable_net>();
    expect_net_gradients<separable_net>({"*.depthwise2", "*.bn*"});
    expect_net_gradients<separable_net>({"*.squeeze_excite*", "*.depthwise*"});
}

BOOST_AUTO_TEST_CASE(gradients_beside_frozen_parts_are_finite_differences) {
    for (std::string const frozen :
         {"small.bn1", "small.conv2", "small.dropout2", "large", "small", "*.bn*", "box", "large.box", "*.dense*"})
        expect_net_gradients<tiny_net>({frozen});
    expect_net_gradients<tiny_net>({"small.conv*", "*.prelu*", "face", "landmarks"});
    expect_net_gradients<tiny_net>({"small.*", "large.conv*"});
    expect_net_gradients<odd_net>({"begins_with_norm.bn1", "begins_with_prelu.prelu1", "begins_with_relu"});
}

BOOST_AUTO_TEST_CASE(the_rest_has_the_same_gradients_beside_frozen_parts) {
    for (std::string const frozen : {"small.conv*", "large.conv1", "large.dense2", "box", "attributes"}) {
        expect_gradients_of_the_rest<backend::reference>({frozen});
        expect_gradients_of_the_rest<backend::eigen>({frozen});
    }
}

BOOST_AUTO_TEST_CASE(a_loss_on_the_last_stage_reaches_the_first_through_the_concatenation) {
    model<tiny_net, double, backend::reference> m{seed{3}};
    disturb(m, 4);
    auto const windows = noisy_batch<tiny_net>(4, 9);
    probe<double, backend::reference> last(m, windows, 4), first(m, windows, 4);
    std::fill(last.coefficients[0].begin(), last.coefficients[0].end(), 0.0);
    std::fill(first.coefficients[1].begin(), first.coefficients[1].end(), 0.0);
    auto const of_last = last.gradients(), of_first = first.gradients();
    for (auto const& tensor : m.tensors()) {
        if (tensor.spec.role == parameter_role::statistic) continue;
        auto const moves = [&](std::vector<double> const& g) {
            return std::any_of(g.begin() + static_cast<std::ptrdiff_t>(tensor.first),
                               g.begin() + static_cast<std::ptrdiff_t>(tensor.first + tensor.size()), [](double v) { return v != 0; });
        };
        bool const head = tensor.name.find("small.") == 0 && tensor.first >= tiny_net::stages[0].first_head_weight;
        BOOST_TEST(moves(of_last) == !head, "loss on large: " << tensor.name);
        BOOST_TEST(moves(of_first) == tensor.name.starts_with("small."), "loss on small: " << tensor.name);
    }
}

BOOST_AUTO_TEST_CASE(eigen_agrees_with_reference) {
    model<tiny_net, float, backend::reference> slow{seed{3}};
    model<tiny_net, float, backend::eigen> fast{seed{3}, backend::eigen{.threads = 2}};
    disturb(slow, 4);
    fast.assign(slow.values());
    for (std::size_t const batch : {1u, 2u, 7u}) {
        auto const windows = noisy_batch<tiny_net>(batch, 9);
        probe<float, backend::reference> a(slow, windows, batch);
        probe<float, backend::eigen> b(fast, windows, batch);
        workspace<float, backend::reference> c(slow, batch, purpose::inference);
        workspace<float, backend::eigen> d(fast, batch, purpose::inference);
        load_all(c, windows, batch);
        load_all(d, windows, batch);
        forward(prepared_model{slow}, c, batch);
        forward(prepared_model{fast}, d, batch);
        for (std::size_t j = 0; j < 2; ++j)
            BOOST_TEST(distance(c.logits(j), d.logits(j), batch * static_cast<std::size_t>(tasks::length)) < 2e-5);
        if (batch > 1) { // the norm of a single vector is its bias, whatever the rest of its stage does
            auto const left = a.gradients(), right = b.gradients();
            double largest = 0;
            for (float const g : left) largest = std::max(largest, std::abs(static_cast<double>(g)));
            BOOST_TEST(distance(left, right, left.size()) < 2e-5 * largest);
            BOOST_TEST(distance(a.measured, b.measured, a.measured.size()) < 1e-5);
            for (std::size_t j = 0; j < 2; ++j)
                BOOST_TEST(distance(a.w.logits(j), b.w.logits(j), batch * static_cast<std::size_t>(tasks::length)) < 2e-5);
        }
    }
}

/// In inference a row depends on its window alone: not on the other rows, the batch or the capacity.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_depends_on_its_window_alone, Net, decltype(std::tuple<tiny_net, odd_net>{})) {
    model<Net, float, backend::eigen> m{seed{3}, backend::eigen{.threads = 1}};
    disturb(m, 4);
    std::size_t const count = 6;
    auto const length = static_cast<std::size_t>(tasks::length);
    auto const windows = noisy_batch<Net>(count, 9);
    workspace<float, backend::eigen> all(m, count, purpose::inference);
    load_all(all, windows, count);
    prepared_model const ready{m};
    forward(ready, all, count);
    for (std::size_t const capacity : {std::size_t{1}, count})
        for (std::size_t row = 0; row < count; ++row) {
            auto one = noisy_batch<Net>(count, 1000 + row);
            std::size_t const at = capacity == 1 ? 0 : count - 1 - row, batch = at + 1;
            for (std::size_t j = 0; j < Net::count; ++j) {
                std::size_t const size = Net::stages[j].input.size();
                std::copy_n(windows[j].data() + row * size, size, one[j].data() + at * size);
            }
            workspace<float, backend::eigen> w(m, capacity, purpose::inference);
            load_all(w, one, batch);
            forward(ready, w, batch);
            for (std::size_t j = 0; j < Net::count; ++j)
                BOOST_TEST(distance(w.logits(j) + at * length, all.logits(j) + row * length, length) < 1e-5,
                           "stage " << j << ", row " << row);
        }
}

BOOST_AUTO_TEST_CASE(each_call_may_take_another_number_of_threads) {
    model<tiny_net, float, backend::eigen> m{seed{3}, backend::eigen{.threads = 1}};
    auto const windows = noisy_batch<tiny_net>(5, 9);
    workspace<float, backend::eigen> w(m, 5, purpose::inference);
    load_all(w, windows, 5);
    prepared_model const ready{m, 5};
    auto const on = [&](int threads) {
        w.run.use(threads);
        forward(ready, w, 5);
        return std::vector<float>(w.logits(1), w.logits(1) + 5 * static_cast<std::size_t>(tasks::length));
    };
    auto const expected = on(1);
    for (int const threads : {3, 2, 1}) BOOST_TEST((on(threads) == expected));
    BOOST_CHECK_THROW(w.run.use(0), option_error);
}

BOOST_AUTO_TEST_CASE(inference_neither_drops_nor_measures) {
    model<tiny_net, float, backend::reference> m{seed{3}};
    auto const before = m.values();
    auto const windows = noisy_batch<tiny_net>(3, 9);
    workspace<float, backend::reference> inference(m, 3, purpose::inference), w(m, 3, purpose::training);
    load_all(inference, windows, 3);
    load_all(w, windows, 3);
    auto const length = 3 * static_cast<std::size_t>(tasks::length);
    auto const logits_of = [&](auto& space) { return std::vector<float>(space.logits(1), space.logits(1) + length); };
    auto const logits = [&] { return logits_of(w); };
    prepared_model const ready{m};
    forward(ready, inference, 3);
    auto const first = logits_of(inference);
    forward(ready, inference, 3);
    BOOST_TEST(first == logits_of(inference));
    BOOST_TEST(before == m.values());
    BOOST_CHECK_THROW(forward(ready, w, 3), option_error);
    forward_training(m, w, 3, 1);
    auto const dropped = logits();
    forward_training(m, w, 3, 1);
    BOOST_TEST(dropped == logits());
    forward_training(m, w, 3, 2);
    BOOST_TEST(dropped != logits());
    auto const after = m.values();
    for (auto const& tensor : m.tensors()) {
        bool const same = std::equal(after.begin() + static_cast<std::ptrdiff_t>(tensor.first),
                                     after.begin() + static_cast<std::ptrdiff_t>(tensor.first + tensor.size()),
                                     before.begin() + static_cast<std::ptrdiff_t>(tensor.first));
        BOOST_TEST(same == (tensor.spec.role != parameter_role::statistic), tensor.name);
    }
}

BOOST_AUTO_TEST_CASE(a_workspace_refuses_what_does_not_fit) {
    model<tiny_net, float, backend::reference> m{seed{3}};
    using space = workspace<float, backend::reference>;
    BOOST_CHECK_THROW(space(m, 0, purpose::inference), option_error);
    space w(m, 2, purpose::inference);
    BOOST_CHECK_THROW(w.load(0, noisy_windows(3, 8, 1), 3), shape_error);
    BOOST_CHECK_THROW(w.load(0, noisy_windows(1, 8, 1), 2), shape_error);
    BOOST_CHECK_THROW(w.load(1, noisy_windows(2, 8, 1), 2), shape_error);
    w.load(1, noisy_windows(3, 12, 1), 2);
}

BOOST_AUTO_TEST_SUITE_END()
