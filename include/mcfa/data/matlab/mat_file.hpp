// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/core/utf8.hpp>

#include <matio.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mcfa::data {

/// Numbers of a MATLAB variable.
struct matlab_matrix {
    std::size_t rows = 0, columns = 0;
    std::vector<double> values; ///< column after column, as MATLAB has them

    double operator()(std::size_t row, std::size_t column) const { return values[column * rows + row]; }
};

/// A .mat file, of version 4, 5 or 7.3 (HDF5), read by libmatio. What is missing or of another kind is a `file_error` that names file and variable.
class mat_file {
public:
    explicit mat_file(std::filesystem::path const& path) : path_(path.string()) {
        if (std::error_code problem; !std::filesystem::exists(path, problem)) throw file_error(path_, "no such file");
        file_.reset(::Mat_Open(path_.c_str(), MAT_ACC_RDONLY));
        if (!file_) throw file_error(path_, "not a .mat file, or one that libmatio cannot read");
    }

    /// A real matrix of numbers or logical values.
    matlab_matrix numbers(std::string const& name) const {
        auto const variable = read(name);
        matlab_matrix m = shape_of(name, *variable);
        if (variable->isComplex != 0) fail(name, "is complex, expected real numbers");
        auto const take = [&]<class T>(T const* from) { m.values.assign(from, from + m.rows * m.columns); };
        switch (variable->class_type) {
        case MAT_C_DOUBLE:
            take(static_cast<double const*>(variable->data));
            break;
        case MAT_C_SINGLE:
            take(static_cast<float const*>(variable->data));
            break;
        case MAT_C_INT8:
            take(static_cast<std::int8_t const*>(variable->data));
            break;
        case MAT_C_UINT8:
            take(static_cast<std::uint8_t const*>(variable->data));
            break;
        case MAT_C_INT16:
            take(static_cast<std::int16_t const*>(variable->data));
            break;
        case MAT_C_UINT16:
            take(static_cast<std::uint16_t const*>(variable->data));
            break;
        case MAT_C_INT32:
            take(static_cast<std::int32_t const*>(variable->data));
            break;
        case MAT_C_UINT32:
            take(static_cast<std::uint32_t const*>(variable->data));
            break;
        default:
            fail(name, "is no matrix of numbers");
        }
        return m;
    }

    /// Whole numbers in a row or a column.
    std::vector<long> whole_numbers(std::string const& name) const {
        auto const m = numbers(name);
        if (m.rows > 1 && m.columns > 1) fail(name, {"is ", m.rows, " x ", m.columns, ", expected one row or one column"});
        std::vector<long> all;
        for (double const value : m.values) {
            if (!(value >= -1e15 && value <= 1e15) || value != static_cast<double>(static_cast<long>(value)))
                fail(name, {"element ", all.size() + 1, " is ", value, ", expected a whole number"});
            all.push_back(static_cast<long>(value));
        }
        return all;
    }

    /// A cell array of texts in a row or a column, as UTF-8.
    std::vector<std::string> texts(std::string const& name) const {
        auto const variable = read(name);
        auto const size = shape_of(name, *variable);
        if (variable->class_type != MAT_C_CELL) fail(name, "is no cell array, expected one of texts");
        if (size.rows > 1 && size.columns > 1) fail(name, {"is ", size.rows, " x ", size.columns, ", expected one row or one column"});
        auto const* const cells = static_cast<matvar_t* const*>(variable->data);
        std::vector<std::string> all;
        for (std::size_t i = 0; i < size.rows * size.columns; ++i) {
            if (cells[i] == nullptr || cells[i]->class_type != MAT_C_CHAR) fail(name, {"element ", i + 1, " is no text"});
            all.push_back(text_of(name, i, *cells[i]));
        }
        return all;
    }

    std::string const& path() const { return path_; }
    [[noreturn, gnu::cold, gnu::noinline]] void fail(std::string const& name, message const& problem) const {
        throw file_error(path_, {"variable ", name, " ", problem.text()});
    }

private:
    struct close_file {
        void operator()(mat_t* file) const { ::Mat_Close(file); }
    };
    struct free_variable {
        void operator()(matvar_t* variable) const { ::Mat_VarFree(variable); }
    };
    using variable_pointer = std::unique_ptr<matvar_t, free_variable>;

    variable_pointer read(std::string const& name) const {
        variable_pointer variable(::Mat_VarRead(file_.get(), name.c_str()));
        if (!variable) fail(name, "is missing");
        return variable;
    }

    matlab_matrix shape_of(std::string const& name, matvar_t const& variable) const {
        if (variable.rank != 2) fail(name, {"has ", variable.rank, " dimensions, expected 2"});
        matlab_matrix m{variable.dims[0], variable.dims[1], {}};
        if (m.rows * m.columns == 0 || variable.data == nullptr) fail(name, "is empty");
        return m;
    }

    std::string text_of(std::string const& name, std::size_t number, matvar_t const& cell) const {
        std::string text;
        std::size_t const units = cell.data == nullptr || cell.data_size < 1 ? 0 : cell.nbytes / cell.data_size;
        for (std::size_t i = 0; i < units; ++i) {
            if (cell.data_size == 1) {
                text += static_cast<char const*>(cell.data)[i];
                continue;
            }
            if (cell.data_size != 2) fail(name, {"element ", number + 1, " is a text of ", cell.data_size, " bytes a letter"});
            unsigned const unit = static_cast<std::uint16_t const*>(cell.data)[i];
            if (unit < 0x80) text += static_cast<char>(unit);
            else if (unit < 0x800) text += static_cast<char>(0xc0 | unit >> 6), text += static_cast<char>(0x80 | (unit & 63));
            else
                text += static_cast<char>(0xe0 | unit >> 12), text += static_cast<char>(0x80 | (unit >> 6 & 63)),
                    text += static_cast<char>(0x80 | (unit & 63));
        }
        if (!is_utf8(text)) fail(name, {"element ", number + 1, " is no text in Unicode"});
        return text;
    }

    std::string path_;
    std::unique_ptr<mat_t, close_file> file_;
};

} // namespace mcfa::data
