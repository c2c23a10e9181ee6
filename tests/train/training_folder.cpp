// SPDX-License-Identifier: MIT
// The files of a training: what they survive, what they refuse, and what a training goes on with.
#include "../model/expect_error.hpp"
#include "small_training.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/wait.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(train_training_folder)

namespace {

struct stopped {};

/// A training that stops after an epoch, its files written.
void fit_until(int epoch, training_options const& options, training_folder const& out) {
    auto m = fresh();
    trainer t{m, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, no_report{}};
    t.on_epoch = [&](epoch_report const& r) {
        if (r.epoch == epoch) throw stopped{};
    };
    BOOST_CHECK_THROW(t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, options, out), stopped);
}

/// Keeps what a trainer notes.
struct noted : no_report {
    std::vector<std::string>* notes;
    void note(std::string const& text) { notes->push_back(text); }
};

/// Writes a checkpoint again with another text under "training".
void restate(files::path const& path, std::string const& training) {
    auto const file = io::safetensors_file::read(path);
    io::safetensors_writer writer;
    for (auto const& [name, tensor] : file.tensors()) writer.add(name, tensor.type, tensor.shape, file.bytes(name));
    for (auto const& [key, value] : file.metadata())
        if (key != io::checksum_key) writer.set_metadata(key, key == "training" ? training : value);
    writer.write(path);
}

void expect_same_run(files::path const& left, files::path const& right) {
    expect_same_tensors(left / "last.safetensors", right / "last.safetensors");
    BOOST_TEST(content(left / "best.safetensors") == content(right / "best.safetensors"));
    auto const a = log_of(left), b = log_of(right);
    BOOST_REQUIRE_EQUAL(a.size(), b.size());
    for (std::size_t e = 0; e < a.size(); ++e) BOOST_TEST(a[e].at("stages") == b[e].at("stages"));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_training_stopped_within_an_epoch_resumes_after_the_last_finished_one) {
    folder whole, broken;
    auto unbroken = fresh();
    auto const all = fit(unbroken, quick(), {whole.path});
    long const steps = all.front().steps;
    auto m = fresh();
    trainer t{m, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, no_report{}};
    long asked = 0;
    t.stop = [&] { return ++asked > 2 * (steps + 1); }; // an epoch asks after each step, and once more at its end
    auto const finished = t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, quick(), training_folder{broken.path});
    BOOST_TEST(finished.size() == 2u);
    BOOST_TEST(log_of(broken.path).size() == 2u);
    auto again = fresh();
    BOOST_TEST(fit(again, quick(), {.path = broken.path, .resume = true}).size() == all.size() - 2);
    BOOST_TEST(again.values() == unbroken.values());
    expect_same_run(whole.path, broken.path);
}

BOOST_AUTO_TEST_CASE(a_training_stopped_at_the_end_of_an_epoch_has_finished_it) {
    auto m = fresh();
    trainer t{m, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, no_report{}};
    bool asked = false;
    t.on_epoch = [&](epoch_report const&) { asked = true; };
    t.stop = [&] { return asked; };
    BOOST_TEST(t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, quick()).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stop_between_the_checkpoint_and_the_best_weights_is_made_good) {
    folder whole;
    auto unbroken = fresh();
    fit(unbroken, quick(), {whole.path});
    for (int const epoch : {1, 2}) {
        folder out;
        std::string before;
        if (epoch == 2) {
            fit_until(1, quick(), {out.path});
            before = content(out.path / "best.safetensors");
        }
        fit_until(epoch, quick(), {.path = out.path, .resume = epoch == 2});
        if (epoch == 1) files::remove(out.path / "best.safetensors");
        else std::ofstream(out.path / "best.safetensors", std::ios::binary) << before;
        auto m = fresh();
        fit(m, quick(), {.path = out.path, .resume = true});
        expect_same_run(whole.path, out.path);
    }
}

BOOST_AUTO_TEST_CASE(best_weights_that_are_missing_are_written_before_the_training_goes_on) {
    folder out;
    fit_until(1, quick(), {out.path});
    auto const best = content(out.path / "best.safetensors");
    for (std::string const& damage : {std::string(), best.substr(0, 100), std::string("{}")}) {
        files::remove(out.path / "best.safetensors");
        if (!damage.empty()) std::ofstream(out.path / "best.safetensors", std::ios::binary) << damage;
        fake_faces source;
        source.spoil = [&](batch&, std::uint64_t, std::size_t) {
            BOOST_TEST(content(out.path / "best.safetensors") == best);
            throw stopped{};
        };
        auto m = fresh();
        BOOST_CHECK_THROW(fit(m, quick(), {.path = out.path, .resume = true}, source), stopped);
    }
}

