// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/core/read_file.hpp>

#include <algorithm>
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
    /// Throws `file_error` if the file is missing, unreadable or empty, and `annotation_error` if it is a web page, UTF-16, CSV or binary.
    explicit annotation_file(std::filesystem::path const& path) : path_(path.string()), content_(read_file(path)), rest_(content_) {
        if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3); // the byte order mark that some editors write
        if (rest_.find_first_not_of(" \t\r\n") == std::string_view::npos) throw file_error(path_, "the file is empty");
        refuse_other_formats();
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
    /// A place or length on a photo in pixels, -2^24 to 2^24: beyond, `float` cannot tell neighbouring pixels apart.
    float pixels(std::string_view what) {
        float const value = number_as<float>(what, "a number");
        if (!std::isfinite(value)) fail({what, " is not finite"});
        if (!(std::abs(value) <= most_pixels)) fail({what, " is ", value, ", expected at most ", most_pixels, " pixels"});
        return value;
    }
    static constexpr float most_pixels = 16777216;

    void expect_end_of_line(message const& expected) {
        if (!at_end_of_line()) fail({"more than ", expected.text(), ": unexpected ", in_quotes(word())});
    }

    /// The complaint about a photo's name with blanks, if a word that is no number follows the name.
    std::string_view blank_in_name() const {
        auto const next = text_.substr(0, text_.find_first_of(" \t"));
        return holds_letter(next) ? name_hint : std::string_view();
    }

    [[noreturn, gnu::cold, gnu::noinline]] void fail(message const& problem) const { throw annotation_error(path_, line_, problem); }

    std::string const& path() const { return path_; }
    long line() const { return line_; }

private:
    template <class T>
    T number_as(std::string_view what, std::string_view kind) {
        auto const found = word();
        if (found.empty()) fail({"the line ends before ", printable(what)});
        T value{};
        auto const digits = found.starts_with('+') ? found.substr(1) : found;
        auto const result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (result.ec != std::errc() || result.ptr != digits.data() + digits.size())
            fail({"expected ", kind, " for ", printable(what), ", found ", in_quotes(found), holds_letter(found) ? name_hint : ""});
        return value;
    }

    /// Files that editors, spreadsheets and downloads leave in a list's place are named for what they are.
    [[gnu::cold, gnu::noinline]] void refuse_other_formats() {
        auto const fail_at = [&](std::size_t place, message const& problem) {
            line_ = 1 + static_cast<long>(std::count(content_.begin(), content_.begin() + static_cast<std::ptrdiff_t>(place), '\n'));
            fail(problem);
        };
        bool const little = content_.starts_with("\xff\xfe"), big = content_.starts_with("\xfe\xff");
        auto const zero = content_.find('\0');
        if (little || big || (zero != std::string::npos && zero < 4))
            fail_at(0, "the text is UTF-16, as some Windows programs save it; save it as UTF-8");
        if (zero != std::string::npos) fail_at(zero, "a byte of value 0: this is no text file");
        if (auto const mark = content_.find('\x1a'); mark != std::string::npos)
            fail_at(mark, "a byte of value 26 (^Z, the end-of-file mark of old DOS programs); remove it");
        auto const first = rest_.substr(rest_.find_first_not_of(" \t\r\n"));
        auto const line = first.substr(0, first.find_first_of("\r\n")), head = line.substr(0, line.find_first_of(" \t"));
        if (first[0] == '<')
            fail_at(0, "a web page, not annotations: most likely the quota or sign-in page of the download; delete the file and download "
                       "it again");
        if (head.find_first_of(",;") != std::string_view::npos && (head == line || head.ends_with(',') || head.ends_with(';')))
            fail_at(0, {"comma-separated values (CSV), beginning with ", in_quotes(line),
                        "; expected CelebA's own list, whose words are separated by blanks and whose first line is the number of rows"});
    }

    static constexpr std::string_view name_hint = "; the name of a photo must not hold blanks";
    static bool holds_letter(std::string_view word) {
        return std::any_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80); });
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
