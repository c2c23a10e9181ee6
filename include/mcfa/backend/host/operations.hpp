#pragma once

/// The operations that every host backend has in common: all but convolution and dense_product.
#include <mcfa/backend/host/activation.hpp>
#include <mcfa/backend/host/batch_normalisation.hpp>
#include <mcfa/backend/host/convolution_unit.hpp>
#include <mcfa/backend/host/loss.hpp>
#include <mcfa/backend/host/pooling.hpp>
#include <mcfa/backend/host/rearrange.hpp>
#include <mcfa/backend/host/reduction.hpp>
#include <mcfa/backend/host/update.hpp>
