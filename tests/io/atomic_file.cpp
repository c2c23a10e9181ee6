// SPDX-License-Identifier: MIT
#include "expect_error.hpp"
#include "scratch_folder.hpp"

#include <mcfa/io/atomic_file.hpp>

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

using mcfa::file_error;

namespace {

void write(std::filesystem::path const& path, std::string const& text) {
    std::array<std::span<std::byte const>, 2> const pieces{std::as_bytes(std::span(text)).first(text.size() / 2),
                                                           std::as_bytes(std::span(text)).subspan(text.size() / 2)};
    mcfa::io::write_atomically(path, pieces);
}

/// Runs `body` in a process of its own, whose limits and user may change, and gives the message of the `file_error` it threw.
std::string error_in_child(std::function<void()> const& body) {
    int ends[2];
    BOOST_REQUIRE_EQUAL(::pipe(ends), 0);
    auto const child = ::fork();
    BOOST_REQUIRE_GE(child, 0);
    if (child == 0) {
        std::string message = "no error";
        try {
            body();
        } catch (file_error const& problem) {
            message = problem.what();
        } catch (...) {
            message = "another error";
        }
        bool const sent = ::write(ends[1], message.data(), message.size()) == static_cast<ssize_t>(message.size());
        ::_exit(sent ? 0 : 1);
    }
    ::close(ends[1]);
    std::string message(4096, '\0');
    auto const size = ::read(ends[0], message.data(), message.size());
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    message.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(atomic_file)

BOOST_AUTO_TEST_CASE(writes_and_replaces_a_file_and_leaves_nothing_else) {
    scratch_folder folder;
    write(folder / "a", "first");
    BOOST_CHECK_EQUAL(content(folder / "a"), "first");
    write(folder / "a", "second, longer");
    BOOST_CHECK_EQUAL(content(folder / "a"), "second, longer");
    write(folder / "a", "");
    BOOST_CHECK_EQUAL(content(folder / "a"), "");
    BOOST_CHECK_EQUAL(folder.entries(), 1);
}

BOOST_AUTO_TEST_CASE(a_name_without_a_folder_is_in_the_current_one) {
    scratch_folder folder;
    auto const before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    write("a", "text");
    std::filesystem::current_path(before);
    BOOST_CHECK_EQUAL(content(folder / "a"), "text");
}

BOOST_AUTO_TEST_CASE(a_write_that_stops_half_way_leaves_the_old_file) {
    scratch_folder folder;
    auto const path = folder / "a";
    write(path, "old");
    auto const message = error_in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        ::rlimit const limit{1000, 1000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        write(path, std::string(1800, 'x')); // the first piece fits, the second does not
    });
    BOOST_CHECK_EQUAL(message, path.string() + ": cannot be written (File too large)");
    BOOST_CHECK_EQUAL(content(path), "old");
    BOOST_CHECK_EQUAL(folder.entries(), 1);
}

BOOST_AUTO_TEST_CASE(a_killed_write_leaves_the_old_file) {
    scratch_folder folder;
    write(folder / "a", "old");
    auto const child = ::fork();
    BOOST_REQUIRE_GE(child, 0);
    if (child == 0) {
        mcfa::io::temporary_file file(folder / "a");
        file.append(std::as_bytes(std::span("half")));
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    BOOST_CHECK_EQUAL(content(folder / "a"), "old");
    write(folder / "a", "new");
    BOOST_CHECK_EQUAL(content(folder / "a"), "new");
}

BOOST_AUTO_TEST_CASE(a_missing_folder_is_named) {
    scratch_folder folder;
    auto const path = folder.path() / "absent" / "a";
    expect_error<file_error>([&] { write(path, "text"); }, path.string() + ": ");
    expect_error<file_error>([&] { write(path, "text"); }, "(No such file or directory)");
    BOOST_CHECK_EQUAL(folder.entries(), 0);
}

BOOST_AUTO_TEST_CASE(an_unwritable_folder_is_refused) {
    scratch_folder folder;
    auto const path = folder / "a";
    write(path, "old");
    ::chmod(folder.path().c_str(), 0555);
    auto const message = error_in_child([&] {
        if (::geteuid() == 0 && ::seteuid(65534) != 0) throw std::runtime_error("root cannot step down");
        write(path, "text");
    });
    ::chmod(folder.path().c_str(), 0755);
    BOOST_CHECK_EQUAL(message, path.string() + ": cannot create a temporary file in its folder (Permission denied)");
    BOOST_CHECK_EQUAL(content(path), "old");
    BOOST_CHECK_EQUAL(folder.entries(), 1);
}

BOOST_AUTO_TEST_CASE(a_folder_a_pipe_and_a_device_are_not_replaced) {
    scratch_folder folder;
    std::filesystem::create_directory(folder / "inner");
    BOOST_REQUIRE_EQUAL(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    for (auto const& path : {folder / "inner", folder / "pipe", std::filesystem::path("/dev/full")})
        expect_error<file_error>([&] { write(path, "text"); }, path.string() + ": cannot be written (not a regular file)");
    BOOST_CHECK(std::filesystem::is_directory(folder / "inner"));
    BOOST_CHECK(std::filesystem::is_fifo(folder / "pipe"));
    BOOST_CHECK_EQUAL(folder.entries(), 2);
}

BOOST_AUTO_TEST_CASE(a_temporary_that_is_given_up_is_removed) {
    scratch_folder folder;
    {
        mcfa::io::temporary_file file(folder / "a");
        file.append(std::as_bytes(std::span("text")));
        BOOST_CHECK_EQUAL(folder.entries(), 1);
    }
    BOOST_CHECK_EQUAL(folder.entries(), 0);
}

BOOST_AUTO_TEST_CASE(temporaries_of_killed_processes_are_removed_and_those_in_use_stay) {
    scratch_folder folder;
    auto const child = ::fork();
    BOOST_REQUIRE_GE(child, 0);
    if (child == 0) {
        mcfa::io::temporary_file file(folder / "a");
        file.append(std::as_bytes(std::span("half")));
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    mcfa::io::temporary_file in_use(folder / "b");
    in_use.append(std::as_bytes(std::span("text")));
    BOOST_REQUIRE_EQUAL(folder.entries(), 2);
    BOOST_CHECK_EQUAL(mcfa::io::remove_abandoned_temporaries(folder.path()), 1u);
    BOOST_CHECK_EQUAL(mcfa::io::remove_abandoned_temporaries(folder.path()), 0u);
    in_use.move_to_target();
    BOOST_CHECK(std::filesystem::exists(folder / "b"));
    BOOST_CHECK_EQUAL(mcfa::io::remove_abandoned_temporaries(folder / "absent"), 0u);
}

BOOST_AUTO_TEST_SUITE_END()
