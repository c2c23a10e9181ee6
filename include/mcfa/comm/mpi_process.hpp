// SPDX-License-Identifier: MIT
#pragma once

#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

// What a process of an MPI job does, whichever communicator it has.
namespace mcfa::comm {

/// Starts MPI if the program has not, and then ends it when the program ends, if `Ends()` says so.
template <bool (*Ends)()>
void start_mpi() {
    int started = 0;
    MPI_Initialized(&started);
    if (started) return;
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    std::atexit([] {
        int ended = 0;
        MPI_Finalized(&ended);
        if (!ended && Ends()) MPI_Finalize();
    });
}

/// Prints the reason and ends all ranks. A rank first leaves the lower ones a moment to do so: of a reason that several have, one is printed.
[[noreturn, gnu::noinline]] inline void end_mpi_job(MPI_Comm ranks, int rank, int size, std::string const& reason) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300) * std::min(rank, 10));
    std::fprintf(stderr, "rank %d of %d: %s\n", rank, size, reason.c_str());
    std::fflush(stderr);
    MPI_Abort(ranks, 1);
    std::abort(); // which no MPI comes to
}

/// Returns when done() says so; give_up() is called where that takes longer than `patience`, if that is not 0. It is asked for at growing distances, so that ranks
/// which share a core leave it to each other.
template <class Done, class GiveUp>
void wait_for_messages(std::chrono::seconds patience, Done const& done, GiveUp const& give_up) {
    auto const start = std::chrono::steady_clock::now();
    for (int tries = 0; !done(); ++tries) {
        if (tries < 200) continue;
        if (tries < 1000) std::this_thread::yield();
        else std::this_thread::sleep_for(std::chrono::microseconds(20));
        if (patience.count() > 0 && std::chrono::steady_clock::now() - start > patience) give_up();
    }
}

/// Bytes of the next message of so many: MPI 3.1 counts them by an int.
constexpr std::size_t mpi_piece(std::size_t bytes) { return std::min(bytes, std::size_t{1} << 30); }

} // namespace mcfa::comm
