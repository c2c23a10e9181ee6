// SPDX-License-Identifier: MIT
// What comm::nccl calls of CUDA and NCCL, for ranks that are threads of one process without a GPU: memory of the device is the host's, a stream does
// what it is given in order when it is asked, and messages between two ranks are in the order of their sending. A message of another size than
// its receiver expects is an asynchronous error of NCCL's.
#include <cuda_runtime_api.h>
#include <nccl.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace in_memory {

struct message_hub {
    std::map<std::pair<int, int>, std::deque<std::vector<char>>> messages; // by sender and receiver
    bool failed = false;
};
std::mutex mutex;
std::map<std::uint64_t, std::shared_ptr<message_hub>> hubs; // by id
std::uint64_t ids = 0;

struct receipt {
    ncclComm* ranks;
    int from;
    void* to;
    std::size_t bytes;
};
struct stream_in_memory {
    std::deque<receipt> waiting;
    std::size_t given = 0, done = 0;
};
struct event_in_memory {
    stream_in_memory* stream;
    std::size_t after;
};

stream_in_memory& of(cudaStream_t stream) { return *reinterpret_cast<stream_in_memory*>(stream); }
event_in_memory& of(cudaEvent_t event) { return *reinterpret_cast<event_in_memory*>(event); }

struct operation {
    ncclComm* ranks;
    int other;
    void const* sent; // or
    void* received;
    std::size_t bytes;
    cudaStream_t stream;
};
thread_local std::vector<operation> group;

} // namespace in_memory
using namespace in_memory;

struct ncclComm {
    std::shared_ptr<message_hub> hub;
    int rank;
};

extern "C" {

cudaError_t cudaSetDevice(int device) { return device < 8 ? cudaSuccess : cudaErrorInvalidDevice; }
char const* cudaGetErrorString(cudaError_t error) { return error == cudaErrorInvalidDevice ? "invalid device ordinal" : "some error"; }
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
    *stream = reinterpret_cast<cudaStream_t>(new stream_in_memory);
    return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    delete &of(stream);
    return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }
cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
    *memory = std::malloc(bytes);
    return cudaSuccess;
}
cudaError_t cudaFree(void* memory) {
    std::free(memory);
    return cudaSuccess;
}
cudaError_t cudaMemcpyAsync(void* to, void const* from, std::size_t bytes, cudaMemcpyKind, cudaStream_t) {
    std::memcpy(to, from, bytes);
    return cudaSuccess;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
    *event = reinterpret_cast<cudaEvent_t>(new event_in_memory{});
    return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
    delete &of(event);
    return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
    of(event) = {&of(stream), of(stream).given};
    return cudaSuccess;
}
cudaError_t cudaEventQuery(cudaEvent_t event) {
    std::lock_guard const lock(mutex);
    stream_in_memory& stream = *of(event).stream;
    for (; !stream.waiting.empty(); stream.waiting.pop_front(), ++stream.done) {
        receipt const& next = stream.waiting.front();
        auto& sent = next.ranks->hub->messages[{next.from, next.ranks->rank}];
        if (sent.empty()) break;
        if (sent.front().size() != next.bytes) {
            next.ranks->hub->failed = true;
            break;
        }
        std::memcpy(next.to, sent.front().data(), next.bytes);
        sent.pop_front();
    }
    return stream.done >= of(event).after ? cudaSuccess : cudaErrorNotReady;
}
cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }

char const* ncclGetErrorString(ncclResult_t error) { return error == ncclInvalidUsage ? "invalid usage" : "some error"; }
ncclResult_t ncclGetUniqueId(ncclUniqueId* id) {
    std::lock_guard const lock(mutex);
    *id = {};
    std::memcpy(id, &++ids, sizeof ids);
    return ncclSuccess;
}
ncclResult_t ncclCommInitRank(ncclComm_t* ranks, int, ncclUniqueId id, int rank) {
    std::lock_guard const lock(mutex);
    std::uint64_t number;
    std::memcpy(&number, &id, sizeof number);
    auto& hub = hubs[number];
    if (!hub) hub = std::make_shared<message_hub>();
    *ranks = new ncclComm{hub, rank};
    return ncclSuccess;
}
ncclResult_t ncclCommDestroy(ncclComm_t ranks) {
    delete ranks;
    return ncclSuccess;
}
ncclResult_t ncclCommGetAsyncError(ncclComm_t ranks, ncclResult_t* error) {
    std::lock_guard const lock(mutex);
    *error = ranks->hub->failed ? ncclInvalidUsage : ncclSuccess;
    return ncclSuccess;
}
ncclResult_t ncclGroupStart() { return ncclSuccess; }
ncclResult_t ncclSend(void const* from, std::size_t count, ncclDataType_t, int other, ncclComm_t ranks, cudaStream_t stream) {
    group.push_back({ranks, other, from, nullptr, count, stream});
    return ncclSuccess;
}
ncclResult_t ncclRecv(void* to, std::size_t count, ncclDataType_t, int other, ncclComm_t ranks, cudaStream_t stream) {
    group.push_back({ranks, other, nullptr, to, count, stream});
    return ncclSuccess;
}
ncclResult_t ncclGroupEnd() {
    std::lock_guard const lock(mutex);
    for (operation const& one : group)
        if (one.sent != nullptr) {
            char const* bytes = static_cast<char const*>(one.sent);
            one.ranks->hub->messages[{one.ranks->rank, one.other}].emplace_back(bytes, bytes + one.bytes);
        } else {
            of(one.stream).waiting.push_back({one.ranks, one.other, one.received, one.bytes});
            ++of(one.stream).given;
        }
    group.clear();
    return ncclSuccess;
}

} // extern "C"