BOOST_AUTO_TEST_CASE(the_checkpoint_is_written_before_the_best_weights) {
    folder out;
    auto m = fresh();
    fake_faces source;
    source.spoil = [&](batch&, std::uint64_t, std::size_t) { files::create_directory(out.path / "best.safetensors"); };
    expect_error<file_error>([&] { fit(m, quick(), {out.path}, source); }, "best.safetensors: cannot be written (not a regular file)");
    BOOST_TEST(files::exists(out.path / "last.safetensors"));
    BOOST_TEST(log_of(out.path).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_second_training_in_the_folder_is_refused_by_process_and_host) {
    folder out;
    auto m = fresh();
    trainer t{m, rule, weighting::any_policy{weighting::uniform{}}, no_report{}};
    t.on_epoch = [&](epoch_report const& r) {
        if (r.epoch != 1) return;
        auto const stored = content(out.path / "last.safetensors");
        for (bool const resume : {false, true}) {
            auto other = fresh();
            expect_error<file_error>([&] { fit(other, quick(2), {.path = out.path, .resume = resume}); },
                                     out.path.string() + ": is in use by process " + std::to_string(::getpid()) + " on host ");
        }
        BOOST_TEST(content(out.path / "last.safetensors") == stored);
    };
    t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, quick(2), training_folder{out.path});
    BOOST_TEST(!files::exists(out.path / ".mcfa-lock"));
    auto again = fresh();
    fit(again, quick(2), {.path = out.path, .resume = true}, {}, rule, weighting::uniform{}); // the lock is gone
}

BOOST_AUTO_TEST_CASE(what_killed_processes_left_half_written_is_removed) {
    folder out;
    std::ofstream(out.path / ".mcfa-1-0.tmp") << "half";
    std::ofstream(out.path / "notes.tmp") << "the user's";
    io::temporary_file const in_use(out.path / "other.safetensors");
    auto m = fresh();
    fit(m, quick(1), {out.path});
    BOOST_TEST(!files::exists(out.path / ".mcfa-1-0.tmp"));
    BOOST_TEST(files::exists(out.path / "notes.tmp"));
    auto const entries = std::distance(files::directory_iterator(out.path), files::directory_iterator());
    BOOST_TEST(entries == 5); // three of the training, the user's, and the one in use
}

BOOST_AUTO_TEST_CASE(every_number_of_a_checkpoint_is_checked_before_it_is_believed) {
    folder out;
    auto m = fresh();
    fit(m, quick(2), {out.path});
    auto const last = out.path / "last.safetensors";
    auto const whole = nlohmann::json::parse(io::safetensors_file::read(last).metadata_at("training"));
    auto const trained = m.values();
    auto const expect = [&](std::string const& text, std::string const& part) {
        restate(last, text);
        expect_error<file_error>([&] { fit(m, quick(2), {.path = out.path, .resume = true}); }, last.string() + ": metadata \"training\"");
        expect_error<file_error>([&] { fit(m, quick(2), {.path = out.path, .resume = true}); }, part);
        BOOST_TEST(m.values() == trained);
    };
    auto const with = [&](char const* field, nlohmann::json const& value) {
        auto changed = whole;
        changed[field] = value;
        return changed.dump();
    };
    expect("", "");
    expect("[]", "no object");
    expect("{\"epoch\":1,\"epoch\":2}", "stands twice");
    expect(with("epoch", -3), "epoch is -3, expected a whole number from 1 to 2147483647");
    expect(with("epoch", 4294967297), "epoch is 4294967297, expected");
    expect(with("epoch", 18446744073709551615u), "epoch is 18446744073709551615, expected");
    expect(with("epoch", 0), "epoch is 0, expected");
    expect(with("epoch", 1.5), "epoch is 1.5, expected");
    expect(with("epoch", "1"), "epoch is \"1\", expected");
    expect(with("epoch", nullptr), "epoch is null, expected");
    expect(with("steps", -1), "steps is -1, expected");
    expect(with("steps", 9000000000000000000), "steps is 9000000000000000000, more than 2 epochs have");
    expect(with("best_epoch", 3), "best_epoch is 3, expected a whole number from 0 to 2");
    expect(with("best_epoch", -1), "best_epoch is -1, expected");
    expect(with("best", "high"), "best is \"high\", expected a number or null");
    expect(with("settings", nullptr), "settings is null, expected an object");
    auto missing = whole;
    missing.erase("best");
    expect(missing.dump(), "best is missing");

    auto unknown = whole;
    unknown["settings"]["warp"] = 3;
    restate(last, unknown.dump());
    expect_error<option_error>([&] { fit(m, quick(2), {.path = out.path, .resume = true}); }, "'warp' was 3 and is now not recorded");
    BOOST_TEST(m.values() == trained);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_of_an_earlier_build_goes_on_and_says_what_it_does_not_record) {
    // The second of four epochs of `fit(m, quick(), ...)`, written before checkpoints recorded data and options of policy and schedule.
    auto const earlier = files::path(MCFA_GOLDEN_DIR) / "earlier_checkpoint.safetensors";
    folder out;
    auto const last = out.path / "last.safetensors";
    files::copy_file(earlier, last);
    std::vector<std::string> notes;
    auto m = fresh();
    auto const resume = [&](training_options const& options) {
        trainer t{m, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, noted{{}, &notes}};
        return t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, options, training_folder{.path = out.path, .resume = true});
    };
    auto const history = resume(quick());
    BOOST_REQUIRE_EQUAL(history.size(), 2u);
    BOOST_TEST(history.front().epoch == 3);
    BOOST_TEST(history.front().steps == 9);
    BOOST_REQUIRE_EQUAL(notes.size(), 1u);
    BOOST_TEST(notes[0] == last.string() + " does not record these settings, so they were not compared: batches_per_epoch, policy options, "
                                           "schedule options, training.photos, validation.photos");
    notes.clear();
    BOOST_TEST(resume(quick()).empty()); // what this build wrote records everything
    BOOST_TEST(notes.empty());

    files::copy_file(earlier, last, files::copy_options::overwrite_existing);
    auto otherwise = quick();
    otherwise.rate = step_decay{};
    expect_error<option_error>([&] { resume(otherwise); }, "'schedule' was \"cosine\" and is now \"step, gamma 0.1");
    otherwise = quick();
    otherwise.clip = 1;
    expect_error<option_error>([&] { resume(otherwise); }, "'clip' was 5.0 and is now 1.0");
}

