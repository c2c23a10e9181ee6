// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>
#include <mcfa/comm/mpi_process.hpp>
#include <mcfa/core/message.hpp>

#include <mpi.h>
#if __has_include(<mpi-ext.h>)
#include <mpi-ext.h>
#endif
#ifndef MPIX_ERR_PROC_FAILED
#error                                                                                                                                     \
    "mcfa: this MPI does not survive the loss of a process; comm/fault_tolerant_mpi.hpp needs one with MPIX_Comm_shrink, such as Open MPI 5"
#endif

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::comm {

/// A process of the job is no more. `rank` is its rank, the first if there are several; the others all throw this.
struct rank_lost : rank_error {
    rank_lost(int which, int left) : rank_error(which, {"its process is lost; ", left, left == 1 ? " rank is left" : " ranks are left"}) {}
};

/// The processes of an MPI job as ranks, of which some may be lost (target mcfa::mpi, an MPI with User Level Failure Mitigation:
/// `mpirun --with-ft ulfm` of Open MPI 5). Like `mpi`, but for this: if a process dies, the others throw `rank_lost` from `exchange` or `wait`, and
/// `survivors` are the ranks that go on. `with_survivors` below does this for a training.
class fault_tolerant_mpi {
    using request_list = std::vector<std::pair<int, MPI_Request>>; ///< with the other end of each

    /// A communicator of MPI's, this process's place in it, and what is under way.
    struct job {
        job(MPI_Comm of, std::chrono::seconds given) : ranks(of), patience(given) {
            MPI_Comm_set_errhandler(ranks, MPI_ERRORS_RETURN);
            MPI_Comm_rank(ranks, &rank);
            MPI_Comm_size(ranks, &size);
        }
        job(job const&) = delete;
        job& operator=(job const&) = delete;

        /// Throws where a process is lost, and ends the job for any other error.
        void check(int result) {
            if (result == MPI_SUCCESS) return;
            int kind = 0;
            MPI_Error_class(result, &kind);
            if (kind == MPIX_ERR_PROC_FAILED || kind == MPIX_ERR_PROC_FAILED_PENDING || kind == MPIX_ERR_REVOKED) lose();
            char text[MPI_MAX_ERROR_STRING];
            int length = 0;
            MPI_Error_string(result, text, &length);
            end(std::string(text, static_cast<std::size_t>(length)));
        }

        /// Tells the others, waits until MPI writes into no memory any more, and agrees with them on who is left.
        [[noreturn, gnu::noinline]] void lose() {
            if (left == MPI_COMM_NULL) {
                any_lost() = true;
                MPIX_Comm_revoke(ranks);
                for (auto const& list : under_way)
                    if (auto const requests = list.lock())
                        for (auto& [partner, request] : *requests) MPI_Wait(&request, MPI_STATUS_IGNORE);
                MPIX_Comm_shrink(ranks, &left);
                MPI_Comm_size(left, &size_left);
                MPI_Group before = MPI_GROUP_NULL, after = MPI_GROUP_NULL, gone = MPI_GROUP_NULL;
                MPI_Comm_group(ranks, &before);
                MPI_Comm_group(left, &after);
                MPI_Group_difference(before, after, &gone);
                int const one = 0;
                MPI_Group_translate_ranks(gone, 1, &one, before, &lost);
                for (MPI_Group* group : {&before, &after, &gone}) MPI_Group_free(group);
            }
            throw rank_lost(lost, size_left);
        }

        [[noreturn]] void end(std::string const& reason) const { end_mpi_job(ranks, rank, size, reason); }

        MPI_Comm ranks, left = MPI_COMM_NULL;
        int rank = 0, size = 1, lost = 0, size_left = 0;
        std::chrono::seconds patience;
        std::vector<std::weak_ptr<request_list>> under_way;
    };

    /// Whether a process was lost: then MPI_Finalize may wait for it.
    static bool& any_lost() {
        static bool lost = false;
        return lost;
    }

    static bool none_lost() { return !any_lost(); }

    fault_tolerant_mpi(MPI_Comm ranks, std::chrono::seconds patience) : job_(std::make_shared<job>(ranks, patience)) {}

public:
    /// All processes of the job. Starts MPI if the program has not, and then ends it when the program ends.
    /// `patience`: a rank that waits longer for another ends the job; 0: it waits for ever.
    static fault_tolerant_mpi world(std::chrono::seconds patience = std::chrono::minutes(10)) {
        start_mpi<&none_lost>();
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
        MPI_Comm ranks = MPI_COMM_NULL;
        MPI_Comm_dup(MPI_COMM_WORLD, &ranks);
        return {ranks, patience};
    }

    /// After a `rank_lost`: the ranks that are left, in their order.
    fault_tolerant_mpi survivors() const { return {job_->left, job_->patience}; }

    int rank() const { return job_->rank; }
    int size() const { return job_->size; }
    /// The same ranks, whose messages are not taken for those of this handle.
    fault_tolerant_mpi apart() const {
        fault_tolerant_mpi other = *this;
        ++other.tag_;
        return other;
    }

    /// Messages under way.
    class pending {
    public:
        /// Whether all have come and gone. MPI moves its messages on during this call.
        bool done() {
            while (!requests_->empty()) {
                int there = 0;
                job_->check(MPI_Test(&requests_->back().second, &there, MPI_STATUS_IGNORE));
                if (!there) return false;
                requests_->pop_back();
            }
            return true;
        }
        void wait() {
            wait_for_messages(
                job_->patience, [this] { return done(); },
                [this] {
                    job_->end(join(
                        {"rank ", requests_->back().first, " has not answered for ", static_cast<long>(job_->patience.count()), " s"}));
                });
        }

    private:
        friend class fault_tolerant_mpi;
        explicit pending(std::shared_ptr<job> of) : job_(std::move(of)), requests_(std::make_shared<request_list>()) {
            std::erase_if(job_->under_way, [](auto const& list) { return list.expired(); });
            job_->under_way.push_back(requests_);
        }

        std::shared_ptr<job> job_;
        std::shared_ptr<request_list> requests_;
    };

    pending exchange(outgoing to, incoming from) {
        pending started(job_);
        auto const in_pieces = [&](auto bytes, int partner, auto start) {
            for (; !bytes.empty(); bytes = bytes.subspan(mpi_piece(bytes.size()))) {
                MPI_Request request = MPI_REQUEST_NULL;
                job_->check(start(bytes.data(), static_cast<int>(mpi_piece(bytes.size())), partner, &request));
                started.requests_->emplace_back(partner, request);
            }
        };
        for (int r = 0; r < size(); ++r)
            in_pieces(from[static_cast<std::size_t>(r)], r, [&](void* data, int size, int partner, MPI_Request* request) {
                return MPI_Irecv(data, size, MPI_BYTE, partner, tag_, job_->ranks, request);
            });
        for (int r = 0; r < size(); ++r)
            in_pieces(to[static_cast<std::size_t>(r)], r, [&](void const* data, int size, int partner, MPI_Request* request) {
                return MPI_Isend(data, size, MPI_BYTE, partner, tag_, job_->ranks, request);
            });
        return started;
    }

    /// Prints the reason and ends all ranks.
    [[noreturn]] void stop(std::string const& reason) { job_->end(reason); }

private:
    std::shared_ptr<job> job_;
    int tag_ = 0;
};
static_assert(overlapping_communicator<fault_tolerant_mpi>);

/// f(ranks), and again with those that are left whenever a process is lost. `f` makes model and trainer anew and resumes from the last checkpoint, in a
/// folder that all ranks see:
///
///     comm::with_survivors(comm::fault_tolerant_mpi::world(), [&](auto ranks) {
///         model<net, float, backend::eigen> m{seed{7}};
///         trainer t{m, sgd{}, weighting::harder_first{}, ranks};
///         t.fit(faces.training(), faces.validation(), options, training_folder{.path = "run", .resume = true});
///     });
template <class F>
void with_survivors(fault_tolerant_mpi ranks, F&& f) {
    while (true) {
        try {
            f(ranks);
            return;
        } catch (rank_lost const& loss) {
            ranks = ranks.survivors();
            if (ranks.rank() == 0) std::fprintf(stderr, "%s\n", loss.what());
        }
    }
}

} // namespace mcfa::comm
