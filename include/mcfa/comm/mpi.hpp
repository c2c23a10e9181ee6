// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>
#include <mcfa/comm/mpi_process.hpp>
#include <mcfa/core/message.hpp>

#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::comm {

/// The processes of an MPI job as ranks (target mcfa::mpi, any MPI of version 3.1):
///
///     trainer t{m, sgd{}, weighting::harder_first{}, comm::mpi::world()};        // mpirun -n 4 program
///
/// A program that `mpirun` did not start is a job of one rank. One thread of a process uses its ranks. A rank that fails says so on standard
/// error and ends the whole job.
class mpi {
    /// A communicator of MPI's, this process's place in it, and how long it waits.
    struct job {
        job(MPI_Comm of, std::chrono::seconds given) : patience(given) {
            MPI_Comm_dup(of, &ranks);
            MPI_Comm_rank(ranks, &rank);
            MPI_Comm_size(ranks, &size);
        }
        job(job const&) = delete;
        job& operator=(job const&) = delete;
        ~job() {
            int ended = 0;
            MPI_Finalized(&ended);
            if (!ended) MPI_Comm_free(&ranks);
        }

        [[noreturn]] void end(std::string const& reason) const { end_mpi_job(ranks, rank, size, reason); }

        MPI_Comm ranks = MPI_COMM_NULL;
        int rank = 0, size = 1;
        std::chrono::seconds patience;
    };

    static bool always_ends() { return true; }

public:
    /// Whether a launcher of MPI, mpirun or srun, started this process.
    static bool launched() {
        for (char const* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"})
            if (std::getenv(name) != nullptr) return true;
        return false;
    }

    /// All processes of the job. Starts MPI if the program has not, and then ends it when the program ends.
    /// `patience`: a rank that waits longer for another takes that for dead and ends the job; 0: it waits for ever. It must be more than
    /// whatever one rank does alone takes: to read a batch, to write files.
    static mpi world(std::chrono::seconds patience = std::chrono::minutes(10)) {
        start_mpi<&always_ends>();
        return mpi(MPI_COMM_WORLD, patience);
    }

    /// The ranks of a communicator of the program's own, by a copy of it whose messages are apart from the program's. All of its ranks call this.
    explicit mpi(MPI_Comm ranks, std::chrono::seconds patience = std::chrono::minutes(10))
        : job_(std::make_shared<job const>(ranks, patience)) {}

    int rank() const { return job_->rank; }
    int size() const { return job_->size; }
    /// The same ranks, whose messages are not taken for those of this handle.
    mpi apart() const {
        mpi other = *this;
        ++other.tag_;
        return other;
    }

    /// Messages under way.
    class pending {
    public:
        /// Whether all have come and gone. MPI moves its messages on during this call.
        bool done() {
            int all = 0;
            MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &all, MPI_STATUSES_IGNORE);
            return all != 0;
        }
        /// Returns when all have come and gone.
        void wait() {
            wait_for_messages(job_->patience, [this] { return done(); }, [this] { give_up(); });
        }

    private:
        friend class mpi;
        explicit pending(std::shared_ptr<job const> of) : job_(std::move(of)) {}

        void add(int partner, MPI_Request request) {
            partners_.push_back(partner);
            requests_.push_back(request);
        }
        /// Names the first rank of which something is missing.
        [[noreturn]] void give_up() {
            std::size_t missing = 0;
            for (int done = 1; done && missing < requests_.size(); missing += done ? 1 : 0)
                MPI_Test(&requests_[missing], &done, MPI_STATUS_IGNORE);
            job_->end(join({"rank ", partners_[std::min(missing, partners_.size() - 1)], " has not answered for ",
                            static_cast<long>(job_->patience.count()), " s"}));
        }

        std::shared_ptr<job const> job_;
        std::vector<MPI_Request> requests_;
        std::vector<int> partners_; ///< the other end of each
    };

    pending exchange(outgoing to, incoming from) {
        pending started(job_);
        for (int r = 0; r < size(); ++r)
            for (auto rest = from[r]; !rest.empty(); rest = rest.subspan(mpi_piece(rest.size()))) {
                MPI_Request request;
                MPI_Irecv(rest.data(), static_cast<int>(mpi_piece(rest.size())), MPI_BYTE, r, tag_, job_->ranks, &request);
                started.add(r, request);
            }
        for (int r = 0; r < size(); ++r)
            for (auto rest = to[r]; !rest.empty(); rest = rest.subspan(mpi_piece(rest.size()))) {
                MPI_Request request;
                MPI_Isend(rest.data(), static_cast<int>(mpi_piece(rest.size())), MPI_BYTE, r, tag_, job_->ranks, &request);
                started.add(r, request);
            }
        return started;
    }

    /// Prints the reason and ends all ranks.
    [[noreturn]] void stop(std::string const& reason) { job_->end(reason); }

private:
    std::shared_ptr<job const> job_;
    int tag_ = 0;
};
static_assert(overlapping_communicator<mpi>);

} // namespace mcfa::comm
