// SPDX-License-Identifier: MIT
// A training on a mixture: what it writes, and that it goes on as if nothing had happened.
#include "../model/expect_error.hpp"
#include "small_training.hpp"

#include <mcfa/data/mixture.hpp>
#include <mcfa/data/synthetic_faces.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(train_mixture)

namespace {

struct stopped {};

data::synthetic_faces const& first_faces() {
    static data::synthetic_faces const faces{50, seed{1}, 32};
    return faces;
}
data::synthetic_faces const& second_faces() {
    static data::synthetic_faces const faces{30, seed{2}, 32};
    return faces;
}

data::mixture mixed(double share = 3) {
    return data::mixture{{{"a", first_faces().training(), share}, {"b", second_faces().training(), 1}}};
}
data::mixture held_out() { return data::mixture{{{"a", first_faces().validation()}, {"b", second_faces().validation()}}}; }

/// Trains on a mixture; stops after an epoch, its files written, where one is given.
std::vector<epoch_report> fit_mixed(net_model& m, data::mixture const& training, training_options const& options,
                                    training_folder const& out, int stop = 0) {
    trainer t{m, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, no_report{}};
    t.on_epoch = [&](epoch_report const& r) {
        if (r.epoch == stop) throw stopped{};
    };
    return t.fit(training, held_out(), options, out);
}

} // namespace

BOOST_AUTO_TEST_CASE(resumed_in_the_middle_it_gives_the_same_bits_as_unbroken) {
    folder whole, broken;
    auto unbroken = fresh();
    fit_mixed(unbroken, mixed(), quick(), {whole.path});
    auto first = fresh(), second = fresh();
    BOOST_CHECK_THROW(fit_mixed(first, mixed(), quick(), {broken.path}, 2), stopped);
    BOOST_TEST(fit_mixed(second, mixed(), quick(), {.path = broken.path, .resume = true}).size() == 2u);
    BOOST_TEST(second.values() == unbroken.values());
    expect_same_tensors(whole.path / "last.safetensors", broken.path / "last.safetensors");
}

BOOST_AUTO_TEST_CASE(one_source_trains_the_same_bits_mixed_or_alone) {
    auto mixed_model = fresh(), alone = fresh();
    trainer a{mixed_model, rule, weighting::harder_first{}, no_report{}}, b{alone, rule, weighting::harder_first{}, no_report{}};
    a.fit(data::mixture{{{"a", first_faces().training()}}}, data::mixture{{{"a", first_faces().validation()}}}, quick(2));
    b.fit(first_faces().training(), first_faces().validation(), quick(2));
    BOOST_TEST(mixed_model.values() == alone.values());
}

BOOST_AUTO_TEST_CASE(a_checkpoint_holds_the_composition_and_refuses_another) {
    folder out;
    auto first = fresh(), second = fresh();
    BOOST_CHECK_THROW(fit_mixed(first, mixed(), quick(), {out.path}, 1), stopped);
    auto const file = io::safetensors_file::read(out.path / "last.safetensors");
    BOOST_TEST(nlohmann::json::parse(file.metadata_at("training")).at("settings").at("training.sources") ==
               "a 40 photos, share 3; b 24 photos, share 1");
    expect_error<option_error>(
        [&] { fit_mixed(second, mixed(2.9999), quick(), {.path = out.path, .resume = true}); },
        "'training.sources' was \"a 40 photos, share 3; b 24 photos, share 1\" and is now \"a 40 photos, share 2.9999");
}

BOOST_AUTO_TEST_CASE(validation_figures_of_each_source_are_those_of_the_source_alone) {
    folder out;
    auto m = fresh();
    auto const history = fit_mixed(m, mixed(), quick(1), {out.path});
    auto const& found = history.at(0).validated;
    BOOST_REQUIRE_EQUAL(found.sources.size(), 2u);
    BOOST_TEST(found.sources[0].first == "a");
    BOOST_TEST(found.sources[0].second.windows + found.sources[1].second.windows == found.windows);
    validation judge(m, 8);
    for (std::size_t s = 0; s < 2; ++s) {
        auto windows = (s == 0 ? first_faces() : second_faces()).validation().batches(encoding_of(m.net()), {8, 1, seed{1}, false});
        windows.begin(0);
        auto const alone = judge.run(windows);
        auto const& mine = found.sources[s].second;
        BOOST_TEST(mine.windows == alone.windows);
        for (std::size_t j = 0; j < 2; ++j) {
            for (std::size_t k = 0; k < alone.stages[j].losses.size(); ++k)
                BOOST_TEST(std::abs(mine.stages[j].losses[k] - alone.stages[j].losses[k]) < 1e-5);
            for (std::size_t t = 0; t < alone.stages[j].figures.size(); ++t)
                for (std::size_t i = 0; i < alone.stages[j].figures[t].second.size(); ++i) {
                    double const of_mixture = mine.stages[j].figures[t].second[i].second;
                    double const by_itself = alone.stages[j].figures[t].second[i].second; // NaN where no window has a label for it
                    BOOST_TEST((std::isnan(by_itself) ? std::isnan(of_mixture) : std::abs(of_mixture - by_itself) < 1e-5));
                }
        }
    }
    auto const line = log_of(out.path).at(0);
    BOOST_TEST(line.at("sources").size() == 2u);
    auto const& logged = line.at("sources").at("b");
    BOOST_TEST(logged.at("windows") == found.sources[1].second.windows);
    BOOST_TEST(logged.at("stages").at("large").at("face").at("accuracy") == found.sources[1].second.at("face.accuracy"));
    BOOST_TEST(logged.at("stages").at("large").at("attributes").at("terms").at("Smiling").contains("validation_loss"));
}

BOOST_AUTO_TEST_CASE(a_monitored_figure_without_a_label_is_refused) {
    struct unlabelled : data::dataset {
        std::size_t size() const override { return 4; }
        std::string name(std::size_t) const override { return "photo"; }
        bool has_face(std::size_t) const override { return true; }
        annotation label(std::size_t) const override { return {box{8, 8, 14, 14}, {}, {0, 0, 0}, {}}; }
        data::example load(std::size_t i) const override { return {image::blank(32, 32, 90, 90, 90), label(i)}; }
        std::shared_ptr<attribute_table const> attributes() const override {
            return std::make_shared<attribute_table const>(std::vector<std::string>{"Smiling", "Eyeglasses", "Wearing_Hat"});
        }
    };
    auto m = fresh();
    auto options = quick(1);
    options.monitor = "attributes.mean_accuracy";
    trainer t{m, rule, weighting::harder_first{}, no_report{}};
    data::split const nothing(std::make_shared<unlabelled>(), {0, 1, 2, 3});
    expect_error<option_error>([&] { t.fit(first_faces().training(), nothing, options); },
                               "monitor 'attributes.mean_accuracy': not one of the 8 windows to validate on has a label for it");
}

BOOST_AUTO_TEST_SUITE_END()
