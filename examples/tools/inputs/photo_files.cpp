// SPDX-License-Identifier: MIT
#include "photo_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <string_view>
#include <system_error>

namespace fs = std::filesystem;

namespace {

/// The first bytes of a file; `problem` is set if it cannot be read.
std::string head_of(fs::path const& path, std::error_code& problem) {
    std::array<char, 16> bytes{};
    errno = 0;
    std::FILE* const file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
        problem = {errno, std::generic_category()};
        return {};
    }
    std::size_t const count = std::fread(bytes.data(), 1, bytes.size(), file);
    if (std::ferror(file) != 0) problem = {errno, std::generic_category()};
    std::fclose(file);
    return {bytes.data(), count};
}

/// Whether a file is an image of some kind: by its first bytes, or by its name, so that an empty or torn one is not passed over.
bool is_image(fs::path const& path, std::string_view head) {
    using namespace std::string_view_literals;
    for (auto const magic : {"\xff\xd8\xff"sv, "\x89PNG"sv, "GIF8"sv, "BM"sv, "II*\0"sv, "MM\0*"sv, "8BPS"sv, "\xff\x0a"sv,
                             "\0\0\0\x0cJXL"sv, "\0\0\0\x0cjP"sv})
        if (head.starts_with(magic)) return true;
    if (head.starts_with("RIFF") && head.substr(8).starts_with("WEBP")) return true;
    if (head.substr(std::min<std::size_t>(head.size(), 4)).starts_with("ftyp")) // HEIC and AVIF, and films of the same container
        for (auto const brand : {"heic"sv, "heix"sv, "mif1"sv, "msf1"sv, "avif"sv})
            if (head.substr(8).starts_with(brand)) return true;
    std::string end = path.extension().string();
    std::transform(end.begin(), end.end(), end.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (auto const name :
         {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".jp2"})
        if (end == name) return true;
    return false;
}

void walk(fs::path const& folder, fs::path const& top, photo_files& all) {
    std::error_code problem;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem)) entries.push_back(*it);
    if (problem) {
        all.failed.push_back(folder.string() + ": " + problem.message());
        return;
    }
    std::sort(entries.begin(), entries.end());
    for (fs::directory_entry const& entry : entries) {
        std::error_code unreadable;
        fs::path const& path = entry.path();
        auto const status = entry.status(unreadable);
        if (fs::is_directory(status)) {
            if (entry.is_symlink(unreadable)) all.failed.push_back(path.string() + ": a link to a folder, which is not followed");
            else walk(path, top, all);
        } else if (fs::is_regular_file(status)) {
            auto const head = head_of(path, unreadable);
            if (unreadable) all.failed.push_back(path.string() + ": " + unreadable.message());
            else if (is_image(path, head)) all.photos.push_back({path, path.lexically_relative(top)});
            else all.other_files.push_back(path.string());
        } else if (!fs::exists(status)) {
            all.failed.push_back(path.string() + (entry.is_symlink(unreadable) ? ": a link to nothing" : ": cannot be read"));
        } else {
            all.failed.push_back(path.string() + ": neither a file nor a folder");
        }
    }
}

} // namespace

photo_files find_photos(std::vector<std::string> const& inputs) {
    photo_files all;
    for (std::string const& given : inputs) {
        std::error_code problem;
        if (!fs::is_directory(given, problem)) {
            all.photos.push_back({given, fs::path(given).filename()});
            continue;
        }
        std::size_t const photos = all.photos.size(), failed = all.failed.size();
        walk(given, given, all);
        if (all.photos.size() == photos && all.failed.size() == failed) all.failed.push_back(given + ": a folder without photos");
    }
    return all;
}
