// SPDX-License-Identifier: MIT
#include "cascades/by_stages.hpp"
#include "cascades/cascade_of.hpp"

std::unique_ptr<chosen_cascade> make_sm_cascade(std::string const& width, mcfa::seed seed, int threads) {
    return cascade_of_width<mcfa::zoo::mcfa_net_sm>(width, seed, threads);
}
