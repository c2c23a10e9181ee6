// SPDX-License-Identifier: MIT
#pragma once

#include "evaluation/evaluation.hpp"
#include "evaluation/judged_faces.hpp"

#include <mcfa/data/dataset.hpp>

#include <string>

/// The figures as one page of HTML: tables with intervals, curves, and of each attribute the faces on which the net was wrong and most
/// certain. `facts` says in a sentence or two what was measured on what. Photos that cannot be read are left out.
std::string evaluation_page(std::string const& title, std::string const& facts, evaluation const& e, judged_faces const& faces,
                            mcfa::data::dataset const& photos);
