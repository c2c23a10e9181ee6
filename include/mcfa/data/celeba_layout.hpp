#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/join.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace mcfa::data {

/// How a folder of annotated photos is laid out. All have `Eval/list_eval_partition.txt`, which is needed only for the three parts.
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
    std::filesystem::path images, attributes, boxes, landmarks, partition;
};

/// Finds the layout and its files. CelebA's boxes belong to the images in the wild and lie wrong on the aligned ones, so aligned images are
/// never given boxes: the face is found by the landmarks, and asking for boxes is an `option_error`.
/// Throws `option_error` where the folder holds both kinds of images and `layout` does not choose, `file_error` where a folder is missing.
inline celeba_files find_celeba(std::filesystem::path const& folder, std::optional<celeba_layout> layout, std::string const& boxes) {
    std::error_code problem;
    auto is_folder = [&](std::filesystem::path const& path) { return std::filesystem::is_directory(path, problem); };
    if (!is_folder(folder)) throw file_error(folder.string(), "no such folder");
    auto const wild = folder / "Img" / "img_celeba", aligned = folder / "Img" / "img_align_celeba", plain = folder / "Img";
    if (!layout) {
        if (is_folder(wild) && is_folder(aligned))
            throw option_error(join({"celeba_options.layout is not set, and ", plain.string(),
                                     " holds both img_celeba and img_align_celeba; set it to in_the_wild or aligned"}));
        layout = is_folder(wild) ? celeba_layout::in_the_wild : is_folder(aligned) ? celeba_layout::aligned : celeba_layout::plain;
    }
    if (*layout == celeba_layout::aligned && !boxes.empty())
        throw option_error(join({"celeba_options.boxes is ", boxes, ", but the images are the aligned ones (", aligned.string(),
                                 "). CelebA's boxes were marked on the images in the wild and lie wrong on the aligned ones, whose faces "
                                 "are found by their landmarks."
                                 " Leave the option empty, or use layout in_the_wild with Img/img_celeba"}));
    auto const lists = folder / "Anno";
    celeba_files files;
    files.layout = *layout;
    files.partition = folder / "Eval" / "list_eval_partition.txt";
    if (*layout == celeba_layout::plain) {
        files.images = plain;
        files.attributes = lists / "list_attr.txt";
        files.boxes = lists / (boxes.empty() ? "list_bbox.txt" : boxes);
        files.landmarks = lists / "list_landmarks.txt";
        if (!std::filesystem::exists(files.landmarks, problem)) files.landmarks.clear();
    } else {
        bool const in_the_wild = *layout == celeba_layout::in_the_wild;
        files.images = in_the_wild ? wild : aligned;
        files.attributes = lists / "list_attr_celeba.txt";
        if (in_the_wild) files.boxes = lists / (boxes.empty() ? "list_bbox_celeba.txt" : boxes);
        files.landmarks = lists / (in_the_wild ? "list_landmarks_celeba.txt" : "list_landmarks_align_celeba.txt");
    }
    if (!is_folder(files.images)) throw file_error(files.images.string(), "no such folder; the images are expected there");
    return files;
}

} // namespace mcfa::data
