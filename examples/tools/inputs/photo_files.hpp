// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// A photo to be read.
struct photo_file {
    std::filesystem::path path;
    std::filesystem::path name; ///< below the folder that was given, or the file's own
};

/// What was found for the inputs of a command line.
struct photo_files {
    std::vector<photo_file> photos;       ///< in the order of the inputs, below a folder in the order of their names
    std::vector<std::string> failed;      ///< what should hold photos and cannot be read or is not followed, with the reason
    std::vector<std::string> other_files; ///< below folders, no images at all by their content and name
};

/// Files as they are given, and below folders all that is JPEG or PNG by its first bytes, or seems to be another kind of image: that is
/// refused when it is read. Links to files are followed, links to folders are not, so that no loop is walked; each is in `failed`, as are
/// folders that cannot be opened or hold no photo.
photo_files find_photos(std::vector<std::string> const& inputs);
