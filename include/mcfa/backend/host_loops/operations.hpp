// SPDX-License-Identifier: MIT
#pragma once

/// The operations that all host backends share: all but convolution and dense_product.
#include <mcfa/backend/host_loops/activation.hpp>
#include <mcfa/backend/host_loops/addition.hpp>
#include <mcfa/backend/host_loops/batch_normalisation.hpp>
#include <mcfa/backend/host_loops/channel_scale.hpp>
#include <mcfa/backend/host_loops/conversion.hpp>
#include <mcfa/backend/host_loops/convolution_unit.hpp>
#include <mcfa/backend/host_loops/depthwise.hpp>
#include <mcfa/backend/host_loops/gramian.hpp>
#include <mcfa/backend/host_loops/loss.hpp>
#include <mcfa/backend/host_loops/patches.hpp>
#include <mcfa/backend/host_loops/pooling.hpp>
#include <mcfa/backend/host_loops/rearrange.hpp>
#include <mcfa/backend/host_loops/reduction.hpp>
#include <mcfa/backend/host_loops/update.hpp>
