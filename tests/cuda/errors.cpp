// SPDX-License-Identifier: MIT
// What goes wrong says what was asked, in which shape, and how it ended.
#include "settled.hpp"

#include <mcfa/core/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(cuda_errors)

BOOST_AUTO_TEST_CASE(too_little_memory_says_how_much) {
    try {
        backend::cuda::buffer<float> const all(std::size_t{1} << 42);
        BOOST_ERROR("16 TB of a GPU's memory");
    } catch (memory_error const& problem) {
        BOOST_TEST(problem.asked == std::size_t{1} << 44);
        BOOST_TEST(problem.available > 0u);
        BOOST_TEST(std::string(problem.what()).find("requested 17592186 MB") != std::string::npos, problem.what());
    }
}

BOOST_AUTO_TEST_CASE(a_launch_that_is_refused_names_the_operation_and_its_shape) {
    backend::cuda::execution run{backend::cuda{}};
    planes<float> const endless{nullptr, 3, 1, 1, std::size_t{1} << 45}; // more blocks than a launch may have
    try {
        compute(run, rectifier_forward<float>{.x = endless, .y = endless});
        BOOST_ERROR("a launch without limits");
    } catch (device_error const& problem) {
        std::string const said = problem.what();
        BOOST_TEST(said.find("rectifier forward, 3x1x1x") != std::string::npos, said);
        BOOST_TEST(said.find("cudaErrorInvalid") != std::string::npos, said);
    }
}

BOOST_AUTO_TEST_CASE(reading_back_while_recording_is_refused) {
    backend::cuda::execution run{backend::cuda{}};
    backend::cuda::buffer<float> values(10);
    float one = 0;
    auto const reads = [&] { run.copy_out(&one, static_cast<float const*>(values.data()), 1); };
    run.steady(1, reads);
    BOOST_CHECK_THROW(run.steady(1, reads), device_error);
    run.steady(2, reads); // and afterwards all is well
}

BOOST_AUTO_TEST_SUITE_END()
