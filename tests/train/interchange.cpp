// SPDX-License-Identifier: MIT
// Weights and checkpoints of one backend on another: what goes on is the same training.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/train/training_folder.hpp>
#include <mcfa/weighting/harder_first.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#ifdef MCFA_LAWS_ON_GPU
#include <mcfa/backend/cuda.hpp>
#endif

#include "fake_faces.hpp"

using namespace mcfa;
using namespace mcfa::test;
namespace files = std::filesystem;

BOOST_AUTO_TEST_SUITE(train_interchange)

namespace {

#ifdef MCFA_LAWS_ON_GPU
using other = backend::cuda;
#else
using other = backend::emulated_device;
#endif

struct small : stage<input<6>, conv<4, conv_options{.bias = false}>, batch_norm, relu, dropout<20>, global_average_pool> {};
struct large : stage<input<8>, conv<4>, prelu, max_pool<2>, flatten, dense<6>, relu> {};
struct net : cascade<golden::tasks, small, large> {};

struct folder {
    files::path path;
    folder() {
        auto pattern = (files::temp_directory_path() / "mcfa-interchange-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot create " + pattern);
        path = pattern;
    }
    folder(folder const&) = delete;
    ~folder() { files::remove_all(path); }
};

template <class B>
void train(model<net, float, B>& m, files::path const& out, int stop_after = 0) {
    trainer t{m, adamw{.rate = 0.01}, weighting::harder_first{.rate = 0.1}, no_report{}};
    struct enough {};
    if (stop_after > 0)
        t.on_epoch = [=](epoch_report const& r) {
            if (r.epoch == stop_after) throw enough{};
        };
    training_options const options{.epochs = 4, .batch = 8, .rate = cosine_decay{}, .clip = 5};
    try {
        t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, options, training_folder{.path = out, .resume = true});
    } catch (enough const&) {
    }
}

template <class A, class B>
void expect_close(model<net, float, A> const& a, model<net, float, B> const& b, double allowed) {
    auto const left = a.values(), right = b.values();
    for (auto const& tensor : a.tensors()) {
        double off = 0, scale = 0.1;
        for (std::size_t i = 0; i < tensor.size(); ++i) {
            off = std::max(off, std::abs(static_cast<double>(left[tensor.first + i]) - static_cast<double>(right[tensor.first + i])));
            scale = std::max(scale, std::abs(static_cast<double>(right[tensor.first + i])));
        }
        BOOST_TEST(off <= allowed * scale, tensor.name << ": off by " << off);
    }
}

/// Two epochs on one backend and two on the other, against four on the first.
template <class First, class Second>
void expect_training_goes_on() {
    folder whole, half;
    model<net, float, First> unbroken{seed{3}}, begun{seed{3}};
    train(unbroken, whole.path);
    train(begun, half.path, 2);
    model<net, float, Second> resumed{seed{4}};
    train(resumed, half.path);
    expect_close(resumed, unbroken, 1e-2); // Adam divides small gradients by themselves
    model<net, float, Second> apart{seed{4}};
    io::load(apart, whole.path / "last.safetensors");
    expect_close(apart, unbroken, 0);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_checkpoint_of_one_backend_resumes_on_the_other) {
    expect_training_goes_on<backend::eigen, other>();
    expect_training_goes_on<other, backend::eigen>();
}

BOOST_AUTO_TEST_SUITE_END()
