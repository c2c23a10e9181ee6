// SPDX-License-Identifier: MIT
// Each rule of the format is broken once, by hand, and the message must name what is wrong.
#include "expect_error.hpp"
#include "hand_made_file.hpp"
#include "scratch_folder.hpp"

#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/io/safetensors/writer.hpp>

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

using mcfa::file_error;
using mcfa::io::safetensors_file;
using mcfa::io::safetensors_writer;

namespace {

void expect_refused(std::string const& bytes, std::string const& part) {
    scratch_folder folder;
    auto const path = folder / "hand.safetensors";
    put(path, bytes);
    expect_error<file_error>([&] { safetensors_file::read(path); }, path.string() + ": ");
    expect_error<file_error>([&] { safetensors_file::read(path); }, part);
    auto const opened = safetensors_file::try_read(path);
    BOOST_REQUIRE(!opened);
    BOOST_TEST(std::string(opened.error().what()).find(part) != std::string::npos);
}

/// One tensor `a` with these three fields, and four bytes of data.
std::string one(std::string const& dtype, std::string const& shape, std::string const& offsets) {
    return hand_made_file(R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}", "abcd");
}

/// Tensors `a` and `b` of one-byte elements.
std::string two(std::string const& first, std::string const& second, std::string const& data) {
    auto tensor = [](std::string const& name, std::string const& offsets) {
        return "\"" + name + R"(":{"dtype":"U8","shape":[2],"data_offsets":)" + offsets + "}";
    };
    return hand_made_file("{" + tensor("a", first) + "," + tensor("b", second) + "}", data);
}

void expect_read(std::string const& bytes, std::size_t tensors) {
    scratch_folder folder;
    put(folder / "hand.safetensors", bytes);
    BOOST_CHECK_EQUAL(safetensors_file::read(folder / "hand.safetensors").tensors().size(), tensors);
}

} // namespace

BOOST_AUTO_TEST_SUITE(safetensors_rules)

BOOST_AUTO_TEST_CASE(what_the_rules_allow) {
    expect_read(one(R"("F32")", "[1]", "[0,4]"), 1);
    expect_read(one(R"("U8")", "[2,2]", "[0,4]"), 1);
    expect_read(one(R"("F32")", "[]", "[0,4]"), 1);
    expect_read(two("[0,2]", "[2,4]", "abcd"), 2);
    expect_read(two("[2,4]", "[0,2]", "abcd"), 2);
    expect_read(hand_made_file("{}   ", ""), 0);
    expect_read(hand_made_file(R"({"__metadata__":{},"z":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]}})", ""), 1);
}

BOOST_AUTO_TEST_CASE(the_file) {
    scratch_folder folder;
    expect_error<file_error>([&] { safetensors_file::read(folder / "absent"); }, "absent: cannot be read (No such file");
    expect_error<file_error>([&] { safetensors_file::read(folder.path()); }, "cannot be read (Is a directory)");
    expect_error<file_error>([&] { safetensors_file::read("/dev/zero"); }, "/dev/zero: cannot be read");
}

BOOST_AUTO_TEST_CASE(the_length_prefix) {
    expect_refused("", "has 0 bytes, expected at least 8");
    expect_refused("1234567", "has 7 bytes, expected at least 8");
    expect_refused(std::string("\x09\0\0\0\0\0\0\0{}      ", 16), "header's length is 9, but only 8 bytes follow");
    expect_refused(std::string("\x01\xe1\xf5\x05\0\0\0\0", 8), "header's length is 100000001, expected at most 100000000");
    expect_refused(std::string("\x00\xe1\xf5\x05\0\0\0\0", 8), "header's length is 100000000, but only 0 bytes follow");
    expect_refused("<!DOCTYPE html>", "is this a safetensors file?");
}

BOOST_AUTO_TEST_CASE(the_header_text) {
    expect_refused(hand_made_file("", ""), "begins with nothing, expected \"{\"");
    expect_refused(hand_made_file(" {}", ""), "begins with \" \", expected \"{\"");
    expect_refused(hand_made_file("[]", ""), "begins with \"[\", expected \"{\"");
    expect_refused(hand_made_file("\xef\xbb\xbf{}", ""), "the header begins with");
    expect_refused(hand_made_file("{}\n", ""), "ends with \"\\n\", expected \"}\" and spaces");
    expect_refused(hand_made_file(std::string("{}\0}", 4), ""), "byte 2 of the header is zero");
    expect_refused(hand_made_file("{}{}", ""), "not JSON");
    expect_refused(hand_made_file("{\"a\":}", ""), "not JSON");
    expect_refused(hand_made_file("{} // no {}", ""), "not JSON");
    expect_refused(hand_made_file("{\"\xff\":{}}", ""), "ill-formed UTF-8");
    expect_refused(hand_made_file("{\"\xc0\x80\":{}}", ""), "ill-formed UTF-8");
    expect_refused(hand_made_file(R"({"a":{"shape":[)" + std::string(100000, '[') + "}", ""), "tensor \"a\": nested deeper");
}

