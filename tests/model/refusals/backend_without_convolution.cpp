// SPDX-License-Identifier: MIT
#include "../refused_model.hpp"

template <class T>
struct mcfa::kernel<mcfa::dense_forward<T>, plain_backend> {
    static void run(plain_backend::execution&, mcfa::dense_forward<T> const&) {}
};

mcfa::model<net, float, plain_backend> const m{mcfa::seed{1}};
