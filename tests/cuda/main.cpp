// SPDX-License-Identifier: MIT
// The main of every test on a GPU: without one the program says why and counts as skipped.
#define BOOST_TEST_MODULE mcfa
#define BOOST_TEST_NO_MAIN
#include "shared_memory.hpp"

#include <mcfa/backend/cuda.hpp>
#include <mcfa/core/error.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdio>

int main(int argc, char** argv) {
    try {
        mcfa::backend::cuda::execution run{mcfa::backend::cuda{}};
        std::printf("%s\n", run.description().c_str());
    } catch (mcfa::device_error const& problem) {
        std::printf("skipped: %s: %s\n", argv[0], problem.what());
        return 77;
    }
    mcfa::test::share_new_memory();
    return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
