// SPDX-License-Identifier: MIT
// Reading and writing weights takes little more memory than one copy of them beside the model.
#include <mcfa/backend/reference.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/face_class.hpp>

#include <boost/test/unit_test.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(model_file_memory)

namespace {

// 63 MB of weights, beside which the code and the buffers that a pass touches for the first time, some 2 MB, count little.
struct broad : stage<input<16>, flatten, dense<4096>, dense<3072>> {};
struct broad_net : cascade<heads<face_class>, broad> {};

/// A line of /proc/self/status, in bytes; 0 where the system has none.
double status(std::string const& name) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name + ":")) return 1024 * std::strtod(line.c_str() + name.size() + 1, nullptr);
    return 0;
}

/// Peak of memory in `body` above what was there before, in units of the weights, in a process of its own whose peak begins as low as it is.
template <class F>
int hundredths_of(double weights, F body) {
    auto const child = ::fork();
    if (child == 0) {
        double const before = status("VmRSS");
        body();
        double const share = 100 * (status("VmHWM") - before) / weights;
        ::_exit(share < 0 ? 255 : share > 254 ? 254 : static_cast<int>(share));
    }
    int result = 0;
    ::waitpid(child, &result, 0);
    return WIFEXITED(result) ? WEXITSTATUS(result) : 255;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_file_takes_one_copy_of_the_weights) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    BOOST_TEST_MESSAGE("left out: a sanitizer keeps memory of its own beside each byte");
#else
    if (status("VmHWM") == 0) return;
    auto const path = std::filesystem::temp_directory_path() / ("mcfa-memory-" + std::to_string(::getpid()));
    model<broad_net, float, backend::reference> m{seed{3}};
    double const weights = 4.0 * static_cast<double>(m.size());
    BOOST_TEST(hundredths_of(weights, [&] { io::save(m, path); }) <= 110);
    BOOST_TEST(hundredths_of(weights, [&] { io::load(m, path); }) <= 110);
    BOOST_TEST(hundredths_of(weights, [&] { io::save(m, path, {}, io::dtype::f16); }) <= 60);
    BOOST_TEST(hundredths_of(weights, [&] { io::load(m, path); }) <= 110);
    std::filesystem::remove(path);
#endif
}

BOOST_AUTO_TEST_SUITE_END()
