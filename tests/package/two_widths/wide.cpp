// SPDX-License-Identifier: MIT
#include "outputs.hpp"

#include <mcfa/backend/eigen.hpp>

#include <typeinfo>

library wide() {
    using mcfa::backend::eigen;
    return {outputs(eigen{.threads = 2}), typeid(mcfa::prepared_model<float, eigen>).name(), mcfa::backend::eigen_engine::vector_bytes};
}
