#pragma once

/// `backend::eigen`: the fast backend for processors.
#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution.hpp>
#include <mcfa/backend/eigen/dense.hpp>
#include <mcfa/backend/host/operations.hpp>
