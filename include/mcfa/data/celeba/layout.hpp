// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace mcfa::data {

/// How a folder of annotated photos is laid out. All have `Eval/list_eval_partition.txt`, which is needed only for the three parts, and may
/// say whose photos they are in `Anno/identity_CelebA.txt`, or in `Anno/identity.txt` of the plain layout.
///
/// | layout        | images                  | lists in `Anno/`                                                                  |
/// | ------------- | ----------------------- | --------------------------------------------------------------------------------- |
/// | `in_the_wild` | `Img/img_celeba/`       | `list_attr_celeba.txt`, `list_bbox_celeba.txt`, `list_landmarks_celeba.txt`       |
/// | `aligned`     | `Img/img_align_celeba/` | `list_attr_celeba.txt`, `list_landmarks_align_celeba.txt`; no boxes               |
/// | `plain`       | `Img/`                  | `list_attr.txt`, `list_bbox.txt`, and `list_landmarks.txt` where there is one     |
enum class celeba_layout { in_the_wild, aligned, plain };

/// The files of one layout; a path is empty where the layout has no such list.
struct celeba_files {
    celeba_layout layout{};
    std::filesystem::path images, attributes, boxes, landmarks, partition, source, other_faces, persons;
};

/// Where a layout keeps its files, under the folder; empty where it has no such list.
struct celeba_names {
    char const *images, *attributes, *boxes, *landmarks, *persons;
};
/// Those of a layout.
inline celeba_names names_in(celeba_layout layout) {
    switch (layout) {
    case celeba_layout::in_the_wild:
        return {"Img/img_celeba", "Anno/list_attr_celeba.txt", "Anno/list_bbox_celeba.txt", "Anno/list_landmarks_celeba.txt",
                "Anno/identity_CelebA.txt"};
    case celeba_layout::aligned:
        return {"Img/img_align_celeba", "Anno/list_attr_celeba.txt", "", "Anno/list_landmarks_align_celeba.txt",
                "Anno/identity_CelebA.txt"};
    default:
        return {"Img", "Anno/list_attr.txt", "Anno/list_bbox.txt", "Anno/list_landmarks.txt", "Anno/identity.txt"};
    }
}

/// Finds the layout and its files. CelebA's boxes belong to the images in the wild and lie wrong on the aligned ones, so aligned images are
/// never given boxes: the face is found by the landmarks, and asking for boxes is an `option_error`.
/// Throws `option_error` where the folder holds both kinds of images and `layout` does not choose, `file_error` where a folder is missing.
[[gnu::cold]] inline celeba_files find_celeba(std::filesystem::path const& folder, std::optional<celeba_layout> layout,
                                              std::string const& boxes) {
    std::error_code problem;
    auto const inside = [&](std::string const& name) { return name.empty() ? std::filesystem::path() : folder / name; };
    auto const has = [&](celeba_layout kind) { return std::filesystem::is_directory(inside(names_in(kind).images), problem); };
    if (!std::filesystem::is_directory(folder, problem)) throw file_error(folder.string(), "no such folder");
    if (!layout) {
        bool const wild = has(celeba_layout::in_the_wild), aligned = has(celeba_layout::aligned);
        if (wild && aligned)
            throw option_error({"celeba_options.layout is not set, and ", inside("Img").string(),
                                " holds both img_celeba and img_align_celeba; set it to in_the_wild or aligned"});
        layout = wild ? celeba_layout::in_the_wild : aligned ? celeba_layout::aligned : celeba_layout::plain;
    }
    auto const names = names_in(*layout);
    if (*layout == celeba_layout::aligned && !boxes.empty())
        throw option_error({"celeba_options.boxes is ", boxes, ", but the images are the aligned ones (", inside(names.images).string(),
                            "). CelebA's boxes were marked on the images in the wild and lie wrong on the aligned ones, whose faces "
                            "are found by their landmarks."
                            " Leave the option empty, or use layout in_the_wild with Img/img_celeba"});
    celeba_files files{*layout,
                       inside(names.images),
                       inside(names.attributes),
                       boxes.empty() ? inside(names.boxes) : folder / "Anno" / boxes,
                       inside(names.landmarks),
                       inside("Eval/list_eval_partition.txt"),
                       inside("Anno/source.txt"),
                       inside("Anno/list_other_faces.txt"),
                       inside(names.persons)};
    if (!has(*layout)) throw file_error(files.images.string(), "no such folder; the images are expected there");
    if (*layout == celeba_layout::plain && !std::filesystem::exists(files.landmarks, problem)) files.landmarks.clear();
    if (!std::filesystem::exists(files.other_faces, problem)) files.other_faces.clear();
    if (!std::filesystem::exists(files.persons, problem)) files.persons.clear();
    return files;
}

} // namespace mcfa::data
