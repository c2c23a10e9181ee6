// SPDX-License-Identifier: MIT
// Steps per second of a training over the ranks of an MPI job, on windows that are in memory, and what a rank sends and waits for:
//     mpirun -n 2 step_rate [batch 16] [block 8] [bucket 262144] [steps 8] [bfloat16 0] [share 0]
// The net is the paper's first two stages at width 1/4, with one thread a rank. `bucket 100000000` sends nothing before the backward pass ends.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/comm/mpi.hpp>
#include <mcfa/mcfa.hpp>
#include <mcfa/train/over_ranks.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using namespace mcfa;

namespace {

struct net : cascade<zoo::mcfa_tasks, zoo::s_net<zoo::width<1, 4>>, zoo::m_net<zoo::width<1, 4>>> {};

/// Windows of noise, the same in every step.
struct noise {
    std::size_t steps;

    struct reader {
        std::size_t steps, done;
        batch rows;

        void begin(std::uint64_t) { done = 0; }
        bool next(batch& to) {
            if (done++ == steps) return false;
            to = rows;
            return true;
        }
        std::size_t batches_per_epoch() const { return steps; }
    };
    reader batches(encoding const& rows, batch_options const& options) const {
        batch b;
        b.size = options.batch;
        random_stream random{split_key(7, 0)};
        for (int const side : rows.sides) {
            auto const s = static_cast<std::size_t>(side);
            array<float, 4> windows({b.size, s, s, std::size_t{3}});
            for (float& value : windows) value = static_cast<float>(random.normal());
            b.windows.push_back(std::move(windows));
        }
        b.targets = array<float, 2>({b.size, static_cast<std::size_t>(rows.targets)});
        b.masks = array<float, 2>({b.size, static_cast<std::size_t>(rows.terms)});
        b.targets.fill(0);
        b.masks.fill(1);
        return {steps, 0, std::move(b)};
    }
};

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
/// Of this thread on a processor: what other programs take does not count.
double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Bytes that this host's network devices have sent, headers and all, but for the loopback.
double sent_by_devices() {
    double bytes = 0;
    std::error_code none;
    for (auto const& device : std::filesystem::directory_iterator("/sys/class/net", none)) {
        if (device.path().filename() == "lo") continue;
        double of_device = 0;
        std::ifstream(device.path() / "statistics/tx_bytes") >> of_device;
        bytes += of_device;
    }
    return bytes;
}

/// Bytes sent, and seconds that passed, and on the processor, while the rank waited for others or asked whether something has come.
struct traffic {
    std::size_t bytes = 0;
    double waited = 0, asked = 0, waited_on_processor = 0;
};

/// Ranks of MPI that count.
struct counting_ranks {
    comm::mpi inner;
    traffic* seen;

    struct pending {
        comm::mpi::pending inner;
        traffic* seen;
        void wait() {
            double const start = seconds(), used = processor_seconds();
            inner.wait();
            seen->waited += seconds() - start;
            seen->waited_on_processor += processor_seconds() - used;
        }
        bool done() {
            double const start = seconds();
            bool const all = inner.done();
            seen->asked += seconds() - start;
            return all;
        }
    };
    int rank() const { return inner.rank(); }
    int size() const { return inner.size(); }
    pending exchange(comm::outgoing to, comm::incoming from) {
        for (auto const& bytes : to) seen->bytes += bytes.size();
        return {inner.exchange(to, from), seen};
    }
    counting_ranks apart() const { return {inner.apart(), seen}; }
    void stop(std::string const& reason) { inner.stop(reason); }
};
static_assert(comm::overlapping_communicator<counting_ranks>);

} // namespace

int main(int argc, char** argv) {
    std::map<std::string_view, std::size_t> given{{"batch", 16}, {"block", 8},    {"bucket", 1 << 18},
                                                  {"steps", 8},  {"bfloat16", 0}, {"share", 0}};
    for (int i = 1; i + 1 < argc; i += 2) given[argv[i]] = std::strtoull(argv[i + 1], nullptr, 10);
    training_options const options{
        .epochs = 1,
        .batch = given["batch"],
        .threads = 1,
        .block = given["block"],
        .ranks{.bucket = given["bucket"], .share_moments = given["share"] > 0, .bfloat16_gradients = given["bfloat16"] > 0}};
    traffic seen;
    counting_ranks ranks{comm::mpi::world(), &seen};
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{.threads = 1}};
    trainer t{m, sgd{.rate = 1e-4}, weighting::uniform{}, no_report{}, ranks};
    double start = 0, used = 0;
    std::size_t asked = 0;
    double took = 0, by_devices = 0;
    traffic of_steps;
    t.stop = [&] { // asked after each step but the first, and after the epoch
        ++asked;
        if (asked == 1) start = seconds(), used = processor_seconds(), by_devices = sent_by_devices(), seen = {};
        if (asked == given["steps"]) {
            took = seconds() - start, used = processor_seconds() - used, of_steps = seen;
            by_devices = sent_by_devices() - by_devices;
        }
        return false;
    };
    t.fit(noise{given["steps"] + 1}, noise{1}, options);
    double const steps = static_cast<double>(given["steps"] - 1);
    if (ranks.rank() == 0)
        std::printf("%d ranks, batch %zu, block %zu, bucket %zu: %.3f steps/s, %.1f ms a step; sent %.2f MB, by network devices %.2f MB, "
                    "waited %.0f ms, asked %.1f ms; "
                    "on the processor %.0f ms besides waiting\n",
                    ranks.size(), given["batch"], given["block"], given["bucket"], steps / took, 1e3 * took / steps,
                    static_cast<double>(of_steps.bytes) / steps / 1e6, by_devices / steps / 1e6, 1e3 * of_steps.waited / steps,
                    1e3 * of_steps.asked / steps, 1e3 * (used - of_steps.waited_on_processor) / steps);
}
