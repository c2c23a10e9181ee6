// SPDX-License-Identifier: MIT
// One of each kind that a program may add, written as docs/architecture.md says: a layer, a loss, a task, a policy, an optimiser and a data set.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/eigen/map.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/mcfa.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

using namespace mcfa;

/// y = x / (1 + |x|);  dx = dy / (1 + |x|)^2
struct softsign {
    static constexpr std::string_view kind = "softsign";
    static constexpr shape output(shape in) { return in; }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        map(p.y).array() = map(p.x).array() / (1 + map(p.x).array().abs());
    }
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        if (!p.dx.empty()) map(p.dx).array() = map(p.dy).array() / (1 + map(p.x).array().abs()).square();
    }
};

/// |z - y|
struct absolute_error {
    template <class T>
    static constexpr T evaluate(row<T const> z, row<T const> y, row<T> dz) {
        T sum = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
            dz[i] = z[i] < y[i] ? T(-1) : T(1);
            sum += std::abs(z[i] - y[i]);
        }
        return sum;
    }
};

/// The brightness of a face, 0 to 1, from `annotation::measurements`.
struct brightness {
    static constexpr std::string_view name = "brightness";
    static constexpr int length = 1;
    using loss = absolute_error;

    static void encode(window_label const& label, std::span<float> target, std::span<float> mask) {
        auto const known = label.measurements.find("brightness");
        mask[0] = known != label.measurements.end() && label.kind == window_kind::positive ? 1.0f : 0.0f;
        target[0] = mask[0] != 0 ? known->second[0] : 0;
    }
    static void mirror(std::span<float>) {}
    static float decode(std::span<float const> logits) { return logits[0]; }

    struct metric {
        double sum = 0, count = 0;
        void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask) {
            sum += mask[0] * std::abs(logits[0] - target[0]);
            count += mask[0];
        }
        std::vector<figure> figures() const { return {{"nme", sum / count}}; }
    };
};

/// An attribute weighs as much as its loss in this step.
struct in_proportion {
    static constexpr std::string_view name = "in_proportion";
    void weigh(weighting::observation const& seen, std::span<double> weights) const {
        for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = weighting::observed(seen.losses[k]) ? seen.losses[k] : 0;
        weighting::scale_to_mean_one(weights, 0.1);
    }
};

/// p -= rate g / (1 + |g|)
struct bounded_descent {
    static constexpr std::string_view name = "bounded_descent";
    static constexpr std::size_t moments = 0;
    double rate = 0.05;

    template <class B, class T>
    void apply(typename B::execution&, step_setting s, std::size_t count, T* p, T const* g, std::array<T*, 0> const&) const {
        T const step = static_cast<T>(rate * s.rate_factor), scale = static_cast<T>(s.gradient_factor);
        for (std::size_t i = 0; i < count; ++i) p[i] -= step * scale * g[i] / (1 + std::abs(scale * g[i]));
    }
};

/// Grey squares of different brightness on black photos.
class squares : public data::dataset {
public:
    std::size_t size() const override { return 48; }
    std::string name(std::size_t i) const override { return "square " + std::to_string(i); }
    bool has_face(std::size_t) const override { return true; }
    annotation label(std::size_t i) const override {
        annotation known;
        known.face = box{8.0f + static_cast<float>(i % 5), 10, 16, 16};
        known.attributes = {static_cast<std::int8_t>(i % 2 == 0 ? 1 : -1)};
        known.measurements["brightness"] = {static_cast<float>(i % 8 + 1) / 8};
        return known;
    }
    data::example load(std::size_t i) const override {
        auto const known = label(i);
        auto photo = image::blank(48, 48, 0, 0, 0);
        auto const value = static_cast<std::uint8_t>(255 * known.measurements.at("brightness")[0]);
        for (std::size_t y = 10; y < 26; ++y)
            for (std::size_t x = 8 + i % 5; x < 24 + i % 5; ++x) photo(y, x, 0) = photo(y, x, 1) = photo(y, x, 2) = value;
        return {photo, known};
    }
    std::shared_ptr<attribute_table const> attributes() const override { return names_; }

private:
    std::shared_ptr<attribute_table const> names_ = std::make_shared<attribute_table const>(std::vector<std::string>{"Even"});
};

struct parity : attributes<"Even"> {};
struct tasks : heads<face_class, parity, brightness> {};
struct small : stage<input<12>, conv<4>, softsign, max_pool<2>, flatten, dense<8>, softsign> {};
struct net : cascade<tasks, small> {};

int main() {
    auto const photos = std::make_shared<squares const>();
    std::vector<std::size_t> first(40), last(8);
    for (std::size_t i = 0; i < 48; ++i) (i < 40 ? first[i] : last[i - 40]) = i;

    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    trainer t{m, bounded_descent{}, in_proportion{}, no_report{}};
    auto const epochs =
        t.fit(data::split{photos, first}, data::split{photos, last}, {.epochs = 20, .batch = 8, .monitor = "brightness.nme"});
    std::printf("error of brightness from %.3f to %.3f\n", epochs.front().monitored, epochs.back().monitored);
    return epochs.back().monitored < epochs.front().monitored ? 0 : 1;
}
