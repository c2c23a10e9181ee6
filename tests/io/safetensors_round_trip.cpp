// SPDX-License-Identifier: MIT
#include "expect_error.hpp"
#include "hand_made_file.hpp"
#include "scratch_folder.hpp"

#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/io/safetensors/writer.hpp>

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <vector>

using namespace mcfa::io;
using mcfa::file_error;
using mcfa::option_error;
using mcfa::shape_error;

namespace {

std::vector<float> const six{0.1f, -2.5f, 3e-30f, 1e30f, 0.0f, -0.0f};
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

template <class T>
void expect_same(std::vector<T> const& found, std::vector<T> const& expected) {
    BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

} // namespace

BOOST_AUTO_TEST_SUITE(safetensors_round_trip)

BOOST_AUTO_TEST_CASE(every_kind_of_element_comes_back) {
    scratch_folder folder;
    auto const path = folder / "a.safetensors";
    std::vector<double> const doubles{1.0 / 3, -1e300};
    std::vector<std::uint64_t> const counters{~std::uint64_t{0}};
    std::vector<std::int64_t> const integers{-5, std::numeric_limits<std::int64_t>::min()};
    std::vector<std::int32_t> const small_integers{-7, 8, 9};
    std::array<std::uint8_t, 3> const bytes{1, 2, 255};
    safetensors_writer writer;
    writer.add("small.conv1_1.weight", dtype::f32, {2, 3}, six);
    writer.add("bytes", dtype::u8, {3}, bytes);
    writer.add("doubles", dtype::f64, {2}, doubles);
    writer.add("counters", dtype::u64, {}, counters);
    writer.add("integers", dtype::i64, {2, 1}, integers);
    writer.add("small integers", dtype::i32, {3}, small_integers);
    writer.add("nothing", dtype::f32, {4, 0}, std::vector<float>{});
    writer.add("raw", dtype::boolean, {2}, std::as_bytes(std::span(bytes)).first(2));
    writer.set_metadata("net", "S \"and\" \xc3\xa9\n");
    writer.set_metadata("net", "M \"and\" \xc3\xa9\n");
    writer.write(path);

    auto const file = safetensors_file::read(path);
    BOOST_CHECK_EQUAL(file.path(), path.string());
    BOOST_CHECK_EQUAL(file.tensors().size(), 8u);
    BOOST_CHECK_EQUAL(file.metadata().size(), 2u);
    BOOST_CHECK_EQUAL(file.metadata_at("net"), "M \"and\" \xc3\xa9\n");
    BOOST_CHECK_EQUAL(file.metadata_at("checksum").size(), std::strlen("fnv1a-words:") + 16);

    auto const& weight = file.at("small.conv1_1.weight");
    BOOST_CHECK(weight.type == dtype::f32);
    BOOST_CHECK_EQUAL(weight.count(), 6u);
    expect_same(weight.shape, {2, 3});
    expect_same(file.values<float>("small.conv1_1.weight"), six);
    BOOST_CHECK(std::signbit(file.values<float>("small.conv1_1.weight")[5]));
    expect_same(file.values<double>("small.conv1_1.weight"), std::vector<double>(six.begin(), six.end()));
    expect_same(file.values<double>("doubles"), doubles);
    expect_same(file.values<std::uint64_t>("counters"), counters);
    BOOST_CHECK(file.at("counters").shape.empty());
    expect_same(file.values<std::int64_t>("integers"), integers);
    expect_same(file.values<std::int32_t>("small integers"), small_integers);
    expect_same(file.values<std::uint8_t>("bytes"), {1, 2, 255});
    BOOST_CHECK(file.values<float>("nothing").empty());
    expect_same(file.at("nothing").shape, {4, 0});
    BOOST_CHECK(file.at("raw").type == dtype::boolean);
    BOOST_CHECK(file.bytes("raw")[1] == std::byte{2});
}

BOOST_AUTO_TEST_CASE(the_bytes_are_as_specified) {
    scratch_folder folder;
    safetensors_writer writer;
    writer.add("z", dtype::i16, {1}, std::vector<std::int16_t>{0x0102});
    writer.add("a", dtype::f32, {1}, std::vector<float>{1.0f});
    writer.write(folder / "a");
    auto const bytes = content(folder / "a");
    std::uint64_t header_size = 0;
    std::memcpy(&header_size, bytes.data(), 8);
    BOOST_CHECK_EQUAL(header_size % 8, 0u);
    BOOST_CHECK_EQUAL(bytes.size(), 8 + header_size + 6);
    BOOST_CHECK_EQUAL(bytes.substr(8 + header_size), std::string("\x02\x01\x00\x00\x80\x3f", 6)); // in the order of add
    auto const header = bytes.substr(8, header_size);
    BOOST_CHECK(header.find(R"("z":{"data_offsets":[0,2],"dtype":"I16","shape":[1]})") != header.npos);
    BOOST_CHECK(header.find(R"("a":{"data_offsets":[2,6],"dtype":"F32","shape":[1]})") != header.npos);
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_a_file) {
    scratch_folder folder;
    safetensors_writer{}.write(folder / "a");
    BOOST_CHECK(safetensors_file::read(folder / "a").tensors().empty());
}

BOOST_AUTO_TEST_CASE(a_file_may_be_moved) {
    scratch_folder folder;
    safetensors_writer writer;
    writer.add("a", dtype::f32, {6}, six);
    writer.write(folder / "a");
    auto file = safetensors_file::read(folder / "a");
    auto const moved = std::move(file);
    expect_same(moved.values<float>("a"), six);
}

BOOST_AUTO_TEST_CASE(a_file_in_memory_is_read_without_a_file) {
    scratch_folder folder;
    safetensors_writer writer;
    writer.add("a", dtype::f32, {6}, six);
    writer.set_metadata("net", "small");
    writer.write(folder / "a");
    std::string const bytes = content(folder / "a");
    auto const held = std::as_bytes(std::span(bytes));
    auto file = safetensors_file::in_memory(held, "held bytes");
    auto const moved = std::move(file);
    expect_same(moved.values<float>("a"), six);
    BOOST_CHECK_EQUAL(moved.metadata_at("net"), "small");
    BOOST_CHECK_EQUAL(moved.path(), "held bytes");
    expect_error<file_error>([&] { moved.at("b"); }, "held bytes: tensor \"b\": is missing");
    expect_error<file_error>([&] { safetensors_file::in_memory(held.first(bytes.size() - 1), "held bytes"); }, "held bytes: ");
    expect_error<file_error>([&] { safetensors_file::in_memory({}, "held bytes"); },
                             "held bytes: has 0 bytes, expected at least 8 for the header's length");
}

BOOST_AUTO_TEST_CASE(narrow_floats_are_rounded_and_come_back) {
    scratch_folder folder;
    std::vector<double> const values{1.0 / 3, -1.0 - 0x1p-11, 1.0 + 0x3p-11, 1.0 + 0x1p-8 + 0x1p-40};
    safetensors_writer writer;
    writer.add("f16", dtype::f16, {4}, values);
    writer.add("bf16", dtype::bf16, {4}, values);
    writer.write(folder / "a");
    auto const file = safetensors_file::read(folder / "a");
    BOOST_CHECK_EQUAL(file.at("f16").size(), 8u);
    expect_same(file.values<double>("f16"), {0x1.554p-2, -1.0, 1.0 + 0x1p-9, 1.0 + 0x1p-8});
    expect_same(file.values<float>("bf16"), {0x1.56p-2f, -1.0f, 1.0f, 1.0f + 0x1p-7f}); // the last one twice rounded would be 1
}

BOOST_AUTO_TEST_CASE(the_writer_refuses) {
    safetensors_writer writer;
    writer.add("a", dtype::f32, {6}, six);
    auto refuse = [&](std::string const& name, dtype type, std::vector<std::int64_t> const& shape, auto const& values,
                      std::string const& part) { expect_error<shape_error>([&] { writer.add(name, type, shape, values); }, part); };
    refuse("a", dtype::f32, {6}, six, "tensor \"a\": is added twice");
    refuse("__metadata__", dtype::f32, {6}, six, "the name is reserved");
    refuse("\xff", dtype::f32, {6}, six, "the name is not UTF-8");
    refuse("b", dtype::f32, {2, 4}, six, "tensor \"b\": F32 [2, 4] takes 32 bytes, found 24");
    refuse("b", dtype::f32, {-6}, six, "tensor \"b\": F32 [-6] has a negative size");
    refuse("b", dtype::f32, {1ll << 62, 4}, six, "overflows");
    refuse("b", dtype::f32, {3}, std::as_bytes(std::span(six)), "tensor \"b\": F32 [3] takes 12 bytes, found 24");
    refuse("b", dtype::i32, {6}, six, "tensor \"b\": cannot store floating values as I32");
    refuse("b", dtype::f32, {1}, std::vector<std::int32_t>{1}, "tensor \"b\": cannot store I32 as F32");
    refuse("b", dtype::u32, {1}, std::vector<std::int32_t>{1}, "tensor \"b\": cannot store I32 as U32");
    refuse("b", dtype::f32, {2}, std::vector<float>{1, not_a_number}, "tensor \"b\": value 1 is nan, expected a finite F32");
    refuse("b", dtype::f16, {2}, std::vector<float>{70000, 1}, "tensor \"b\": value 0 is 70000, expected a finite F16");
    refuse("b", dtype::f32, {1}, std::vector<double>{1e300}, "tensor \"b\": value 0 is 1e+300, expected a finite F32");
    expect_error<option_error>([&] { writer.set_metadata("checksum", "x"); }, "\"checksum\"");
    expect_error<option_error>([&] { writer.set_metadata("net", "\xff"); }, "metadata \"net\": expected UTF-8");

    scratch_folder folder; // what was refused left no trace
    writer.write(folder / "a");
    BOOST_CHECK_EQUAL(safetensors_file::read(folder / "a").tensors().size(), 1u);
}

BOOST_AUTO_TEST_CASE(the_reader_refuses_values) {
    scratch_folder folder;
    auto const path = folder / "a";
    std::array<float, 3> const numbers{1, 2, -std::numeric_limits<float>::infinity()};
    std::array<std::uint16_t, 2> const halves{0x7e00, 0};
    safetensors_writer writer;
    writer.add("numbers", dtype::f32, {3}, std::as_bytes(std::span(numbers)));
    writer.add("halves", dtype::f16, {2}, std::as_bytes(std::span(halves)));
    writer.add("large", dtype::f64, {1}, std::vector<double>{-1e300});
    writer.add("whole", dtype::i32, {1}, std::vector<std::int32_t>{1});
    writer.write(path);
    auto const file = safetensors_file::read(path);
    expect_error<file_error>([&] { file.values<float>("numbers"); }, path.string() + ": tensor \"numbers\": value 2 is -inf");
    expect_error<file_error>([&] { file.values<float>("halves"); }, "tensor \"halves\": value 0 is nan, expected a finite F32");
    expect_error<file_error>([&] { file.values<float>("large"); }, "tensor \"large\": value 0 is -1e+300, expected a finite F32");
    expect_same(file.values<double>("large"), {-1e300});
    expect_error<file_error>([&] { file.values<float>("whole"); }, "tensor \"whole\": expected F64, F32, F16 or BF16, found I32");
    expect_error<file_error>([&] { file.values<std::uint32_t>("whole"); }, "tensor \"whole\": expected U32, found I32");
    expect_error<file_error>([&] { file.values<float>("absent"); }, "tensor \"absent\": is missing");
    expect_error<file_error>([&] { file.metadata_at("absent"); }, "metadata \"absent\" is missing");
    BOOST_CHECK(!file.contains("absent"));
}

BOOST_AUTO_TEST_CASE(a_file_without_checksum_is_read) {
    scratch_folder folder;
    put(folder / "a", hand_made_file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", std::string("\0\0\x80\x3f", 4)));
    expect_same(safetensors_file::read(folder / "a").values<float>("a"), {1.0f});
}

BOOST_AUTO_TEST_CASE(the_checksum_is_the_documented_one) {
    std::array<std::uint8_t, 11> data{};
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(17 * i + 3);
    // Known values are by open_in_python.py's function. Pieces of any size give what the whole does.
    for (std::size_t piece = 1; piece <= data.size(); ++piece) {
        data_checksum checksum;
        for (std::size_t first = 0; first < data.size(); first += piece) {
            checksum.add(std::as_bytes(std::span(data)).subspan(first, std::min(piece, data.size() - first)));
            checksum.add({});
        }
        BOOST_CHECK_EQUAL(checksum.text(), "fnv1a-words:d74c00a84dc7766f");
    }
    BOOST_CHECK_EQUAL(data_checksum{}.text(), "fnv1a-words:af63bd4c29620a93");
}

BOOST_AUTO_TEST_CASE(a_failed_write_leaves_the_old_file) {
    scratch_folder folder;
    auto const path = folder / "a";
    safetensors_writer old;
    old.add("a", dtype::f32, {6}, six);
    old.write(path);
    auto const child = ::fork();
    BOOST_REQUIRE_GE(child, 0);
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::rlimit const limit{500, 500};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        safetensors_writer larger;
        larger.add("b", dtype::f32, {1000}, std::vector<float>(1000));
        try {
            larger.write(path);
        } catch (file_error const&) {
            ::_exit(42);
        } catch (...) {
        }
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
    expect_same(safetensors_file::read(path).values<float>("a"), six);
    BOOST_CHECK_EQUAL(folder.entries(), 1);
}

BOOST_AUTO_TEST_SUITE_END()
