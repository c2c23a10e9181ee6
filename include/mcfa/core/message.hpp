// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>

namespace mcfa {

/// A piece of a text: characters, or a number, a floating one with nine digits. Refers to the characters and does not copy them.
class text_piece {
public:
    text_piece(char const* text) : kind_(kinds::text), text_(text) {}
    text_piece(std::string const& text) : kind_(kinds::text), text_(text) {}
    text_piece(std::string_view text) : kind_(kinds::text), text_(text) {}
    text_piece(std::signed_integral auto number) : kind_(kinds::whole), whole_(number) {}
    text_piece(std::unsigned_integral auto number) : kind_(kinds::natural), natural_(number) {}
    text_piece(double number) : kind_(kinds::real), real_(number) {}
    text_piece(char) = delete; // it would be taken for a number

    void append_to(std::string& all) const {
        char digits[32] = ""; // g++ 12 does not see that the cases are all there are
        switch (kind_) {
        case kinds::text:
            all += text_;
            return;
        case kinds::whole:
            std::snprintf(digits, sizeof digits, "%lld", whole_);
            break;
        case kinds::natural:
            std::snprintf(digits, sizeof digits, "%llu", natural_);
            break;
        case kinds::real:
            std::snprintf(digits, sizeof digits, "%.9g", real_);
            break;
        }
        all += digits;
    }

private:
    enum class kinds { text, whole, natural, real } kind_;
    union {
        std::string_view text_;
        long long whole_;
        unsigned long long natural_;
        double real_;
    };
};

/// Pieces one after the other: `join({"epochs is ", epochs, ", must be at least 1"})`. A function of its own, called rather than
/// inlined: the messages of a library are many, and each sum of strings written out is ten times the machine code of a call.
[[gnu::noinline]] inline std::string join(std::initializer_list<text_piece> pieces) {
    std::string all;
    for (text_piece const& piece : pieces) piece.append_to(all);
    return all;
}

/// What an error says: one text, or the pieces of one in braces, which the error puts together. Refers to them, so it lives no
/// longer than the call that it is written for.
class message {
public:
    message(std::initializer_list<text_piece> pieces) : pieces_(pieces) {}
    message(char const* text) : whole_(text) {}
    message(std::string const& text) : whole_(text) {}
    message(message const&) = delete;
    message& operator=(message const&) = delete;
    std::string text() const { return whole_.empty() ? join(pieces_) : std::string(whole_); }

private:
    std::initializer_list<text_piece> pieces_;
    std::string_view whole_;
};

} // namespace mcfa
