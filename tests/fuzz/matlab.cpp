// SPDX-License-Identifier: MIT
// LFWA's .mat files with variables of any class, shape and content, as far as libmatio writes them: what is accepted can be learned from. The files'
// bytes are libmatio's and are not damaged here: it takes gigabytes for some of 400 damaged bytes.
#include "input.hpp"

#include <mcfa/data/lfwa.hpp>

#include <matio.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace mcfa;

using variable = std::unique_ptr<matvar_t, decltype(&::Mat_VarFree)>;
using shape = std::array<std::size_t, 3>;

variable made(char const* name, matio_classes kind, matio_types type, int rank, shape extents, void* data, int flags = 0) {
    return {::Mat_VarCreate(name, kind, type, rank, extents.data(), data, flags), &::Mat_VarFree};
}

/// A matrix of up to 6 x 6 x 2 elements; most often of two axes and of numbers that a label or a photo's number may be.
variable any_matrix(char const* name, fuzz::numbers& in) {
    constexpr std::pair<matio_classes, matio_types> kinds[] = {
        {MAT_C_DOUBLE, MAT_T_DOUBLE}, {MAT_C_SINGLE, MAT_T_SINGLE}, {MAT_C_INT8, MAT_T_INT8},   {MAT_C_UINT8, MAT_T_UINT8},
        {MAT_C_INT16, MAT_T_INT16},   {MAT_C_UINT16, MAT_T_UINT16}, {MAT_C_INT32, MAT_T_INT32}, {MAT_C_UINT32, MAT_T_UINT32},
        {MAT_C_INT64, MAT_T_INT64},   {MAT_C_UINT64, MAT_T_UINT64}, {MAT_C_CHAR, MAT_T_UINT8},  {MAT_C_CHAR, MAT_T_UINT16}};
    auto const [kind, type] = kinds[in.up_to(std::size(kinds) - 1)];
    int const rank = in.up_to(7) == 0 ? 3 : 2;
    shape const extents{static_cast<std::size_t>(in.up_to(6)), static_cast<std::size_t>(in.up_to(6)),
                        static_cast<std::size_t>(in.up_to(2))};
    alignas(16) std::array<unsigned char, 2 * 8 * 6 * 6 * 2> raw{};
    bool const small = in.up_to(3) != 0;
    for (std::size_t i = 0; i < 8 * extents[0] * extents[1] * std::max<std::size_t>(extents[2], 1); i += 8) {
        double const number = in.up_to(6);
        if (kind == MAT_C_DOUBLE && small) std::memcpy(&raw[i], &number, 8);
        else
            for (std::size_t k = 0; k < 8; ++k) raw[i + k] = in.any<std::uint8_t>();
    }
    bool const complex = in.up_to(15) == 0 && kind != MAT_C_CHAR && extents[0] * extents[1] * extents[2] > 0;
    mat_complex_split_t parts{raw.data(), raw.data() + raw.size() / 2};
    return made(name, kind, type, rank, extents, complex ? static_cast<void*>(&parts) : raw.data(), complex ? MAT_F_COMPLEX : 0);
}

/// One to twelve cells with texts, matrices or nothing.
variable any_cells(char const* name, fuzz::numbers& in) {
    shape const extents{static_cast<std::size_t>(1 + in.up_to(5)), in.up_to(7) == 0 ? 2u : 1u, 1};
    std::vector<matvar_t*> cells(extents[0] * extents[1]);
    for (auto& cell : cells) {
        std::string text = "A\\" + std::string(1, static_cast<char>('a' + in.up_to(9)));
        int const what = in.up_to(9);
        if (what < 3)
            for (auto n = in.up_to(5); n > 0; --n) text += in.any<char>();
        if (what == 1) text.erase(0, 2);
        shape const row{1, text.size(), 1};
        if (what == 4) cell = any_matrix(nullptr, in).release();
        else if (what != 5) cell = made(nullptr, MAT_C_CHAR, MAT_T_UINT8, 2, row, text.data()).release();
    }
    return made(name, MAT_C_CELL, MAT_T_CELL, 2, extents, cells.data());
}

struct data_folder : fuzz::scratch_folder {
    data_folder() { std::filesystem::create_directories(path() / "lfw"); }
};

/// One file of these variables, each as it should be, of any kind, or missing.
void write(std::filesystem::path const& path, std::initializer_list<char const*> names, fuzz::numbers& in) {
    mat_t* const file = ::Mat_CreateVer(path.c_str(), nullptr, MAT_FT_MAT5);
    fuzz::expect(file != nullptr, "there is room for an input");
    for (char const* const name : names) {
        int const what = in.up_to(15);
        if (what == 0) continue;
        bool const cells = std::string_view(name) == "name" || std::string_view(name) == "AttrName";
        auto const v = cells != (what == 1) ? any_cells(name, in) : any_matrix(name, in);
        if (v) ::Mat_VarWrite(file, v.get(), MAT_COMPRESSION_NONE);
    }
    ::Mat_Close(file);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static data_folder const folder;
    fuzz::numbers in({data, size});
    write(folder.path() / "lfw_att_40.mat", {"name", "AttrName", "label"}, in);
    write(folder.path() / "indices_train_test.mat", {"indices_img_train", "indices_img_test"}, in);
    fuzz::accepted([&] {
        data::lfwa const faces(folder.path());
        auto const source = faces.source();
        std::size_t const attributes = source->attributes()->names().size();
        for (std::size_t i = 0; i < source->size(); ++i) {
            auto const truth = source->label(i);
            fuzz::expect(truth.attributes.size() == attributes, "a photo has a label for each attribute");
            for (auto const label : truth.attributes) fuzz::expect(label == 1 || label == -1, "a label is 1 or -1");
        }
        for (auto const& part : {faces.training(), faces.test()})
            for (std::size_t const photo : part.photos()) fuzz::expect(photo < source->size(), "a part has photos of the list");
    });
    return 0;
}
