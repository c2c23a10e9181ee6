// SPDX-License-Identifier: MIT
// A damaged file is either read as something the rules allow or refused with a file_error; damaged data is never read.
#include "expect_error.hpp"
#include "scratch_folder.hpp"

#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/io/safetensors/writer.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

using namespace mcfa::io;

namespace {

std::string small_file(scratch_folder const& folder) {
    safetensors_writer writer;
    writer.add("conv.weight", dtype::f32, {2, 3}, std::vector<float>{1, -2, 3, -4, 5, -6});
    writer.add("conv.bias", dtype::f16, {3}, std::vector<float>{0.5f, 0.25f, 0});
    writer.add("step", dtype::i64, {}, std::vector<std::int64_t>{12});
    writer.set_metadata("net", "small");
    writer.write(folder / "whole");
    return content(folder / "whole");
}

std::size_t data_begin(std::string const& bytes) {
    std::uint64_t header_size = 0;
    std::memcpy(&header_size, bytes.data(), 8);
    return 8 + header_size;
}

/// True where the file is read, and then all of it can be; false where it is refused. Any other exception fails the test.
template <class Open>
bool is_whole(Open const& open) {
    try {
        safetensors_file const file = open();
        std::size_t total = 0;
        for (auto const& [name, tensor] : file.tensors()) {
            for (auto byte : file.bytes(name)) total += std::to_integer<std::size_t>(byte);
            if (is_floating(tensor.type)) file.values<double>(name);
        }
        return total + file.tensors().size() > 0;
    } catch (mcfa::file_error const&) {
        return false;
    }
}

/// The same, and the same bytes in memory are judged alike.
bool is_read(std::filesystem::path const& path, std::string const& bytes) {
    put(path, bytes);
    bool const whole = is_whole([&] { return safetensors_file::read(path); });
    std::vector<std::byte> const held(std::as_bytes(std::span(bytes)).begin(),
                                      std::as_bytes(std::span(bytes)).end()); // not a byte more, for sanitizers
    BOOST_REQUIRE(is_whole([&] { return safetensors_file::in_memory(held, "held"); }) == whole);
    return whole;
}

} // namespace

BOOST_AUTO_TEST_SUITE(safetensors_damage)

BOOST_AUTO_TEST_CASE(every_bit_flipped) {
    scratch_folder folder;
    auto const whole = small_file(folder);
    auto const data = data_begin(whole);
    BOOST_REQUIRE(is_read(folder / "a", whole));
    for (std::size_t i = 0; i < whole.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            auto bytes = whole;
            bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
            bool const read = is_read(folder / "a", bytes);
            BOOST_CHECK_MESSAGE(!read || (i >= 8 && i < data), "byte " << i << " bit " << bit);
        }
}

BOOST_AUTO_TEST_CASE(every_byte_replaced) {
    scratch_folder folder;
    auto const whole = small_file(folder);
    for (std::size_t i = 0; i < data_begin(whole); ++i)
        for (char by : {'\0', '"', '{', '}', '[', ']', ',', ':', '-', '9', ' ', '\\', '\xff'}) {
            auto bytes = whole;
            bytes[i] = by;
            is_read(folder / "a", bytes);
        }
}

BOOST_AUTO_TEST_CASE(every_truncation) {
    scratch_folder folder;
    auto const whole = small_file(folder);
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_CHECK_MESSAGE(!is_read(folder / "a", whole.substr(0, size)), "cut at " << size);
    BOOST_CHECK(!is_read(folder / "a", whole + '\0'));
}

BOOST_AUTO_TEST_CASE(every_byte_left_out) {
    scratch_folder folder;
    auto const whole = small_file(folder);
    for (std::size_t i = 0; i < whole.size(); ++i)
        BOOST_CHECK_MESSAGE(!is_read(folder / "a", whole.substr(0, i) + whole.substr(i + 1)), "without byte " << i);
}

BOOST_AUTO_TEST_CASE(two_signs_flipped_are_noticed) {
    scratch_folder folder;
    auto bytes = small_file(folder);
    auto const data = data_begin(bytes);
    for (auto at : {data + 7, data + 15}) bytes[at] = static_cast<char>(bytes[at] ^ 0x80); // the high bits of two words
    put(folder / "a", bytes);
    expect_error<mcfa::file_error>([&] { safetensors_file::read(folder / "a"); }, "the data was changed after it was written");
}

BOOST_AUTO_TEST_SUITE_END()
