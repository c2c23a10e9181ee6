// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/name_index.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/matlab/mat_file.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/image/codec/limits.hpp>
#include <mcfa/image/read.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::data {

struct lfwa_options {
    std::filesystem::path photos = "lfw"; ///< folder of the persons' folders, in the data's folder
    /// Where the face is on every photo: LFW's photos of 250 x 250 are the square of their face detector, made 2.2 times as large. It says where windows lie; no
    /// box is learned from it.
    box face{68, 68, 114, 114};
    bad_image_options bad_images{};
    image::limits limits{};
};

/// LFWA with its own protocol (Liu, Luo, Wang, Tang, ICCV 2015): `lfw_att_40.mat` (label, name, AttrName), `indices_train_test.mat` and the photos by
/// person. There is no validation part. Labels are 1 and 0; a person is a folder.
///
///     data::lfwa faces{"LFWA"};
///     t.fit(faces.training(), faces.test());
///
/// Needs libmatio, target `mcfa::matlab`. Throws `file_error` with file and variable for what is missing or is not as it should be.
class lfwa {
public:
    [[gnu::cold]] explicit lfwa(std::filesystem::path const& folder, lfwa_options options = {}) : options_(std::move(options)) {
        mat_file const labels(folder / "lfw_att_40.mat"), parts(folder / "indices_train_test.mat");
        source_ = std::make_shared<photos>(folder / options_.photos, labels, options_);
        std::vector<bool> taken(source_->size());
        training_ = part(parts, "indices_img_train", taken);
        test_ = part(parts, "indices_img_test", taken);
    }

    split training(sampling const& options = {}) const { return of(training_, options); }
    split test(sampling const& options = {}) const { return of(test_, options); }
    split all(sampling const& options = {}) const {
        std::vector<std::size_t> every(source_->size());
        std::iota(every.begin(), every.end(), std::size_t{0});
        return of(every, options);
    }
    /// For parts of a program's own.
    std::shared_ptr<dataset const> source() const { return source_; }

private:
    class photos : public dataset {
    public:
        photos(std::filesystem::path folder, mat_file const& file, lfwa_options const& options)
            : folder_(std::move(folder)), limits_(options.limits) {
            std::error_code problem;
            if (!std::filesystem::is_directory(folder_, problem))
                throw file_error(folder_.string(), "no such folder; the photos are expected there, in a folder for each person");
            read_names(file);
            read_attributes(file, options.face);
        }

        std::size_t size() const override { return names_.size(); }
        std::string name(std::size_t i) const override { return (folder_ / names_.at(i)).string(); }
        bool has_face(std::size_t) const override { return true; }
        annotation label(std::size_t i) const override { return truths_.at(i); }
        example load(std::size_t i) const override { return {image::read(folder_ / names_.at(i), limits_), truths_[i]}; }
        std::shared_ptr<attribute_table const> attributes() const override { return attributes_; }

    private:
        /// Names are "Person\Person_0001.jpg": a folder and a file, below the photos' folder and nowhere else.
        void read_names(mat_file const& file) {
            name_index files, persons;
            for (auto name : file.texts("name")) {
                std::ranges::replace(name, '\\', '/');
                auto const slash = name.find('/');
                auto const person = name.substr(0, slash);
                if (slash == std::string::npos || name.find('/', slash + 1) != std::string::npos || person.empty() || person == "." ||
                    person == ".." || slash + 1 == name.size() || name.substr(slash + 1) == "..")
                    file.fail("name", {"element ", names_.size() + 1, " is ", in_quotes(name), ", expected a person's folder and a photo"});
                if (!files.add(name, names_.size()))
                    file.fail("name", {"element ", names_.size() + 1, " is ", in_quotes(name), ", which occurs before"});
                persons.add(person, persons.size());
                annotation truth;
                truth.person = static_cast<int>(persons.find(person));
                truths_.push_back(std::move(truth));
                names_.push_back(std::move(name));
            }
        }

        /// A row of `label` for each photo, a column for each of `AttrName`; blanks in names become the underscores of CelebA's.
        void read_attributes(mat_file const& file, box face) {
            auto names = file.texts("AttrName");
            for (auto& name : names) std::ranges::replace(name, ' ', '_');
            auto const labels = file.numbers("label");
            if (labels.rows != size() || labels.columns != names.size())
                file.fail("label", {"is ", labels.rows, " x ", labels.columns, ", expected ", size(), " x ", names.size(),
                                    ", a row for each of name and a column for each of AttrName"});
            name_index once;
            for (std::size_t k = 0; k < names.size(); ++k)
                if (!once.add(names[k], k)) file.fail("AttrName", {"has ", in_quotes(names[k]), " twice"});
            for (std::size_t n = 0; n < size(); ++n) {
                auto& truth = truths_[n];
                truth.face = face;
                truth.place_only = true;
                for (std::size_t k = 0; k < names.size(); ++k) {
                    double const value = labels(n, k);
                    if (value != 0 && value != 1)
                        file.fail("label", {"at row ", n + 1, ", ", in_quotes(names[k]), ", is ", value, ", expected 1 or 0"});
                    truth.attributes.push_back(static_cast<std::int8_t>(value == 1 ? 1 : -1));
                }
            }
            attributes_ = std::make_shared<attribute_table const>(std::move(names));
        }

        std::filesystem::path folder_;
        image::limits limits_;
        std::vector<std::string> names_;
        std::vector<annotation> truths_;
        std::shared_ptr<attribute_table const> attributes_;
    };

    /// MATLAB counts from 1.
    std::vector<std::size_t> part(mat_file const& file, std::string const& name, std::vector<bool>& taken) const {
        std::vector<std::size_t> numbers;
        for (long const number : file.whole_numbers(name)) {
            if (number < 1 || static_cast<std::size_t>(number) > taken.size())
                file.fail(name,
                          {"element ", numbers.size() + 1, " is ", number, ", expected 1 to ", taken.size(), ", the number of photos"});
            auto const at = static_cast<std::size_t>(number) - 1;
            if (taken[at]) file.fail(name, {"element ", numbers.size() + 1, " is ", number, ", which is taken already"});
            taken[at] = true;
            numbers.push_back(at);
        }
        return numbers;
    }

    split of(std::vector<std::size_t> const& numbers, sampling options) const {
        options.mix.part = 0; // part windows teach the box alone, and there is none to learn
        return {source_, numbers, options, options_.bad_images};
    }

    lfwa_options options_;
    std::shared_ptr<photos const> source_;
    std::vector<std::size_t> training_, test_;
};

} // namespace mcfa::data
