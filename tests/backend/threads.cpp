// SPDX-License-Identifier: MIT
#include <mcfa/backend/eigen.hpp>

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace mcfa;
using backend::eigen;
using namespace std::chrono_literals;

namespace {

/// How often each index of a launch was visited.
std::vector<int> visits(eigen::execution& run, std::int64_t count) {
    std::vector<int> seen(static_cast<std::size_t>(count));
    run.launch(count, [&](std::int64_t i) { ++seen[static_cast<std::size_t>(i)]; });
    return seen;
}

bool all_once(std::vector<int> const& seen) {
    return std::all_of(seen.begin(), seen.end(), [](int n) { return n == 1; });
}

/// Waits until `condition` holds; false if it never does.
template <class Condition>
bool soon(Condition const& condition, std::chrono::milliseconds limit = 20s) {
    for (auto const end = std::chrono::steady_clock::now() + limit; !condition();) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Every thread that runs bodies, by letting each wait a while for all `threads`. A loop that finds the machine busy may be run by
/// its caller alone, so more than one is tried.
std::set<std::thread::id> threads_at_work(eigen::execution& run, int threads) {
    std::set<std::thread::id> found;
    soon([&] {
        std::mutex mutex;
        std::atomic<int> arrived{0};
        found.clear();
        run.launch(threads, [&](std::int64_t) {
            ++arrived;
            soon([&] { return arrived == threads; }, 20ms);
            std::lock_guard const lock(mutex);
            found.insert(std::this_thread::get_id());
        });
        return found.size() == static_cast<std::size_t>(threads);
    });
    return found;
}

/// The exit status of what a child made by fork does; -1 if it hangs for 20 seconds.
template <class Work>
int status_of_child(Work const& work) {
    pid_t const child = fork();
    if (child == 0) {
        bool good = false;
        try {
            good = work();
        } catch (...) {
        }
        _exit(good ? 0 : 1);
    }
    for (int i = 0; i < 2000; ++i) {
        int status = 0;
        if (waitpid(child, &status, WNOHANG) == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
        std::this_thread::sleep_for(10ms);
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    return -1;
}

/// The thread sanitizer ends a child that starts threads.
#if defined(__SANITIZE_THREAD__)
constexpr bool may_start_threads_after_fork = false;
#elif defined(__has_feature)
constexpr bool may_start_threads_after_fork = !__has_feature(thread_sanitizer);
#else
constexpr bool may_start_threads_after_fork = true;
#endif

/// A pool that takes work and never begins it.
struct stalled_pool : Eigen::ThreadPoolInterface {
    std::vector<std::function<void()>> waiting;
    void Schedule(std::function<void()> work) override { waiting.push_back(std::move(work)); }
    int NumThreads() const override { return 3; }
    int CurrentThreadId() const override { return -1; }
};

/// A pool that refuses work.
struct refusing_pool : stalled_pool {
    void Schedule(std::function<void()>) override { throw std::runtime_error("closed"); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(backend_threads)

BOOST_AUTO_TEST_CASE(a_launch_visits_each_index_once) {
    for (int const threads : {1, 2, 3, 7}) {
        eigen::execution run(eigen{threads});
        for (int repeat = 0; repeat < 50; ++repeat)
            for (std::int64_t const count : {0, 1, 2, 3, 8, 100, 1000}) BOOST_TEST_REQUIRE(all_once(visits(run, count)));
    }
}

BOOST_AUTO_TEST_CASE(no_two_threads_at_work_have_one_number) {
    constexpr int threads = 4;
    eigen::execution run(eigen{threads});
    std::vector<std::atomic<int>> inside(threads);
    std::atomic<bool> bad{false};
    for (int repeat = 0; repeat < 200; ++repeat)
        run.launch_on_threads(20, [&](std::int64_t, int thread) {
            if (thread < 0 || thread >= threads || inside[static_cast<std::size_t>(thread)].exchange(1) != 0) bad = true;
            std::this_thread::yield();
            inside[static_cast<std::size_t>(thread)] = 0;
        });
    BOOST_TEST(!bad);
}

BOOST_AUTO_TEST_CASE(as_many_threads_work_as_were_asked_for) {
    for (int const threads : {2, 5}) {
        eigen::execution run(eigen{threads});
        auto const found = threads_at_work(run, threads);
        BOOST_TEST(found.size() == static_cast<std::size_t>(threads));
        BOOST_TEST(found.count(std::this_thread::get_id()) == 1u);
    }
}

BOOST_AUTO_TEST_CASE(threads_change_between_launches) {
    eigen::execution run(eigen{2});
    for (int const threads : {2, 5, 1, 3, 2}) {
        run.use(threads);
        BOOST_TEST(threads_at_work(run, threads).size() == static_cast<std::size_t>(threads));
        std::atomic<int> largest{0};
        run.launch_on_threads(100, [&](std::int64_t, int thread) {
            for (int seen = largest; seen < thread && !largest.compare_exchange_weak(seen, thread);) {
            }
        });
        BOOST_TEST(largest < threads);
    }
}

BOOST_AUTO_TEST_CASE(copies_of_a_backend_share_its_threads) {
    eigen const backend{2};
    eigen const copy = backend;
    eigen::execution first(backend), second(copy), other(eigen{2});
    auto const one = threads_at_work(first, 2), two = threads_at_work(second, 2), three = threads_at_work(other, 2);
    BOOST_TEST((one == two));
    BOOST_TEST((one != three));
}

BOOST_AUTO_TEST_CASE(one_thread_starts_none) {
    eigen const backend{1};
    eigen::execution run(backend);
    visits(run, 100);
    BOOST_TEST(threads_at_work(run, 1).count(std::this_thread::get_id()) == 1u);
}

BOOST_AUTO_TEST_CASE(many_callers_share_a_backend) {
    eigen const backend{3};
    std::atomic<int> bad{0};
    std::vector<std::thread> callers;
    for (int c = 0; c < 4; ++c)
        callers.emplace_back([&] {
            eigen::execution run(backend);
            for (int repeat = 0; repeat < 200; ++repeat)
                if (!all_once(visits(run, 1 + repeat % 17))) ++bad;
        });
    for (auto& caller : callers) caller.join();
    BOOST_TEST(bad == 0);
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_body_reaches_the_caller) {
    for (int const threads : {1, 2, 4}) {
        eigen::execution run(eigen{threads});
        for (std::int64_t const thrower : {0, 1, 57, 99}) {
            for (int repeat = 0; repeat < 20; ++repeat)
                BOOST_CHECK_EXCEPTION(run.launch(100,
                                                 [&](std::int64_t i) {
                                                     if (i == thrower) throw std::runtime_error("item " + std::to_string(i));
                                                 }),
                                      std::runtime_error, [&](auto const& e) { return e.what() == "item " + std::to_string(thrower); });
            BOOST_TEST(all_once(visits(run, 100)));
        }
        BOOST_CHECK_THROW(run.launch(100, [](std::int64_t) { throw std::runtime_error("all"); }), std::runtime_error);
        BOOST_TEST(all_once(visits(run, 100)));
    }
}

BOOST_AUTO_TEST_CASE(a_launch_inside_a_body_stays_on_its_thread) {
    eigen const backend{3};
    eigen::execution run(backend), own(backend);
    std::atomic<int> bad{0}, inner{0}, arrived{0};
    BOOST_TEST(soon([&] { // until all three threads were in one loop
        arrived = inner = 0;
        run.launch_on_threads(3, [&](std::int64_t, int thread) {
            ++arrived;
            bool const all = soon([&] { return arrived == 3; }, 20ms);
            auto const here = std::this_thread::get_id();
            for (std::int64_t const count : {1, 5})
                run.launch_on_threads(count, [&](std::int64_t, int nested) {
                    if (nested != thread || std::this_thread::get_id() != here) ++bad;
                    ++inner;
                });
            if (!all) ++arrived; // came too late to be counted as one of three at once
        });
        return arrived == 3;
    }));
    BOOST_TEST(inner == 3 * 6);
    BOOST_TEST(bad == 0);
    run.launch(2, [&](std::int64_t i) {
        if (i == 0) // another execution has thread numbers of its own
            own.launch_on_threads(5, [&](std::int64_t, int nested) { bad += nested != 0; });
    });
    BOOST_TEST(bad == 0);
}

BOOST_AUTO_TEST_CASE(a_pool_of_the_user_does_the_work) {
    Eigen::ThreadPool pool(2);
    eigen const backend{.threads = 3, .pool = &pool};
    eigen::execution run(backend);
    std::set<std::thread::id> members;
    std::mutex mutex;
    std::atomic<int> arrived{0};
    for (int i = 0; i < 2; ++i)
        pool.Schedule([&] {
            ++arrived;
            soon([&] { return arrived == 2; });
            std::lock_guard const lock(mutex);
            members.insert(std::this_thread::get_id());
        });
    BOOST_TEST(soon([&] {
        std::lock_guard const lock(mutex);
        return members.size() == 2;
    }));
    members.insert(std::this_thread::get_id());
    BOOST_TEST((threads_at_work(run, 3) == members));
    run.use(8); // more than the pool has
    for (int repeat = 0; repeat < 50; ++repeat) BOOST_TEST_REQUIRE(all_once(visits(run, 100)));
    BOOST_TEST(eigen::execution(eigen{.pool = &pool}).threads() == 2);
}

BOOST_AUTO_TEST_CASE(a_caller_may_be_a_thread_of_the_pool) {
    Eigen::ThreadPool pool(2);
    eigen const backend{.threads = 2, .pool = &pool};
    std::atomic<int> done{0}, bad{0};
    for (int i = 0; i < 2; ++i)
        pool.Schedule([&] {
            eigen::execution run(backend);
            for (int repeat = 0; repeat < 100; ++repeat)
                if (!all_once(visits(run, 10))) ++bad;
            ++done;
        });
    BOOST_TEST(soon([&] { return done == 2; }));
    BOOST_TEST(bad == 0);
}

BOOST_AUTO_TEST_CASE(a_pool_that_is_busy_or_closed_holds_nothing_up) {
    stalled_pool stalled;
    {
        eigen::execution run(eigen{.threads = 3, .pool = &stalled});
        for (int repeat = 0; repeat < 10; ++repeat) BOOST_TEST(all_once(visits(run, 100)));
        BOOST_TEST(stalled.waiting.size() == 2u); // one request a helper, however many launches
        stalled.waiting.front()();
        BOOST_TEST(all_once(visits(run, 100)));
        BOOST_TEST(stalled.waiting.size() == 3u);
        stalled.waiting.erase(stalled.waiting.begin());
    }
    for (auto const& late : stalled.waiting) late(); // after the execution has ended
    refusing_pool refusing;
    eigen::execution run(eigen{.threads = 3, .pool = &refusing});
    BOOST_TEST(all_once(visits(run, 100)));
}

BOOST_AUTO_TEST_CASE(a_helper_that_is_stopped_is_left_out_for_some_loops) {
    eigen::execution run(eigen{2});
    auto const caller = std::this_thread::get_id();
    auto const helped = [&] { return threads_at_work(run, 2).size() == 2; };
    BOOST_TEST_REQUIRE(helped());
    BOOST_TEST(soon([&] {
        std::atomic<bool> stopped{false};
        run.launch(2, [&](std::int64_t) {
            if (std::this_thread::get_id() == caller) {
                soon([&] { return stopped.load(); }, 20ms);
            } else {
                stopped = true;
                std::this_thread::sleep_for(60ms);
            }
        });
        return stopped.load();
    }));
    std::set<std::thread::id> found;
    for (int repeat = 0; repeat < 4; ++repeat)
        run.launch(2, [&](std::int64_t) {
            found.insert(std::this_thread::get_id());
            std::this_thread::sleep_for(2ms);
        });
    BOOST_TEST((found == std::set{caller}));
    BOOST_TEST(helped());
}

BOOST_AUTO_TEST_CASE(a_child_made_by_fork_works_on_threads_of_its_own) {
    if (!may_start_threads_after_fork) return;
    eigen const backend{2};
    eigen::execution run(backend);
    Eigen::ThreadPool pool(1);
    eigen::execution on_pool(eigen{.threads = 2, .pool = &pool});
    for (bool const warm : {false, true}) {
        if (warm) {
            BOOST_TEST(threads_at_work(run, 2).size() == 2u);
            BOOST_TEST(threads_at_work(on_pool, 2).size() == 2u);
        }
        int const status = status_of_child([&] {
            eigen::execution later(backend);
            bool good = threads_at_work(run, 2).size() == 2 && threads_at_work(later, 2).size() == 2;
            for (int repeat = 0; repeat < 50; ++repeat)
                good = good && all_once(visits(run, 100)) && all_once(visits(later, 100)) && all_once(visits(on_pool, 100));
            return good && status_of_child([&] { return threads_at_work(run, 2).size() == 2; }) == 0;
        });
        BOOST_TEST(status == 0);
    }
    BOOST_TEST(threads_at_work(run, 2).size() == 2u);
}

BOOST_AUTO_TEST_CASE(fewer_threads_do_the_work_if_the_system_starts_no_more) {
    if (!may_start_threads_after_fork) return;
    // In a child, so that this program keeps its own limits.
    int const status = status_of_child([] {
        rlimit few{0, 0};
        setrlimit(RLIMIT_NPROC, &few);
        if (geteuid() == 0 && setuid(65534) != 0) return false; // the limit does not hold root
        try {
            std::thread([] {}).join();
            return false; // the limit has no effect here
        } catch (std::system_error const&) {
        }
        eigen::execution run(eigen{4});
        for (int repeat = 0; repeat < 10; ++repeat)
            if (!all_once(visits(run, 100))) return false;
        return true;
    });
    BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_CASE(a_negative_number_of_threads_is_refused) {
    BOOST_CHECK_EXCEPTION(eigen::execution(eigen{-3}), option_error,
                          [](auto const& e) { return std::string(e.what()).find("threads = -3") != std::string::npos; });
    BOOST_CHECK_THROW(eigen::execution(eigen{2}).use(0), option_error);
}

BOOST_AUTO_TEST_CASE(no_number_means_the_processors_that_the_process_may_use) {
    BOOST_TEST(eigen::execution(eigen{}).threads() >= 1);
#ifdef __linux__
    int const status = status_of_child([] {
        cpu_set_t allowed, one;
        sched_getaffinity(0, sizeof(allowed), &allowed);
        CPU_ZERO(&one);
        for (int i = 0; i < CPU_SETSIZE; ++i)
            if (CPU_ISSET(i, &allowed)) {
                CPU_SET(i, &one);
                break;
            }
        sched_setaffinity(0, sizeof(one), &one);
        return eigen::execution(eigen{}).threads() == 1;
    });
    BOOST_TEST(status == 0);
#endif
}

BOOST_AUTO_TEST_SUITE_END()
