// SPDX-License-Identifier: MIT
#include "../io/scratch_folder.hpp"

#include <mcfa/core/read_file.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace mcfa;

namespace {
void refused(std::filesystem::path const& path, std::string const& why) {
    BOOST_CHECK_EXCEPTION(read_file(path), file_error, [&](file_error const& e) {
        BOOST_TEST_INFO(e.what());
        return e.what() == path.string() + ": " + why && e.path == path;
    });
}
} // namespace

BOOST_AUTO_TEST_CASE(a_file_is_read_byte_by_byte) {
    scratch_folder const folder;
    std::string const all = std::string("line\r\n\0end", 10);
    put(folder / "file", all);
    BOOST_TEST(read_file(folder / "file") == all);
    put(folder / "empty", "");
    BOOST_TEST(read_file(folder / "empty") == "");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_refused_with_its_path) {
    scratch_folder const folder;
    refused(folder / "absent", "no such file");
    refused(folder.path(), "a directory, not a file");
    refused("/dev/zero", "not a regular file"); // which has no end
}
