// SPDX-License-Identifier: MIT
// Peak of memory in saving and loading the paper's net of width 1 beside the model: weights_memory [file]. Linux.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace mcfa;

namespace {

/// A line of /proc/self/status, in MB.
double status(std::string const& name) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name + ":")) return 1024e-6 * std::strtod(line.c_str() + name.size() + 1, nullptr);
    return 0;
}

/// In a process of its own, whose peak begins with what is there.
template <class F>
void measure(char const* what, double weights, F body) {
    std::fflush(stdout);
    auto const child = ::fork();
    if (child == 0) {
        double const before = status("VmRSS");
        body();
        double const peak = status("VmHWM");
        std::printf("%-12s peak %4.0f MB, %4.0f MB beside the model: %.3f of the weights\n", what, peak, peak - before,
                    (peak - before) / weights);
        std::fflush(stdout);
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
}

} // namespace

int main(int argc, char** argv) {
    std::filesystem::path const path = argc > 1 ? argv[1] : "weights_memory.safetensors";
    inference_model<zoo::mcfa_net<>, float, backend::eigen> m{backend::eigen{.threads = 1}};
    double const weights = 4e-6 * static_cast<double>(m.size());
    std::printf("weights      %4.0f MB, with the model in memory %.0f MB\n", weights, status("VmRSS"));
    measure("save", weights, [&] { io::save(m, path); });
    measure("load", weights, [&] { io::load(m, path); });
    measure("save as f16", weights, [&] { io::save(m, path, {}, io::dtype::f16); });
    measure("load of f16", weights, [&] { io::load(m, path); });
    std::filesystem::remove(path);
}