BOOST_AUTO_TEST_CASE(duplicate_names) {
    auto const entry = std::string(R"({"dtype":"U8","shape":[0],"data_offsets":[0,0]})");
    expect_refused(hand_made_file(R"({"conv.weight":)" + entry + R"(,"conv.weight":)" + entry + "}", ""),
                   "tensor \"conv.weight\": the name stands twice");
    expect_refused(hand_made_file(R"({"conv.weight":)" + entry + R"(,"conv.w\u0065ight":)" + entry + "}", ""),
                   "tensor \"conv.weight\": the name stands twice");
    expect_refused(hand_made_file(R"({"a":{"dtype":"U8","shape":[0],"shape":[0],"data_offsets":[0,0]}})", ""),
                   "tensor \"a\": the field \"shape\" stands twice");
    expect_refused(hand_made_file(R"({"__metadata__":{},"__metadata__":{}})", ""), "\"__metadata__\": the name stands twice");
    expect_refused(hand_made_file(R"({"__metadata__":{"net":"a","net":"b"}})", ""), "\"__metadata__\": the field \"net\" stands twice");
}

BOOST_AUTO_TEST_CASE(metadata) {
    expect_refused(hand_made_file(R"({"__metadata__":[]})", ""), "__metadata__ is a list, expected an object");
    expect_refused(hand_made_file(R"({"__metadata__":{"epoch":3}})", ""), "__metadata__ \"epoch\" is 3, expected a string");
    expect_refused(hand_made_file(R"({"__metadata__":{"net":{}}})", ""), "__metadata__ \"net\" is an object, expected a string");
    expect_refused(hand_made_file(R"({"__metadata__":{"checksum":"fnv1a-words:0000000000000000"}})", ""), "the data was changed");
}

BOOST_AUTO_TEST_CASE(fields) {
    expect_refused(hand_made_file(R"({"a":7})", ""), "tensor \"a\": its entry is 7, expected an object");
    expect_refused(hand_made_file(R"({"a":{"shape":[0],"data_offsets":[0,0]}})", ""), "tensor \"a\": dtype is missing");
    expect_refused(hand_made_file(R"({"a":{"dtype":"U8","data_offsets":[0,0]}})", ""), "tensor \"a\": shape is missing");
    expect_refused(hand_made_file(R"({"a":{"dtype":"U8","shape":[0]}})", ""), "tensor \"a\": data_offsets is missing");
    expect_refused(hand_made_file(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"more":1}})", ""),
                   "tensor \"a\": unknown field \"more\"");
    expect_refused(one(R"("F4")", "[1]", "[0,4]"), "tensor \"a\": unknown dtype \"F4\", expected one of F64, F32");
    expect_refused(one("4", "[1]", "[0,4]"), "tensor \"a\": unknown dtype 4");
}

BOOST_AUTO_TEST_CASE(shapes) {
    expect_refused(one(R"("U8")", "4", "[0,4]"), "tensor \"a\": shape is 4, expected a list");
    expect_refused(one(R"("U8")", "[-4]", "[0,4]"), "tensor \"a\": shape holds -4");
    expect_refused(one(R"("U8")", "[4.0]", "[0,4]"), "tensor \"a\": shape holds 4.0");
    expect_refused(one(R"("U8")", "[\"4\"]", "[0,4]"), "tensor \"a\": shape holds \"4\"");
    expect_refused(one(R"("U8")", "[18446744073709551616]", "[0,4]"), "tensor \"a\": shape holds 1.84");
    expect_refused(one(R"("U8")", "[9223372036854775808]", "[0,4]"), "tensor \"a\": shape has a size of 9223372036854775808");
    // 2^32 * 2^32 * 4 would be 0, and (2^62 + 1) * 4 would be 4, were the product taken modulo 2^64
    expect_refused(one(R"("F32")", "[4294967296,4294967296]", "[0,0]"), "tensor \"a\": F32 [4294967296, 4294967296] overflows");
    expect_refused(one(R"("F32")", "[4611686018427387905]", "[0,4]"), "tensor \"a\": F32 [4611686018427387905] overflows");
    expect_refused(one(R"("F32")", "[2]", "[0,4]"), "tensor \"a\": F32 [2] takes 8 bytes, but data_offsets span 4");
    expect_refused(one(R"("F16")", "[1]", "[0,4]"), "tensor \"a\": F16 [1] takes 2 bytes, but data_offsets span 4");
}

