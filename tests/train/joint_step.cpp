// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/backend/reference.hpp>
#ifdef MCFA_LAWS_ON_GPU
#include <mcfa/backend/cuda.hpp>
#endif
#include "recorded_steps.hpp"

#include <boost/test/unit_test.hpp>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(train_joint_step)

BOOST_AUTO_TEST_CASE(joint_steps_are_those_of_pytorch) {
    golden::recorded_steps const from;
    auto const& s = from.settings["sgd"];
    auto const& a = from.settings["adamw"];
    sgd const momentum{s["lr"], s["momentum"], s["weight_decay"]};
    adamw const adaptive{a["lr"], a["betas"][0], a["betas"][1], a["eps"], a["weight_decay"]};
#ifdef MCFA_LAWS_ON_GPU
    golden::expect_steps<double, backend::cuda>(from, "sgd", momentum, 1e-12);
    golden::expect_steps<float, backend::cuda>(from, "sgd", momentum, 1e-5);
    golden::expect_steps<float, backend::cuda>(from, "adamw", adaptive, 1e-3);
#else
    golden::expect_steps<double, backend::reference>(from, "sgd", momentum, 1e-12);
    golden::expect_steps<double, backend::reference>(from, "adamw", adaptive, 1e-9); // a gradient of nearly 0 is divided by itself
    golden::expect_steps<float, backend::reference>(from, "sgd", momentum, 1e-5);
    golden::expect_steps<float, backend::eigen>(from, "sgd", momentum, 1e-5);
    golden::expect_steps<float, backend::eigen>(from, "adamw", adaptive, 1e-3);
    golden::expect_steps<double, backend::emulated_device>(from, "sgd", momentum, 1e-12);
    golden::expect_steps<double, backend::emulated_device>(from, "adamw", adaptive, 1e-9);
    golden::expect_steps<float, backend::emulated_device>(from, "sgd", momentum, 1e-5);
#endif
}

BOOST_AUTO_TEST_SUITE_END()
