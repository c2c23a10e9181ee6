// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/collective.hpp>
#include <mcfa/comm/communicator.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>

#include <cuda_runtime_api.h>
#include <nccl.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mcfa::comm {

/// A call of CUDA or NCCL failed.
struct nccl_error : error {
    using error::error;
};

/// Ranks that reach each other by NCCL, one GPU a rank (target mcfa::nccl, NCCL 2.7 or later). Another communicator joins them first:
///
///     comm::nccl ranks(comm::mpi::world(), gpu);                // mpirun -n 4 program
///     trainer t{m, sgd{}, weighting::harder_first{}, ranks};
///
/// Sums are made of rows in the host's memory, as on every communicator, so an exchange goes through buffers on the GPU: a copy to it, NCCL's sends
/// and receipts as one group, and on `wait` a copy back. An exchange is under way while its rank computes; it has no `apart`, since a second NCCL
/// communicator beside the first could wait for it in another order on another rank.
class nccl {
    using clock = std::chrono::steady_clock;

    static void check(cudaError_t result, char const* call) {
        if (result != cudaSuccess) throw nccl_error({call, ": ", cudaGetErrorString(result)});
    }
    static void check(ncclResult_t result, char const* call) {
        if (result != ncclSuccess) throw nccl_error({call, ": ", ncclGetErrorString(result)});
    }

