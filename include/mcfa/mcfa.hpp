#pragma once

// The whole library but a backend, photos and data sets: include those beside it. Written by tests/house/umbrella.cmake.

#include <mcfa/core/aligned_buffer.hpp>
#include <mcfa/core/array.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/fixed_string.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/core/shape.hpp>
#include <mcfa/core/type_name.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/layer.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/prelu.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/label.hpp>
#include <mcfa/task/landmarks.hpp>
#include <mcfa/task/task.hpp>
#include <mcfa/weighting/policy.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/cascade/heads.hpp>
#include <mcfa/cascade/stage.hpp>
#include <mcfa/train/batch.hpp>
#include <mcfa/version.hpp>
