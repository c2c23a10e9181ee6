// SPDX-License-Identifier: MIT
// Threads that the system does not start, in a process of its own whose memory is limited.
#include "folder.hpp"

#include <mcfa/data/dataset.hpp>
#include <mcfa/data/split.hpp>

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(loading)

namespace {

struct one_photo : dataset {
    std::size_t size() const override { return 1; }
    std::string name(std::size_t) const override { return "photo"; }
    bool has_face(std::size_t) const override { return true; }
    annotation label(std::size_t) const override { return {box{10, 10, 20, 20}, {}, {}, {}}; }
    example load(std::size_t i) const override { return {noise(i, 60, 60), label(i)}; }
    std::shared_ptr<attribute_table const> attributes() const override {
        return std::make_shared<attribute_table const>(std::vector<std::string>{});
    }
};

/// Bytes of address space that this process has.
std::size_t address_space() {
    std::size_t pages = 0;
    if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%zu", &pages) != 1) pages = 0;
        std::fclose(file);
    }
    return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// 0: an error that names the option; other values tell what was wrong.
int start_too_many() {
    ::alarm(20);                                                                     // a loader that hangs ends the child by a signal
    ::rlimit const limit{address_space() + (std::size_t{200} << 20), RLIM_INFINITY}; // room for some 20 stacks of 8 MiB
    if (::setrlimit(RLIMIT_AS, &limit) != 0) return 3;
    split const photos(std::make_shared<one_photo>(), {0});
    encoding const code{{8}, 1, 1, [](window_label const&, bool, std::span<float>, std::span<float>) {}, {}};
    try {
        auto batches = photos.batches(code, {1, 1000, seed{1}, true});
        return 1; // all started
    } catch (error const& problem) {
        return std::string(problem.what()).find("of 1000 (option batch_options.threads) cannot start") != std::string::npos ? 0 : 2;
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_thread_that_cannot_start_is_an_error_and_no_hang) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    BOOST_TEST_MESSAGE("left out: a sanitizer needs the address space that this test takes away");
    return;
#endif
    ::pid_t const child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) ::_exit(start_too_many());
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(!WIFSIGNALED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