BOOST_AUTO_TEST_CASE(a_policys_state_of_another_length_is_refused) {
    folder out;
    auto m = fresh();
    fit(m, quick(1), {out.path});
    auto const last = out.path / "last.safetensors";
    {
        auto const file = io::safetensors_file::read(last);
        io::safetensors_writer writer;
        for (auto const& [name, tensor] : file.tensors())
            if (name == "training.policy.stage0.bias") writer.add(name, io::dtype::f64, {1}, std::vector<double>{0});
            else writer.add(name, tensor.type, tensor.shape, file.bytes(name));
        for (auto const& [key, value] : file.metadata())
            if (key != io::checksum_key) writer.set_metadata(key, value);
        writer.write(last);
    }
    expect_error<file_error>([&] { fit(m, quick(1), {.path = out.path, .resume = true}); },
                             "tensor \"training.policy.stage0.bias\": expected 3 values, found 1");
}

BOOST_AUTO_TEST_CASE(a_finished_training_goes_on_for_more_epochs_where_the_schedule_allows_it) {
    auto const steady = [](int epochs) {
        auto options = quick(epochs);
        options.rate = warm_up{.steps = 4, .inner = constant_rate{}};
        return options;
    };
    folder whole, longer;
    auto unbroken = fresh(), m = fresh();
    fit(unbroken, steady(4), {whole.path});
    fit(m, steady(2), {longer.path});
    BOOST_TEST(fit(m, steady(4), {.path = longer.path, .resume = true}).size() == 2u);
    BOOST_TEST(m.values() == unbroken.values());
    expect_same_run(whole.path, longer.path);
    expect_error<option_error>([&] { fit(m, steady(3), {.path = longer.path, .resume = true}); }, "epochs is 3, but 4 are finished");
}

// A schedule that is laid out over all epochs begins anew where a finished training is given more.
BOOST_AUTO_TEST_CASE(more_epochs_after_a_finished_training_run_the_schedule_once_more) {
    folder whole, broken, unfinished;
    auto m = fresh(), again = fresh();
    auto const two = fit(m, quick(2), {whole.path}), four = fit(m, quick(4), {.path = whole.path, .resume = true});
    BOOST_REQUIRE_EQUAL(four.size(), 2u);
    for (std::size_t e = 0; e < 2; ++e) BOOST_TEST(four[e].rate == two[e].rate);
    BOOST_TEST(four[1].epoch == 4);
    auto const longer = fit(m, quick(6), {.path = whole.path, .resume = true});

    fit(again, quick(2), {broken.path});
    fit(again, quick(4), {.path = broken.path, .resume = true});
    trainer t{again, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, no_report{}};
    t.on_epoch = [&](epoch_report const&) { t.stop = [] { return true; }; }; // after the first of those that were added
    t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, quick(6), training_folder{.path = broken.path, .resume = true});
    fit(again, quick(6), {.path = broken.path, .resume = true});
    BOOST_TEST(again.values() == m.values());
    expect_same_run(whole.path, broken.path);
    BOOST_TEST(longer[1].rate == two[1].rate);

    trainer stopped{again, rule, weighting::any_policy{weighting::harder_first{.rate = 0.1}}, no_report{}};
    stopped.on_epoch = [&](epoch_report const&) { stopped.stop = [] { return true; }; };
    stopped.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, quick(3), training_folder{unfinished.path});
    expect_error<option_error>(
        [&] { fit(again, quick(4), {.path = unfinished.path, .resume = true}); },
        "'epochs' was 3 and is now 4; the schedule (cosine, floor 0) is laid out over all epochs, and 1 are finished");
}

BOOST_AUTO_TEST_SUITE_END()
