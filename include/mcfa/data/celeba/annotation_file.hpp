// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/read_file.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace mcfa::data {

/// A text file of words in lines, as CelebA's annotations are, read whole and walked line by line. Lines may end in CR LF.
/// Every complaint is an `annotation_error` with the path and the number of the line.
class annotation_file {
public:
    /// Throws `file_error` where the file is missing, unreadable or empty, and `annotation_error` where a web page was saved in its place.
    explicit annotation_file(std::filesystem::path const& path) : path_(path.string()), content_(read_file(path)), rest_(content_) {
        if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3); // the byte order mark that some editors write
        auto const first = rest_.find_first_not_of(" \t\r\n");
        if (first == std::string_view::npos) throw file_error(path_, "the file is empty");
        if (rest_[first] == '<') {
            line_ = 1;
            fail("a web page, not annotations: most likely the quota or sign-in page of the download; delete the file and download it "
                 "again");
        }
    }

    annotation_file(annotation_file const&) = delete; // its views are of its own content

    /// Goes to the next line; false at the end. Empty lines may stand at the end of the file only.
    bool next() {
        if (rest_.find_first_not_of(" \t\r\n") == std::string_view::npos) return false;
        auto const end = rest_.find('\n');
        text_ = rest_.substr(0, end);
        rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
        if (text_.ends_with('\r')) text_.remove_suffix(1);
        ++line_;
        skip_blanks();
        if (text_.empty()) fail("the line is empty");
        return true;
    }

    bool at_end_of_line() const { return text_.empty(); }

    /// The next word of the line; empty at its end.
    std::string_view word() {
        std::size_t length = 0;
        while (length < text_.size() && !is_blank(text_[length])) ++length;
        auto const found = text_.substr(0, length);
        text_.remove_prefix(length);
        skip_blanks();
        return found;
    }

    /// The next word as a number; `what` names it in the complaint.
    int whole_number(std::string_view what) { return number_as<int>(what, "a whole number"); }
    float number(std::string_view what) {
        float const value = number_as<float>(what, "a number");
        if (!std::isfinite(value)) fail({what, " is not finite"});
        return value;
    }

    void expect_end_of_line(message const& expected) {
        if (!at_end_of_line()) fail({"more than ", expected.text(), ": unexpected ", quoted(word())});
    }

    [[noreturn, gnu::cold, gnu::noinline]] void fail(message const& problem) const { throw annotation_error(path_, line_, problem); }

    /// A word for a message, cut where it is long.
    static std::string quoted(std::string_view word) {
        constexpr std::size_t longest = 60;
        return join({"'", word.substr(0, longest), word.size() > longest ? "...'" : "'"});
    }

    std::string const& path() const { return path_; }
    long line() const { return line_; }

private:
    template <class T>
    T number_as(std::string_view what, std::string_view kind) {
        auto const found = word();
        if (found.empty()) fail({"the line ends before ", what});
        T value{};
        auto const digits = found.starts_with('+') ? found.substr(1) : found;
        auto const result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (result.ec != std::errc() || result.ptr != digits.data() + digits.size())
            fail({"expected ", kind, " for ", what, ", found ", quoted(found)});
        return value;
    }
    static bool is_blank(char c) { return c == ' ' || c == '\t'; }
    void skip_blanks() {
        while (!text_.empty() && is_blank(text_.front())) text_.remove_prefix(1);
    }

    std::string path_, content_;
    std::string_view rest_, text_;
    long line_ = 0;
};

} // namespace mcfa::data
