// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/host_launch.hpp>
#include <mcfa/backend/device/narrow.hpp>
#include <mcfa/backend/device/operations.hpp>
#include <mcfa/backend/host_loops/memory.hpp>
#include <mcfa/core/aligned_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace mcfa::backend {

/// Emulates a GPU on the host, thread by thread: the same launches, with plain loops for matrix products. Slow; it tests device code on
/// machines without a GPU.
struct emulated_device {
    static constexpr bool is_device = true;
    static constexpr bool defers = true; ///< results of a training step may stay in its memory, see op/deferred.hpp

    template <class T>
    using buffer = aligned_buffer<T>;

    std::size_t row_values = 3000; ///< memory for a convolution's rows, small enough that samples are processed in pieces

    class execution : public host_memory {
    public:
        using backend_type = emulated_device;

        explicit execution(emulated_device const& backend) : row_values_(backend.row_values) {}

        void now(mcfa::work const& work) { work_ = work; }
        std::size_t most_row_values() const { return row_values_; }

        template <class Program>
        void launch(Program const& program) {
            device::launch_on_host(program);
        }

        template <class T>
        void multiply(device::matrix_product const& p, T const* a, T const* b, T const* bias, T* c) {
            for (int row = 0; row < p.rows; ++row)
                for (int column = 0; column < p.columns; ++column) {
                    double sum = 0;
                    for (int k = 0; k < p.depth; ++k)
                        sum += static_cast<double>(p.a_transposed ? a[at(k, p.rows, row)] : a[at(row, p.depth, k)]) *
                               static_cast<double>(p.b_transposed ? b[at(column, p.depth, k)] : b[at(k, p.columns, column)]);
                    T& target = c[at(row, p.columns, column)];
                    if (p.adds) sum += static_cast<double>(target);
                    if (bias) sum += static_cast<double>(bias[column]);
                    target = static_cast<T>(sum);
                }
        }

    private:
        static std::size_t at(int row, int width, int column) { return static_cast<std::size_t>(row) * width + column; }

        std::size_t row_values_;
        mcfa::work work_;
    };
};

} // namespace mcfa::backend
