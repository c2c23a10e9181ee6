// SPDX-License-Identifier: MIT
// Runs a target on every file of folders, in place of libFuzzer: replay_<target> <folder>...
#include "input.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

int main(int argc, char** argv) {
    std::vector<std::filesystem::path> inputs;
    for (int i = 1; i < argc; ++i)
        for (auto const& entry : std::filesystem::directory_iterator(argv[i])) inputs.push_back(entry.path());
    std::sort(inputs.begin(), inputs.end());
    if (inputs.empty()) {
        std::fprintf(stderr, "no inputs\n");
        return 2;
    }
    for (auto const& path : inputs) {
        std::printf("%s\n", path.c_str());
        std::fflush(stdout); // the last line names the input that ends the program
        std::ifstream stream(path, std::ios::binary);
        std::vector<char> const content{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
        LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(content.data()), content.size());
    }
}
