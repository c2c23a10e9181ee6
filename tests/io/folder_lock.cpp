// SPDX-License-Identifier: MIT
#include "expect_error.hpp"
#include "scratch_folder.hpp"

#include <mcfa/io/folder_lock.hpp>

#include <boost/test/unit_test.hpp>
#include <sys/wait.h>

#include <csignal>
#include <optional>
#include <string>

using mcfa::file_error;
using mcfa::io::folder_lock;

BOOST_AUTO_TEST_SUITE(folder_lock_)

BOOST_AUTO_TEST_CASE(a_folder_has_one_owner_at_a_time) {
    scratch_folder folder;
    std::optional<folder_lock> first(std::in_place, folder.path());
    expect_error<file_error>([&] { folder_lock second(folder.path()); },
                             folder.path().string() + ": is in use by process " + std::to_string(::getpid()) + " on host ");
    first.reset();
    BOOST_CHECK_EQUAL(folder.entries(), 0);
    folder_lock const third(folder.path());
}

BOOST_AUTO_TEST_CASE(a_killed_owner_holds_nothing) {
    scratch_folder folder;
    auto const child = ::fork();
    BOOST_REQUIRE_GE(child, 0);
    if (child == 0) {
        folder_lock const held(folder.path());
        std::raise(SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    BOOST_CHECK_EQUAL(folder.entries(), 1);
    {
        folder_lock const next(folder.path());
    }
    BOOST_CHECK_EQUAL(folder.entries(), 0);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_named_with_the_reason) {
    scratch_folder folder;
    expect_error<file_error>([&] { folder_lock held(folder / "absent"); }, "(No such file or directory)");
}

BOOST_AUTO_TEST_SUITE_END()
