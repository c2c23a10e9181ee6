// SPDX-License-Identifier: MIT
// LFWA's own files, as SciPy writes them (tests/golden/lfwa.py), in MATLAB's form of HDF5 too, and with every mistake named.
#include "folder.hpp"

#include <mcfa/data/lfwa.hpp>

#include <boost/test/unit_test.hpp>
#include <matio.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(lfwa_protocol)

namespace {

std::string const golden = MCFA_GOLDEN_DIR "/lfwa/";

/// The recorded files, and the photos that they name.
struct lfwa_folder : temporary_folder {
    lfwa_folder() {
        for (std::string const name : {"lfw_att_40.mat", "indices_train_test.mat"}) std::filesystem::copy_file(golden + name, path / name);
        std::uint64_t key = 0;
        for (std::string const name :
             {"Ann_Lee/Ann_Lee_0001", "Bo_Ek/Bo_Ek_0001", "Bo_Ek/Bo_Ek_0002", "Cy_Ott/Cy_Ott_0001", "Cy_Ott/Cy_Ott_0002"}) {
            std::filesystem::create_directories((path / "lfw" / name).parent_path());
            image::write_png(path / "lfw" / (name + ".jpg"), noise(++key, 250, 250));
        }
    }

    /// Writes a file anew with one variable changed, or left out where `change` says so by returning false.
    void rewrite(std::string const& file, std::string const& variable, std::function<bool(matvar_t&)> const& change,
                 mat_ft form = MAT_FT_MAT5) const {
        mat_t* const from = ::Mat_Open((golden + file).c_str(), MAT_ACC_RDONLY);
        mat_t* const to = ::Mat_CreateVer((path / file).c_str(), nullptr, form);
        while (matvar_t* const each = ::Mat_VarReadNext(from)) {
            if (variable != each->name || change(*each)) ::Mat_VarWrite(to, each, MAT_COMPRESSION_NONE);
            ::Mat_VarFree(each);
        }
        ::Mat_Close(from);
        ::Mat_Close(to);
    }
    void refuse(std::string const& file, std::string const& variable, std::function<bool(matvar_t&)> const& change,
                std::string const& words) const {
        rewrite(file, variable, change);
        refuses<file_error>([&] { lfwa{path}; }, (path / file).string() + ": variable " + variable, words);
        rewrite(file, {}, {});
    }
};

double& number(matvar_t& variable, std::size_t i) { return static_cast<double*>(variable.data)[i]; }
/// Overwrites the beginning of a text in a cell array.
bool put(matvar_t& cells, std::size_t i, std::string const& text) {
    matvar_t& cell = *static_cast<matvar_t**>(cells.data)[i];
    BOOST_REQUIRE(cell.nbytes / static_cast<std::size_t>(cell.data_size) >= text.size());
    for (std::size_t k = 0; k < text.size(); ++k) static_cast<char*>(cell.data)[k * static_cast<std::size_t>(cell.data_size)] = text[k];
    return true;
}

void expect_recorded(lfwa const& faces) {
    BOOST_TEST(faces.source()->attributes()->names() == (std::vector<std::string>{"Male", "Smiling", "Wearing_Hat"}),
               boost::test_tools::per_element());
    BOOST_TEST(faces.training().photos() == (std::vector<std::size_t>{0, 2, 1}), boost::test_tools::per_element());
    BOOST_TEST(faces.test().photos() == (std::vector<std::size_t>{3, 4}), boost::test_tools::per_element());
    BOOST_TEST(faces.all().size() == 5u);
    auto const truth = faces.training().label(1); // Bo_Ek_0002
    BOOST_TEST((truth.attributes == std::vector<std::int8_t>{-1, 1, 1}));
    BOOST_TEST(truth.person == 1);
    BOOST_TEST(truth.place_only);
    BOOST_TEST(faces.test().label(0).person == 2);
}

} // namespace

BOOST_AUTO_TEST_CASE(files_of_scipy_are_read_with_their_photos) {
    lfwa_folder const folder;
    lfwa const faces(folder.path);
    expect_recorded(faces);
    auto const loaded = faces.test().load(0);
    BOOST_TEST((loaded.photo == noise(4, 250, 250)));
    BOOST_TEST((loaded.truth.face == box{68, 68, 114, 114}));
    BOOST_TEST(faces.training().options().mix.part == 0);
}

BOOST_AUTO_TEST_CASE(files_of_version_7_3_are_read_alike) {
    lfwa_folder const folder;
    folder.rewrite("lfw_att_40.mat", {}, {}, MAT_FT_MAT73);
    folder.rewrite("indices_train_test.mat", {}, {}, MAT_FT_MAT73);
    expect_recorded(lfwa(folder.path));
}

BOOST_AUTO_TEST_CASE(mistakes_are_named) {
    lfwa_folder const folder;
    auto const nothing = [](matvar_t&) { return false; };
    folder.refuse("lfw_att_40.mat", "name", nothing, "is missing");
    folder.refuse("lfw_att_40.mat", "label", nothing, "is missing");
    folder.refuse("indices_train_test.mat", "indices_img_test", nothing, "is missing");
    folder.refuse(
        "lfw_att_40.mat", "label", [](matvar_t& v) { return number(v, 6) = 2, true; }, "at row 2, 'Smiling', is 2, expected 1 or 0");
    folder.refuse(
        "lfw_att_40.mat", "label", [](matvar_t& v) { return v.dims[0] = 3, v.dims[1] = 5, true; },
        "is 3 x 5, expected 5 x 3, a row for each of name and a column for each of AttrName");
    folder.refuse("lfw_att_40.mat", "name", [](matvar_t& v) { return put(v, 0, "Ann_Lee_"); }, "expected a person's folder and a photo");
    folder.refuse("lfw_att_40.mat", "name", [](matvar_t& v) { return put(v, 0, "..\\"); }, "element 1 is '..");
    folder.refuse("lfw_att_40.mat", "name", [](matvar_t& v) { return put(v, 2, "Bo_Ek\\Bo_Ek_0001"); }, "which occurs before");
    folder.refuse(
        "indices_train_test.mat", "indices_img_test", [](matvar_t& v) { return number(v, 1) = 6, true; },
        "element 2 is 6, expected 1 to 5, the number of photos");
    folder.refuse(
        "indices_train_test.mat", "indices_img_test", [](matvar_t& v) { return number(v, 1) = 2, true; },
        "element 2 is 2, which is taken already");
    folder.refuse(
        "indices_train_test.mat", "indices_img_train", [](matvar_t& v) { return number(v, 0) = 1.5, true; },
        "element 1 is 1.5, expected a whole number");
    lfwa{folder.path};
}

BOOST_AUTO_TEST_CASE(files_and_folders_that_are_missing_are_named) {
    lfwa_folder const folder;
    folder.put("indices_train_test.mat", "no such thing as a .mat file");
    refuses<file_error>([&] { lfwa{folder.path}; }, (folder.path / "indices_train_test.mat").string(), "not a .mat file");
    std::filesystem::remove(folder.path / "indices_train_test.mat");
    refuses<file_error>([&] { lfwa{folder.path}; }, (folder.path / "indices_train_test.mat").string(), "no such file");
    std::filesystem::copy_file(golden + "indices_train_test.mat", folder.path / "indices_train_test.mat");
    refuses<file_error>([&] { lfwa(folder.path, {.photos = "photos"}); }, (folder.path / "photos").string(), "a folder for each person");
}

BOOST_AUTO_TEST_SUITE_END()
