// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/status.cuh>

#include <cstdint>
#include <map>

namespace mcfa::backend::cuda_engine {

/// CUDA graphs by key. A graph recorded before is updated, which is far cheaper than instantiating a new one and possible if the same
/// kernels come in the same order.
class graphs {
public:
    graphs() = default;
    graphs(graphs const&) = delete;
    ~graphs() {
        for (auto& [key, known] : known_)
            if (known.executable) cudaGraphExecDestroy(known.executable);
    }

    bool recording() const { return recording_; }

    /// False the first time a key is seen.
    bool known(std::uint64_t key) { return !known_.try_emplace(key).second; }

    void begin(cudaStream_t stream, mcfa::work const& work) {
        check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), work, "cudaStreamBeginCapture");
        recording_ = true;
    }

    /// `generation` identifies the addresses of scratch memory: a graph is replayed unchanged only in the same generation.
    void end(cudaStream_t stream, std::uint64_t key, std::uint64_t generation, mcfa::work const& work) {
        recording_ = false;
        cudaGraph_t graph = nullptr;
        check(cudaStreamEndCapture(stream, &graph), work, "cudaStreamEndCapture");
        entry& e = known_[key];
        if (e.executable) {
            cudaGraphExecUpdateResultInfo info{};
            if (cudaGraphExecUpdate(e.executable, graph, &info) != cudaSuccess) {
                cudaGetLastError();
                cudaGraphExecDestroy(e.executable);
                e.executable = nullptr;
            }
        }
        cudaError_t const made = e.executable ? cudaSuccess : cudaGraphInstantiate(&e.executable, graph, 0);
        cudaGraphDestroy(graph);
        check(made, work, "cudaGraphInstantiate");
        e.generation = generation;
        check(cudaGraphLaunch(e.executable, stream), work, "cudaGraphLaunch");
    }

    void abandon(cudaStream_t stream) noexcept {
        recording_ = false;
        cudaGraph_t graph = nullptr;
        cudaStreamEndCapture(stream, &graph);
        if (graph) cudaGraphDestroy(graph);
        cudaGetLastError();
    }

    bool replay(cudaStream_t stream, std::uint64_t key, std::uint64_t generation, mcfa::work const& work) {
        auto const found = known_.find(key);
        if (found == known_.end() || !found->second.executable || found->second.generation != generation) return false;
        check(cudaGraphLaunch(found->second.executable, stream), work, "cudaGraphLaunch");
        return true;
    }

private:
    struct entry {
        cudaGraphExec_t executable = nullptr;
        std::uint64_t generation = 0;
    };
    std::map<std::uint64_t, entry> known_;
    bool recording_ = false;
};

} // namespace mcfa::backend::cuda_engine
