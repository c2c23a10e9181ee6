// SPDX-License-Identifier: MIT
#pragma once

// What a program needs that runs trained nets and trains none: models without a backward pass, weights from files, prediction on windows
// and the detector. A backend and a net (the zoo has some) are included beside it:
//
//     mcfa::inference_model<mcfa::zoo::slim_net, float, mcfa::backend::eigen> m;
//     mcfa::io::load(m, "slim.safetensors");
//     mcfa::detector find{m, {.thresholds = {0.5, 0.5, 0.6}}};

#include <mcfa/detect/detector.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/predictor.hpp>
