// SPDX-License-Identifier: MIT
// What an exchange of bytes between the ranks of an MPI job takes, and what the sum of a row does, for the constants of model.py:
//     mpirun -n 2 exchange
#include <mcfa/comm/mpi.hpp>
#include <mcfa/comm/ordered_sum.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <span>
#include <vector>

using namespace mcfa;

namespace {

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Seconds of f, the mean of some runs. One run may find the other rank's message there already, and be the shorter for it.
template <class F>
double time_of(int runs, F&& f) {
    f();
    double const start = seconds();
    for (int i = 0; i < runs; ++i) f();
    return (seconds() - start) / runs;
}

} // namespace

int main() {
    comm::mpi ranks = comm::mpi::world();
    auto const count = static_cast<std::size_t>(ranks.size());
    for (std::size_t bytes = 8; bytes <= std::size_t{1} << 26; bytes *= 8) {
        std::vector<std::vector<std::byte>> out(count, std::vector<std::byte>(bytes)), in = out;
        std::vector<std::span<std::byte const>> to(count);
        std::vector<std::span<std::byte>> from(count);
        for (std::size_t r = 0; r < count; ++r)
            if (static_cast<int>(r) != ranks.rank()) to[r] = out[r], from[r] = in[r];
        int const runs = bytes > 1000000 ? 11 : 101;
        double const took = time_of(runs, [&] { ranks.exchange(to, from).wait(); });
        comm::ordered_sum<float, comm::mpi> sum(ranks, bytes / sizeof(float));
        std::vector<float> const row(bytes / sizeof(float), 1.0f);
        double const summed = time_of(runs, [&] {
            sum.begin({count, ranks.size()});
            sum.add(row);
            sum.start();
            sum.wait();
        });
        if (ranks.rank() == 0)
            std::printf("%zu ranks, %9zu bytes to each: exchange %10.1f us, %7.3f GB/s; ordered sum of a row as long %10.1f us\n", count,
                        bytes, 1e6 * took, 1e-9 * static_cast<double>(bytes * (count - 1)) / took, 1e6 * summed);
    }
}
