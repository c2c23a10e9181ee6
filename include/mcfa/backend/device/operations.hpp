// SPDX-License-Identifier: MIT
#pragma once

/// All operations as launches and products of matrices, for every backend with a device's execution.
#include <mcfa/backend/device/activation.hpp>
#include <mcfa/backend/device/addition.hpp>
#include <mcfa/backend/device/batch_normalisation.hpp>
#include <mcfa/backend/device/channel_scale.hpp>
#include <mcfa/backend/device/convolution.hpp>
#include <mcfa/backend/device/convolution_unit.hpp>
#include <mcfa/backend/device/deferred.hpp>
#include <mcfa/backend/device/dense.hpp>
#include <mcfa/backend/device/depthwise.hpp>
#include <mcfa/backend/device/gramian.hpp>
#include <mcfa/backend/device/loss.hpp>
#include <mcfa/backend/device/patches.hpp>
#include <mcfa/backend/device/pooling.hpp>
#include <mcfa/backend/device/rearrange.hpp>
#include <mcfa/backend/device/reduction.hpp>
#include <mcfa/backend/device/update.hpp>
