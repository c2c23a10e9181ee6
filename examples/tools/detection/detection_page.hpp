// SPDX-License-Identifier: MIT
#pragma once

#include "detection/wrong_faces.hpp"

#include <mcfa/score/precision_recall.hpp>

#include <string>
#include <utility>
#include <vector>

/// A curve of precision over recall, by name.
using named_curve = std::pair<std::string, std::vector<mcfa::score::precision_recall_point>>;

/// A page of HTML about one evaluation: `facts`, a paragraph each; figures as rows of cells under `headings`; curves, if there are any; and
/// pictures of the faces that were missed and of the false alarms.
std::string detection_page(std::vector<std::string> const& facts, std::vector<std::string> const& headings,
                           std::vector<std::vector<std::string>> const& rows, std::vector<named_curve> const& curves,
                           wrong_faces const& wrong);