    /// A communicator of NCCL's, its stream, and memory on its GPU that exchanges take and give back.
    struct job {
        job(ncclUniqueId const& id, int of_rank, int of_size, int of_device, std::chrono::seconds given,
            std::function<void(std::string const&)> when_failed)
            : job(of_rank, of_size, of_device, given, std::move(when_failed)) { // so that what was made is freed where one of these throws
            check(cudaSetDevice(device), "cudaSetDevice");
            check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
            check(cudaStreamCreateWithFlags(&copies, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
            check(ncclCommInitRank(&ranks, size, id, rank), "ncclCommInitRank");
        }
        job(job const&) = delete;
        job& operator=(job const&) = delete;
        ~job() {
            if (ranks != nullptr) ncclCommDestroy(ranks);
            for (auto const& [bytes, memory] : free) cudaFree(memory);
            if (copies != nullptr) cudaStreamDestroy(copies);
            if (stream != nullptr) cudaStreamDestroy(stream);
        }

        std::pair<std::size_t, void*> take(std::size_t bytes) {
            bytes = std::bit_ceil(std::max<std::size_t>(bytes, 256));
            if (auto const found = free.find(bytes); found != free.end()) {
                std::pair<std::size_t, void*> const one = *found;
                free.erase(found);
                return one;
            }
            void* memory = nullptr;
            check(cudaMalloc(&memory, bytes), "cudaMalloc");
            return {bytes, memory};
        }

        [[noreturn, gnu::noinline]] void end(std::string const& reason) {
            if (ends_all) ends_all(reason);
            std::fprintf(stderr, "rank %d of %d: %s\n", rank, size, reason.c_str());
            std::fflush(stderr);
            std::_Exit(1);
        }

        int rank, size, device;
        std::chrono::seconds patience;
        std::function<void(std::string const&)> ends_all;
        ncclComm_t ranks = nullptr;
        cudaStream_t stream = nullptr; ///< of sends and receipts, in the order of the exchanges
        cudaStream_t copies = nullptr; ///< to and from the GPU, which wait for nothing else
        std::multimap<std::size_t, void*> free;

    private:
        job(int of_rank, int of_size, int of_device, std::chrono::seconds given, std::function<void(std::string const&)> when_failed)
            : rank(of_rank), size(of_size), device(of_device), patience(given), ends_all(std::move(when_failed)) {}
    };

public:
    /// The ranks of `others`, on GPU `device` of each rank's machine. All of them call this. `others` carries NCCL's id, and ends all ranks when one
    /// fails. `patience`: a rank that waits longer for another takes that for dead and ends all; 0: it waits for ever.
    /// Throws `nccl_error` if NCCL or CUDA does, for instance because two ranks have one GPU.
    template <communicator C>
    explicit nccl(C others, int device, std::chrono::seconds patience = std::chrono::minutes(10)) {
        ncclUniqueId id{};
        if (others.rank() == 0) id = new_id();
        broadcast(others, std::span(&id, 1));
        job_ = std::make_shared<job>(id, others.rank(), others.size(), device, patience,
                                     [others](std::string const& reason) mutable { others.stop(reason); });
    }
    /// The same of ranks that have agreed on an id, rank and size in another way: the id is `new_id` of one of them. Here a rank that fails ends its
    /// own process, with status 1; whatever started the ranks ends the others, or they give up when their patience does.
    nccl(ncclUniqueId const& id, int rank, int size, int device, std::chrono::seconds patience = std::chrono::minutes(10))
        : job_(std::make_shared<job>(id, rank, size, device, patience, nullptr)) {}

    static ncclUniqueId new_id() {
        ncclUniqueId id{};
        check(ncclGetUniqueId(&id), "ncclGetUniqueId");
        return id;
    }

    int rank() const { return job_->rank; }
    int size() const { return job_->size; }

    /// Messages under way.
    class pending {
    public:
        pending(pending const&) = delete;
        pending& operator=(pending const&) = delete;
        pending(pending&& other) noexcept
            : job_(std::move(other.job_)),
              memory_(std::exchange(other.memory_, {})),
              received_(std::move(other.received_)),
              all_here_(std::exchange(other.all_here_, nullptr)) {}
        pending& operator=(pending&&) = delete;
        ~pending() {
            if (all_here_ == nullptr) return;
            cudaEventSynchronize(all_here_); // its memory is in use until then
            give_back();
        }

        /// Returns when all have come and gone. Ends all ranks if NCCL fails or patience does.
        void wait() {
            if (all_here_ == nullptr) return;
            auto const start = clock::now();
            for (int tries = 0;; ++tries) {
                cudaError_t const state = cudaEventQuery(all_here_);
                if (state == cudaSuccess) break;
                if (state != cudaErrorNotReady) job_->end(join({"NCCL: ", cudaGetErrorString(state)}));
                if (tries < 1000) continue;
                ncclResult_t failure = ncclSuccess;
                if (ncclCommGetAsyncError(job_->ranks, &failure) != ncclSuccess || (failure != ncclSuccess && failure != ncclInProgress))
                    job_->end(join({"NCCL: ", ncclGetErrorString(failure)}));
                std::this_thread::sleep_for(std::chrono::microseconds(20));
                if (job_->patience.count() > 0 && clock::now() - start > job_->patience)
                    job_->end(join({"another rank has not answered for ", static_cast<long>(job_->patience.count()), " s"}));
            }
            check(cudaSetDevice(job_->device), "cudaSetDevice");
            for (auto const& [to, from] : received_)
                check(cudaMemcpyAsync(to.data(), from, to.size(), cudaMemcpyDeviceToHost, job_->copies), "cudaMemcpyAsync");
            check(cudaStreamSynchronize(job_->copies), "cudaStreamSynchronize");
            give_back();
        }

    private:
        friend class nccl;
        pending(std::shared_ptr<job> of, std::pair<std::size_t, void*> memory) : job_(std::move(of)), memory_(memory) {}

        void give_back() {
            cudaEventDestroy(std::exchange(all_here_, nullptr));
            if (memory_.second != nullptr) job_->free.insert(memory_);
        }

        std::shared_ptr<job> job_;
        std::pair<std::size_t, void*> memory_; ///< all messages, one after the other
        std::vector<std::pair<std::span<std::byte>, std::byte const*>> received_;
        cudaEvent_t all_here_ = nullptr;
    };

    /// What is sent is copied before this returns.
    pending exchange(outgoing to, incoming from) {
        job& j = *job_;
        check(cudaSetDevice(j.device), "cudaSetDevice");
        std::size_t bytes = 0;
        for (auto const& one : to) bytes += padded(one.size());
        for (auto const& one : from) bytes += padded(one.size());
        pending started(job_, j.take(bytes));
        std::byte* at = static_cast<std::byte*>(started.memory_.second);
        std::vector<std::byte*> sent(to.size()), received(from.size());
        for (std::size_t r = 0; r < to.size(); ++r) {
            sent[r] = std::exchange(at, at + padded(to[r].size()));
            if (!to[r].empty())
                check(cudaMemcpyAsync(sent[r], to[r].data(), to[r].size(), cudaMemcpyHostToDevice, j.copies), "cudaMemcpyAsync");
        }
        for (std::size_t r = 0; r < from.size(); ++r) received[r] = std::exchange(at, at + padded(from[r].size()));
        check(cudaStreamSynchronize(j.copies), "cudaStreamSynchronize");

        check(ncclGroupStart(), "ncclGroupStart");
        for (std::size_t r = 0; r < to.size(); ++r) {
            int const other = static_cast<int>(r);
            if (!to[r].empty()) check(ncclSend(sent[r], to[r].size(), ncclInt8, other, j.ranks, j.stream), "ncclSend");
            if (from[r].empty()) continue;
            check(ncclRecv(received[r], from[r].size(), ncclInt8, other, j.ranks, j.stream), "ncclRecv");
            started.received_.emplace_back(from[r], received[r]);
        }
        check(ncclGroupEnd(), "ncclGroupEnd");
        check(cudaEventCreateWithFlags(&started.all_here_, cudaEventDisableTiming), "cudaEventCreateWithFlags");
        check(cudaEventRecord(started.all_here_, j.stream), "cudaEventRecord");
        return started;
    }

    /// Says the reason and ends all ranks.
    [[noreturn]] void stop(std::string const& reason) { job_->end(reason); }

private:
    /// Messages begin at whole multiples of 256 bytes.
    static constexpr std::size_t padded(std::size_t bytes) { return (bytes + 255) / 256 * 256; }

    std::shared_ptr<job> job_;
};
static_assert(communicator<nccl>);

} // namespace mcfa::comm
