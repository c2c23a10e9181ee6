// SPDX-License-Identifier: MIT
// A loss and an optimiser of one's own, on drawn faces: landmarks under Huber's loss, learned by steps of one size.
#include "command_line/program.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/weighting/uniform.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

using namespace mcfa;

/// Quadratic near the target, linear beyond a distance of 1, so that a few badly placed landmarks do not rule a step.
struct huber {
    template <class T>
    static constexpr T evaluate(row<T const> z, row<T const> y, row<T> dz) {
        T sum = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
            T const difference = z[i] - y[i], bounded = std::clamp(difference, T(-1), T(1));
            dz[i] = bounded;
            sum += bounded * (difference - bounded / 2);
        }
        return sum;
    }
};

/// The library's landmarks under this loss.
struct robust_landmarks : landmarks<5> {
    using loss = huber;
};

/// Each parameter moves by the rate against the sign of its gradient's running mean.
struct sign_descent {
    static constexpr std::string_view name = "sign_descent";
    static constexpr std::size_t moments = 1;
    double rate = 1e-4;

    template <class B, class T>
    void apply(typename B::execution&, step_setting s, std::size_t count, T* p, T const* g, std::array<T*, 1> const& mean) const {
        for (std::size_t i = 0; i < count; ++i) {
            mean[0][i] = T(0.9) * mean[0][i] + T(0.1 * s.gradient_factor) * g[i];
            p[i] -= static_cast<T>(rate * s.rate_factor) * static_cast<T>((mean[0][i] > 0) - (mean[0][i] < 0));
        }
    }
};

struct tasks : heads<face_class, robust_landmarks> {};
constexpr vgg_options normalised{.batch_norm = true};
struct small : stage<input<24>, vgg_block<8, 1, normalised>, vgg_block<16, 1, normalised>, flatten, dense<32>, relu> {};
struct net : cascade<tasks, small> {};

int main(int argc, char**) {
    return run_program("custom_loss", [&] {
        if (argc > 1) return std::puts("custom_loss: trains with a loss and an optimiser of one's own on drawn faces; takes no options"), 0;
        model<net, float, backend::eigen> m{seed{1}, backend::eigen{2}};
        data::synthetic_faces const faces{600, seed{5}};
        trainer t{m, sign_descent{.rate = 3e-3}, weighting::uniform{}};
        auto const reports =
            t.fit(faces.training(), faces.validation(), {.epochs = 8, .batch = 16, .rate = cosine_decay{}, .monitor = "landmarks.nme"});
        std::printf("landmarks' error from %.3f to %.3f of the distance between the eyes\n", reports.front().monitored,
                    reports.back().monitored);
        return 0;
    });
}
