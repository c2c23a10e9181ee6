// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/alone.hpp>
#include <mcfa/comm/mpi.hpp>
#include <mcfa/train/over_ranks.hpp>

#include <exception>

/// Calls f(ranks) with the ranks of the MPI job that mpirun started, or with `comm::alone`, and returns its status. An exception, until
/// `all_know` is set, ends the job; afterwards all ranks throw, and rank 0 alone passes it on.
template <class F>
int on_ranks_of_job(bool const& all_know, F const& f) {
    if (!mcfa::comm::mpi::launched()) return f(mcfa::comm::alone{});
    auto ranks = mcfa::comm::mpi::world();
    if (ranks.size() == 1) return f(mcfa::comm::alone{});
    try {
        return f(ranks);
    } catch (std::exception const& problem) {
        if (!all_know) ranks.stop(problem.what());
        if (ranks.rank() == 0) throw;
        return 1;
    }
}
