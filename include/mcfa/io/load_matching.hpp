// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/name_pattern.hpp>
#include <mcfa/io/load.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mcfa::io {

/// Which tensors of a file a model takes, and where they go. A `*` stands for any characters, dots among them.
struct matching_rule {
    std::string from; ///< names in the file: "slim_s.*"
    std::string to{}; ///< names in the model, each `*` for what the one in `from` stands for: "my_s.*"; empty: the same names
};

/// What became of each tensor of the model and of the file.
struct matching_report {
    struct pair {
        std::string in_file, in_model;
    };
    struct misfit {
        std::string in_file, in_model;
        std::string why; ///< "expected [3, 64], found [40, 64]"
    };
    std::vector<pair> taken;
    std::vector<misfit> refused;        ///< would go to a tensor of another shape or meaning, which keeps its values
    std::vector<std::string> missing;   ///< the model's tensors for which nothing came; they keep their values
    std::vector<std::string> left_over; ///< the file's tensors that went nowhere

    /// All of it in lines for a person to read.
    std::string text() const {
        auto all = join({taken.size(), " tensors taken\n"});
        for (misfit const& m : refused) {
            all += join({"not taken: ", m.in_file});
            if (m.in_model != m.in_file) all += join({" for ", m.in_model});
            all += join({": ", m.why, "\n"});
        }
        auto const list = [&](char const* what, std::vector<std::string> const& names) {
            for (std::size_t i = 0; i < names.size(); ++i) all += join({i == 0 ? what : ", ", names[i]});
            if (!names.empty()) all += "\n";
        };
        list("as they were: ", missing);
        list("left over in the file: ", left_over);
        return all;
    }
};

/// Why a tensor of the file may not become this one of the model, in words; empty if it may. Heads of attributes must be of the same attributes
/// in the same order, and heads of places in the same unit, where the file says so.
template <class T, class B>
std::string why_unfit(basic_model<T, B> const& m, tensor_info const& wanted, stored_tensor const& found, safetensors_file const& file) {
    if (found.shape != wanted.dims()) return join({"expected ", to_text(wanted.dims()), ", found ", to_text(found.shape)});
    if (wanted.task < 0) return {};
    task_info const& task = m.net().tasks[wanted.task];
    if (learns_places(task)) return unit_problem(file);
    auto const attributes = file.metadata().find("attributes");
    if (task.attributes.empty() || attributes == file.metadata().end() || attributes->second == attributes_text(m.net())) return {};
    return join({"attributes are '", attributes->second, "', the net has '", attributes_text(m.net()), "'"});
}

/// Takes from a file what the rules name, and reports it; all other values of the model stay. The first rule that matches a tensor of the
/// file decides where it goes; without rules each goes to the tensor of its own name.
///
///     auto const report = io::load_matching(m, "slim.safetensors", {{"slim_s.*"}, {"slim_m.*", "my_m.*"}});
///     std::cout << report.text();
///
/// Tensors of another shape are reported, not taken: so heads are replaced. Thresholds and the quantisation of the file belong to its whole net; the
/// model has none afterwards. Throws `option_error` naming a rule by which nothing is taken, with the reason, and two tensors that would go to one;
/// `file_error` as `load` does for a file that cannot be read and a value that is not finite. Then nothing has changed.
template <class T, class B>
matching_report load_matching(basic_model<T, B>& m, std::filesystem::path const& path, std::vector<matching_rule> const& rules = {{"*"}}) {
    auto const file = safetensors_file::read(path);
    matching_report report;
    std::map<std::string_view, tensor_info const*> model;
    for (tensor_info const& tensor : m.tensors()) model[tensor.name] = &tensor;
    std::map<std::string, std::string> came_from; // by the model's name
    std::vector<std::size_t> taken(rules.size());
    std::vector<std::string> why_none(rules.size());
    auto values = m.values();

    for (auto const& [name, stored] : file.tensors()) {
        if (name.starts_with(training_prefix) || is_counter(name, file)) continue;
        std::size_t r = 0;
        std::optional<std::vector<std::string_view>> stars;
        while (r < rules.size() && !(stars = stars_of(rules[r].from, name))) ++r;
        if (!stars) {
            report.left_over.push_back(name);
            continue;
        }
        std::string const to = rules[r].to.empty() ? name : with_stars(rules[r].to, *stars);
        auto const wanted = model.find(to);
        if (wanted == model.end()) {
            if (why_none[r].empty()) why_none[r] = join({"the net has no tensor \"", to, "\" for the file's \"", name, "\""});
            report.left_over.push_back(name);
            continue;
        }
        if (auto const [before, first] = came_from.emplace(to, name); !first)
            throw option_error({"loading ", path.string(), ": both \"", before->second, "\" and \"", name, "\" would go to \"", to, "\""});
        tensor_info const& tensor = *wanted->second;
        if (auto const why = why_unfit(m, tensor, stored, file); !why.empty()) {
            if (why_none[r].empty()) why_none[r] = join({"tensor \"", to, "\": ", why});
            report.refused.push_back({name, to, why});
            continue;
        }
        file.values(name, std::span(values).subspan(tensor.first, tensor.size()));
        report.taken.push_back({name, to});
        ++taken[r];
    }
    for (std::size_t r = 0; r < rules.size(); ++r) {
        if (taken[r] > 0) continue;
        std::string const why =
            why_none[r].empty() ? "no tensor of the file, or none that an earlier rule left, has such a name" : why_none[r];
        throw option_error({"loading ", path.string(), ": the rule '", rules[r].from, rules[r].to.empty() ? "" : "' to '", rules[r].to,
                            "' takes nothing: ", why});
    }
    for (tensor_info const& tensor : m.tensors())
        if (!came_from.contains(tensor.name)) report.missing.push_back(tensor.name);
    m.assign(values);
    m.set_attribute_thresholds({});
    m.set_detection_thresholds({});
    m.set_quantisation({});
    return report;
}

} // namespace mcfa::io
