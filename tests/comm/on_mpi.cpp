// SPDX-License-Identifier: MIT
// Trains a small net on drawn faces as a rank of an MPI job, for on_mpi.sh:
//     on_mpi FOLDER EPOCHS [sgd | adamw] [threw | hung RANK | survives]
// With `threw` the rank's second epoch ends in an exception, with `hung` it never ends. With `survives` ranks that are left go on without one that was
// killed.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/comm/mpi.hpp>
#ifdef MCFA_TEST_FAULT_TOLERANT_MPI
#include <mcfa/comm/fault_tolerant_mpi.hpp>
#endif
#include <mcfa/data/synthetic_faces.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/mcfa.hpp>
#include <mcfa/train/over_ranks.hpp>
#include <mcfa/train/training_folder.hpp>
#include <mcfa/weighting/gramian/upgrad.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

using namespace mcfa;

namespace {

struct look : attributes<"Smiling", "Eyeglasses", "Wearing_Hat"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};
struct small
    : stage<input<12>, conv<8, conv_options{.bias = false}>, batch_norm, relu, max_pool<2>, dropout<20>, flatten, dense<16>, relu> {};
struct large : stage<input<24>, conv<8>, relu, max_pool<2>, conv<16>, batch_norm, relu, global_average_pool> {};
struct net : cascade<tasks, small, large> {};

struct fault {
    std::string_view kind;
    int rank = -1;
};

/// The training photos, one of whose batches brings a rank down.
struct faulty_source {
    data::split photos;
    fault planned;

    struct reader {
        data::loader batches;
        bool falls;
        std::string_view kind;
        bool second = false;

        void begin(std::uint64_t epoch) {
            second = epoch == 2;
            batches.begin(epoch);
        }
        bool next(batch& rows) {
            if (second && falls && kind == "threw") throw file_error("photos/7.jpg", "is torn");
            if (second && falls && kind == "hung") std::this_thread::sleep_for(std::chrono::hours(1));
            return batches.next(rows);
        }
        std::size_t batches_per_epoch() const { return batches.batches_per_epoch(); }
        comm::division blocks(std::size_t number) const { return batches.blocks(number); }
    };
    reader batches(encoding const& rows, batch_options const& options) const {
        return {photos.batches(rows, options), options.share.rank == planned.rank, planned.kind};
    }
    auto identity() const { return photos.identity(); }
};

template <class Optimiser, class Policy, class Ranks>
void train(std::string const& folder, int epochs, Optimiser optimiser, Policy policy, fault planned, Ranks ranks) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{.threads = 1}};
    data::synthetic_faces const faces{130, seed{3}, 48};
    trainer t{m, optimiser, policy, ranks};
    t.fit(faulty_source{faces.training(), planned}, faces.validation(), {.epochs = epochs, .batch = 40, .threads = 1},
          training_folder{folder, {}, true});
}

} // namespace

int main(int argc, char** argv) try {
    if (argc < 3) return 2;
    fault const planned = argc > 4 ? fault{argv[4], argc > 5 ? std::atoi(argv[5]) : -1} : fault{};
    std::chrono::seconds const patience(planned.kind == "hung" ? 3 : 60);
    auto const train_on = [&](auto ranks) {
        if (argc > 3 && std::string_view(argv[3]) == "adamw")
            train(argv[1], std::atoi(argv[2]), adamw{.rate = 3e-3}, weighting::upgrad{}, planned, ranks);
        else train(argv[1], std::atoi(argv[2]), sgd{.rate = 0.02}, weighting::harder_first{.rate = 0.05}, planned, ranks);
    };
    if (planned.kind != "survives") {
        train_on(comm::mpi::world(patience));
        return 0;
    }
#ifdef MCFA_TEST_FAULT_TOLERANT_MPI
    comm::with_survivors(comm::fault_tolerant_mpi::world(patience), train_on);
    return 0;
#else
    return 77;
#endif
} catch (std::exception const& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
}