BOOST_AUTO_TEST_CASE(offsets) {
    expect_refused(one(R"("F32")", "[1]", "4"), "tensor \"a\": data_offsets is 4, expected a list");
    expect_refused(one(R"("F32")", "[1]", "[0]"), "tensor \"a\": data_offsets has 1 numbers, expected 2");
    expect_refused(one(R"("F32")", "[1]", "[0,4,8]"), "tensor \"a\": data_offsets has 3 numbers, expected 2");
    expect_refused(one(R"("F32")", "[1]", "[-1,3]"), "tensor \"a\": data_offsets holds -1");
    expect_refused(one(R"("F32")", "[1]", "[4,0]"), "tensor \"a\": data_offsets end at 0, before they begin at 4");
    expect_refused(one(R"("F32")", "[2]", "[0,8]"), "tensor \"a\": data_offsets end at 8, but the file has 4 bytes");
    expect_refused(one(R"("U8")", "[3]", "[1,4]"), "tensor \"a\": data_offsets begin at 1, expected 0 (bytes without a tensor)");
    expect_refused(one(R"("U8")", "[3]", "[0,3]"), "the file has 4 bytes of data, expected 3");
    expect_refused(two("[0,2]", "[1,3]", "abc"), "tensor \"b\": data_offsets begin at 1, expected 2 (tensors overlap)");
    expect_refused(two("[0,2]", "[0,2]", "ab"), "tensor \"b\": data_offsets begin at 0, expected 2 (tensors overlap)");
    expect_refused(two("[3,5]", "[0,2]", "abcde"), "tensor \"a\": data_offsets begin at 3, expected 2 (bytes without a tensor)");
    expect_refused(two("[0,2]", "[2,4]", "abcde"), "the file has 5 bytes of data, expected 4");
    expect_refused(hand_made_file("{}", "x"), "the file has 1 bytes of data, expected 0");
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_after_it_was_verified_is_refused) {
    scratch_folder folder;
    safetensors_writer writer;
    writer.add("a", mcfa::io::dtype::f32, {2}, std::vector<float>{1, 2});
    writer.add("b", mcfa::io::dtype::f32, {1}, std::vector<float>{3});
    writer.write(folder / "f");
    auto const file = safetensors_file::read(folder / "f");
    std::fstream in_place(folder / "f", std::ios::binary | std::ios::in | std::ios::out);
    in_place.seekp(-12, std::ios::end).put('\x7f').flush();
    expect_error<file_error>([&] { file.values<float>("a"); }, "tensor \"a\": the file was changed while it was being read");
    expect_error<file_error>([&] { file.bytes("a"); }, "the file was changed");
    BOOST_CHECK_EQUAL(file.values<float>("b")[0], 3.0f);
    std::filesystem::resize_file(folder / "f", std::filesystem::file_size(folder / "f") - 1);
    expect_error<file_error>([&] { file.values<float>("b"); }, "cannot read its data: expected 4 bytes, found 3");
}

BOOST_AUTO_TEST_CASE(a_pipe_is_refused_and_not_waited_for) {
    scratch_folder folder;
    BOOST_REQUIRE_EQUAL(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    expect_error<file_error>([&] { safetensors_file::read(folder / "pipe"); }, "cannot be read (not a regular file)");
}

BOOST_AUTO_TEST_CASE(a_file_of_holes_larger_than_memory_is_refused_at_once) {
    scratch_folder folder;
    put(folder / "a", hand_made_file(R"({"a":{"dtype":"U8","shape":[4398046511104],"data_offsets":[0,4398046511104]}})", ""));
    std::error_code problem;
    std::filesystem::resize_file(folder / "a", std::filesystem::file_size(folder / "a") + (std::uintmax_t{1} << 42), problem);
    if (problem) return; // this file system has no such files
    expect_error<file_error>([&] { safetensors_file::read(folder / "a"); }, "no memory for its 4398046511104 bytes of data");
}

BOOST_AUTO_TEST_SUITE_END()
