// SPDX-License-Identifier: MIT
// Training runs as wholes: what they learn, write, refuse and survive.
#include "../model/allocations.hpp"
#include "../model/expect_error.hpp"
#include "fake_faces.hpp"
#include "small_training.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/train/training_folder.hpp>
#include <mcfa/weighting/make.hpp>

#include <boost/test/unit_test.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(train_trainer)

namespace {

/// Prefers what has the larger loss just now; remembers how often it was asked.
struct loudest {
    static constexpr std::string_view name = "loudest";
    struct state {
        std::vector<double> calls;
    };
    state start(weighting::setting const& given) const { return {std::vector<double>(given.stages.size())}; }
    void weigh(state& s, weighting::observation const& seen, std::span<double> weights) const {
        s.calls[static_cast<std::size_t>(seen.stage)] += 1;
        double sum = 0;
        for (double const l : seen.losses) sum += l;
        for (std::size_t k = 0; k < weights.size(); ++k)
            weights[k] = sum > 0 ? seen.losses[k] / sum * static_cast<double>(weights.size()) : 1; // NaN: no label in the batch
    }
    void learn(state&, weighting::observation const&) const {}
    void trained(state&, int, std::span<double const>) const {}
    void validated(state&, int, std::span<double const>) const {}
    template <class F>
    void visit(state& s, F&& f) const {
        f(std::string_view{"calls"}, s.calls);
    }
};

struct head_pose {
    static constexpr std::string_view name = "pose";
    static constexpr int length = 3, targets = 3, terms = 1;
    using loss = squared_error;
    static constexpr bool weighted = false;
    static std::string term(int) { return "pose"; }
    static void encode(window_label const& label, std::span<float> target, std::span<float> mask) {
        auto const& pose = label.measurements.at("pose");
        std::copy(pose.begin(), pose.end(), target.begin());
        mask[0] = label.kind == window_kind::positive ? 1.0f : 0.0f;
    }
    static void mirror(std::span<float> target) { target[0] = -target[0]; }
    struct metric {
        double count = 0, square = 0;
        void add(std::span<float const> z, std::span<float const> y, std::span<float const> mask) {
            if (mask[0] == 0) return;
            ++count;
            for (std::size_t i = 0; i < 3; ++i) square += (z[i] - y[i]) * (z[i] - y[i]);
        }
        std::vector<figure> figures() const { return {{"error", count > 0 ? square / count : 0}}; }
    };
};
struct posed_net : cascade<heads<face_class, head_pose, golden::look>, small, large> {};

} // namespace

BOOST_AUTO_TEST_CASE(a_training_learns_and_leaves_its_files) {
    folder out;
    auto m = fresh();
    auto const history = fit(m, quick(12), {out.path});
    BOOST_REQUIRE_EQUAL(history.size(), 12u);
    for (std::size_t j = 0; j < 2; ++j)
        for (int const term : {0, 1, 2}) { // face, box, landmarks; attributes of twelve faces are too few to judge
            auto const k = static_cast<std::size_t>(term);
            BOOST_TEST(history.back().losses[j][k] < 0.8 * history.front().losses[j][k], "stage " << j << ", term " << term);
        }
    BOOST_TEST(history.back().validated.at("face.accuracy") > 0.8);

    auto last = fresh();
    io::load(last, out.path / "last.safetensors");
    BOOST_TEST(last.values() == m.values());
    int best_epoch = 0;
    for (auto const& r : history)
        if (r.best) best_epoch = r.epoch;
    auto const best = io::safetensors_file::read(out.path / "best.safetensors");
    BOOST_TEST(best.metadata_at("epoch") == std::to_string(best_epoch));
    BOOST_TEST(!best.contains("training.moment1"));

    auto const log = log_of(out.path);
    BOOST_REQUIRE_EQUAL(log.size(), 12u);
    for (std::size_t e = 0; e < log.size(); ++e) {
        BOOST_TEST(log[e].at("epoch") == e + 1);
        for (auto const& stage : net::stages) {
            auto const& found = log[e].at("stages").at(std::string(stage.name));
            BOOST_TEST(found.at("effective_attributes").get<double>() <= 3 + 1e-9);
            for (auto const& task : golden::tasks::info)
                for (int i = 0; i < task.terms; ++i) {
                    auto const& term = found.at(std::string(task.name)).at("terms").at(task.term(i));
                    BOOST_TEST(term.at("loss").get<double>() > 0);
                    BOOST_TEST(term.at("weight").get<double>() > 0);
                    BOOST_TEST(term.contains("validation_loss"));
                }
            BOOST_TEST(found.at("face").contains("accuracy"));
            BOOST_TEST(found.at("landmarks").contains("nme"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_killed_training_resumes_bit_for_bit) {
    folder whole, broken;
    auto unbroken = fresh();
    fit(unbroken, quick(), {whole.path});

    pid_t const child = ::fork();
    if (child == 0) {
        fake_faces fatal;
        fatal.spoil = [](batch&, std::uint64_t epoch, std::size_t number) {
            if (epoch == 3 && number == 1) std::raise(SIGKILL);
        };
        auto m = fresh();
        fit(m, quick(), {broken.path}, fatal);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_REQUIRE(WIFSIGNALED(status));
    BOOST_TEST(log_of(broken.path).size() == 2u);

    auto m = model<net, float, backend::eigen>{seed{99}, backend::eigen{.threads = 1}};
    BOOST_TEST(fit(m, quick(), {.path = broken.path, .resume = true}).size() == 2u);
    BOOST_TEST(m.values() == unbroken.values());
    expect_same_tensors(whole.path / "last.safetensors", broken.path / "last.safetensors");
    BOOST_TEST(content(whole.path / "best.safetensors") == content(broken.path / "best.safetensors"));
    auto const left = log_of(whole.path), right = log_of(broken.path);
    BOOST_REQUIRE_EQUAL(right.size(), 4u);
    for (std::size_t e = 0; e < 4; ++e) BOOST_TEST(left[e].at("stages") == right[e].at("stages"));
}

BOOST_AUTO_TEST_CASE(resuming_with_other_settings_is_refused_by_name) {
    folder out;
    auto m = fresh();
    fit(m, quick(2), {out.path});
    auto const stored = content(out.path / "last.safetensors");
    auto const trained = m.values();
    auto const expect = [&](std::string const& setting, training_options const& options, sgd r = rule, fake_faces const& source = {},
                            weighting::any_policy policy = weighting::harder_first{.rate = 0.1}) {
        training_folder const again{.path = out.path, .resume = true};
        expect_error<option_error>([&] { fit(m, options, again, source, r, policy); }, "'" + setting + "' was ");
        BOOST_TEST(m.values() == trained);
    };
    auto const changed = [&](auto change) {
        auto options = quick(2);
        change(options);
        return options;
    };
    expect("epochs", changed([](auto& o) { o.epochs = 1; }));
    expect("batch", changed([](auto& o) { o.batch = 6; }));
    expect("seed", changed([](auto& o) { o.seed = seed{2}; }));
    expect("clip", changed([](auto& o) { o.clip = 1; }));
    expect("schedule", changed([](auto& o) { o.rate = constant_rate{}; }));
    expect("scales", changed([](auto& o) { o.scales = {{"box", 2.0}}; }));
    expect("frozen", changed([](auto& o) { o.frozen = {"small"}; }));
    expect("rates", changed([](auto& o) { o.rates = {{"small", 0.5}}; }));
    expect("monitor", changed([](auto& o) { o.monitor = "box.iou"; }));
    expect("rate", quick(2), sgd{.rate = 0.04, .momentum = 0.9, .weight_decay = 1e-4});
    expect("momentum", quick(2), sgd{.rate = 0.05, .momentum = 0.8, .weight_decay = 1e-4});
    expect("weight_decay", quick(2), sgd{.rate = 0.05, .momentum = 0.9});
    expect("batches_per_epoch", quick(2), rule, fake_faces{.windows = 40});
    expect("schedule", changed([](auto& o) { o.rate = cosine_decay{.floor = 0.1}; }));
    expect("policy", quick(2), rule, {}, weighting::harder_first{.rate = 0.2});
    expect("training.photos", quick(2), rule, fake_faces{.photos = "others"});
    expect("policy", quick(2), rule, {}, weighting::uniform{});
    BOOST_TEST(content(out.path / "last.safetensors") == stored);
}

BOOST_AUTO_TEST_CASE(a_training_that_is_there_is_not_overwritten) {
    folder out;
    auto m = fresh();
    fit(m, quick(1), {out.path});
    auto const stored = content(out.path / "last.safetensors");
    expect_error<option_error>([&] { fit(m, quick(1), {out.path}); }, "is there from an earlier training");
    BOOST_TEST(content(out.path / "last.safetensors") == stored);
}

BOOST_AUTO_TEST_CASE(weights_of_an_earlier_training_are_not_overwritten_even_without_its_checkpoint) {
    folder out;
    auto m = fresh();
    fit(m, quick(1), {out.path});
    files::remove(out.path / "last.safetensors");
    auto const stored = content(out.path / "best.safetensors");
    for (bool const resume : {false, true})
        expect_error<option_error>([&] { fit(m, quick(1), {.path = out.path, .resume = resume}); },
                                   "cannot be resumed without last.safetensors");
    BOOST_TEST(content(out.path / "best.safetensors") == stored);
}

BOOST_AUTO_TEST_CASE(no_data_is_an_error) {
    auto m = fresh();
    expect_error<option_error>([&] { fit(m, quick(), fake_faces{.windows = 0}); }, "nothing to train on");
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_no_number_stops_the_training_at_the_last_checkpoint) {
    folder out;
    auto m = fresh();
    fake_faces source;
    std::string stored;
    source.spoil = [&](batch& b, std::uint64_t epoch, std::size_t number) {
        if (epoch != 3 || number != 1) return;
        stored = content(out.path / "last.safetensors");
        b.windows[1].data()[17] = std::numeric_limits<float>::quiet_NaN();
        std::fill(b.masks.begin(), b.masks.end(), 0.0f);
        for (std::size_t n = 0; n < b.size; ++n) b.masks(n, 4) = 1;
    };
    expect_error<divergence_error>([&] { fit(m, quick(), {out.path}, source); },
                                   "epoch 3, step 8: stage large, task attributes, attribute Eyeglasses: the loss is not a number");
    BOOST_TEST(!stored.empty());
    BOOST_TEST(content(out.path / "last.safetensors") == stored);
    auto last = fresh();
    io::load(last, out.path / "last.safetensors");
    BOOST_TEST(last.values() == m.values());

    source.spoil = [](batch& b, std::uint64_t, std::size_t) { b.windows[0].data()[5] = std::numeric_limits<float>::quiet_NaN(); };
    auto other = fresh();
    expect_error<divergence_error>([&] { fit(other, quick(), source); }, "stage small, task face: the loss is not a number");
}

BOOST_AUTO_TEST_CASE(an_absurd_rate_is_noticed_before_it_reaches_a_file) {
    folder out;
    auto m = fresh();
    auto options = quick();
    options.clip = 0;
    expect_error<divergence_error>([&] { fit(m, options, {out.path}, {}, sgd{.rate = 1e12}); }, "epoch 1, step");
    auto other = fresh();
    options.batch = 24; // one step an epoch: nothing looks at the new parameters before the checkpoint would
    expect_error<divergence_error>([&] { fit(other, options, {out.path}, {}, sgd{.rate = 1e300}); },
                                   "tensor small.conv1.weight is not finite");
    BOOST_TEST(!files::exists(out.path / "last.safetensors"));
    BOOST_TEST(!files::exists(out.path / "best.safetensors"));
}

BOOST_AUTO_TEST_CASE(training_stops_when_patience_ends) {
    auto m = fresh();
    auto options = quick(20);
    options.patience = 2;
    options.monitor = "face.accuracy";
    fake_faces blind{.windows = 8, .key = 2}; // all windows alike, half of them faces
    blind.spoil = [](batch& b, std::uint64_t, std::size_t) {
        for (auto& windows : b.windows) std::fill(windows.begin(), windows.end(), 0.0f);
        for (std::size_t n = 0; n < b.size; ++n) b.targets(n, 0) = static_cast<float>(n % 2), b.masks(n, 0) = 1;
    };
    trainer t{m, rule, weighting::any_policy{weighting::uniform{}}, no_report{}};
    BOOST_TEST(t.fit(fake_faces{}, blind, options).size() == 3u); // the first is the best there will be
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_refused_before_any_data_is_read) {
    auto m = fresh();
    fake_faces untouched;
    untouched.spoil = [](batch&, std::uint64_t, std::size_t) { BOOST_ERROR("data was read"); };
    auto const expect = [&](std::string const& part, auto change) {
        auto options = quick();
        change(options);
        expect_error<option_error>([&] { fit(m, options, untouched); }, part);
    };
    expect("'mouth': no task of this name; there are face, box, landmarks, attributes", [](auto& o) { o.scales = {{"mouth", 1.0}}; });
    expect("monitor 'attributes.luck': the net's tasks have no such figure; there are loss, face.accuracy, box.iou, landmarks.nme, "
           "attributes.mean_accuracy, attributes.mean_balanced_accuracy",
           [](auto& o) { o.monitor = "attributes.luck"; });
    expect("epochs is 0", [](auto& o) { o.epochs = 0; });
    expect("batch is 0", [](auto& o) { o.batch = 0; });
    expect("threads is 0", [](auto& o) { o.threads = 0; });
    expect("clip is -1", [](auto& o) { o.clip = -1; });
    expect("patience is -1", [](auto& o) { o.patience = -1; });
    expect_error<option_error>([&] { fit(m, quick(), training_folder{}, untouched); }, "the path is empty");
}

BOOST_AUTO_TEST_CASE(a_monitored_figure_may_go_without_its_task_where_one_task_has_it) {
    auto options = quick(2);
    options.monitor = "f1";
    auto m = fresh();
    m.set_attribute_thresholds({0.1, 0.2, 0.3});
    m.set_detection_thresholds(std::vector<double>(m.net().stages.size(), 0.9));
    for (auto const& r : fit(m, options)) BOOST_TEST(r.monitored == r.validated.at("attributes.f1"));
    BOOST_TEST(m.attribute_thresholds().empty()); // they were those of other weights
    BOOST_TEST(m.detection_thresholds().empty());
    evaluation_results found{{{{}, {{"one", {{"error", 1.0}}}, {"two", {{"error", 2.0}}}}}}, 1};
    BOOST_TEST(found.at("two.error") == 2.0);
    expect_error<option_error>(
        [&] { found.at("error"); },
        "monitor 'error': several of the net's tasks have a figure of this name; there are loss, one.error, two.error");
}

BOOST_AUTO_TEST_CASE(validation_shows_each_window_at_each_stage) {
    auto const m = fresh();
    validation evaluation(m, 8);
    auto batches = fake_faces{.windows = 20}.batches(encoding_of(m.net()), {.batch = 8, .training = false});
    batches.begin(0);
    std::vector<std::size_t> seen(2);
    std::size_t right = 0, labelled = 0;
    auto const results = evaluation.run(batches, {}, [&](validated_window const& w) {
        ++seen[w.stage];
        BOOST_TEST(w.logits.size() == static_cast<std::size_t>(m.net().logits));
        if (w.stage == 0 || w.mask[0] == 0) return;
        right += (w.logits[1] > w.logits[0]) == (w.targets[0] > 0.5f);
        ++labelled;
    });
    BOOST_TEST(seen == (std::vector<std::size_t>{20, 20}), boost::test_tools::per_element());
    BOOST_TEST(results.at("face.accuracy") == static_cast<double>(right) / static_cast<double>(labelled));
}

BOOST_AUTO_TEST_CASE(every_policy_trains) {
    std::vector<weighting::any_policy> policies{weighting::fixed{{1, 2, 3}}, loudest{}};
    for (auto const& listed : weighting::all_rules())
        if (listed.name != "fixed") policies.push_back(listed);
    for (auto const& policy : policies) {
        folder out;
        auto m = fresh();
        auto const history = fit(m, quick(3), {out.path}, {}, rule, policy);
        for (auto const& r : history)
            for (auto const& weights : r.weights) {
                double sum = 0;
                for (double const u : weights) sum += u;
                BOOST_TEST(std::abs(sum / 3 - 1) < 1e-9, policy.name);
            }
        if (policy.name == "fixed") BOOST_TEST(std::abs(history[0].weights[1][2] - 1.5) < 1e-12);
        if (policy.name == "loudest")
            BOOST_TEST((io::safetensors_file::read(out.path / "last.safetensors").values<double>("training.policy.calls") ==
                        std::vector<double>{9, 9}));
    }
}

BOOST_AUTO_TEST_CASE(a_task_of_the_users_own_trains) {
    model<posed_net, float, backend::eigen> m{seed{3}, backend::eigen{.threads = 1}};
    trainer t{m, rule, weighting::any_policy{weighting::uniform{}}, no_report{}};
    auto options = quick(6);
    options.monitor = "pose.error";
    options.scales = {{"pose", 4.0}};
    auto const history = t.fit(fake_faces{}, fake_faces{.windows = 16, .key = 2}, options);
    BOOST_TEST(history.back().losses[1][1] < history.front().losses[1][1]);
    BOOST_TEST(history.back().validated.at("pose.error") > 0);
}

BOOST_AUTO_TEST_CASE(a_clipped_step_is_as_long_as_the_clip) {
    batch b;
    auto reader = fake_faces{}.batches(encoding_of(net::info), {.batch = 8});
    reader.begin(1);
    reader.next(b);
    for (double const clip : {0.0, 0.01, 1e6}) {
        auto m = fresh();
        auto const before = m.values();
        training_step<float, backend::eigen, sgd, weighting::uniform> step(m, sgd{.rate = 1, .momentum = 0}, {}, 8, {}, clip, seed{1});
        step.run(b, 0.5);
        auto const after = m.values();
        double square = 0;
        for (std::size_t i = 0; i < m.net().learned; ++i)
            square += std::pow(static_cast<double>(after[i]) - static_cast<double>(before[i]), 2);
        double const expected = 0.5 * (clip == 0.01 ? clip : step.gradient_norm());
        BOOST_TEST(std::abs(std::sqrt(square) - expected) < 1e-4 * expected);
        BOOST_TEST(step.gradient_norm() > 0.01);
    }
}

BOOST_AUTO_TEST_CASE(a_step_that_has_run_allocates_nothing) {
    batch b;
    auto reader = fake_faces{}.batches(encoding_of(net::info), {.batch = 8});
    reader.begin(1);
    reader.next(b);
    auto m = fresh();
    training_step<float, backend::eigen, sgd, weighting::uniform> step(m, rule, {}, 8, {}, 1, seed{1});
    for (int i = 0; i < 2; ++i) step.run(b, 1);
    long const warm = allocations;
    for (int i = 0; i < 3; ++i) step.run(b, 1);
    long const after = allocations;
    BOOST_TEST(after == warm);
}

namespace {
struct counts {
    int resumed = 0, steps = 0, epochs = 0;
    std::vector<double> last_losses;
};
struct counting_report {
    counts* seen;
    void resumed(int) { ++seen->resumed; }
    void step(step_report const& r) {
        ++seen->steps;
        seen->last_losses.assign(r.losses.begin(), r.losses.end());
    }
    void epoch(epoch_report const& r, int epochs) {
        ++seen->epochs;
        BOOST_TEST(epochs == 4);
        BOOST_TEST(r.epoch == seen->epochs);
    }
};
} // namespace

BOOST_AUTO_TEST_CASE(a_reporter_of_ones_own_hears_of_each_step_and_epoch) {
    auto m = fresh();
    fake_faces const source;
    counts seen;
    trainer t{m, rule, weighting::uniform{}, counting_report{&seen}};
    auto const history = t.fit(source, source, quick());
    BOOST_TEST(seen.epochs == 4);
    BOOST_TEST(seen.steps == history.back().steps);
    BOOST_TEST(seen.last_losses.size() == static_cast<std::size_t>(m.net().terms));
    BOOST_TEST(seen.resumed == 0);
}

BOOST_AUTO_TEST_CASE(options_of_an_optimiser_are_checked_by_name) {
    double const none = std::numeric_limits<double>::quiet_NaN();
    expect_error<option_error>([] { sgd{.momentum = 2}.check(); }, {"sgd.momentum is 2"});
    expect_error<option_error>([&] { sgd{.momentum = none}.check(); }, {"sgd.momentum is nan"});
    expect_error<option_error>([] { sgd{.weight_decay = -1}.check(); }, {"sgd.weight_decay is -1"});
    expect_error<option_error>([] { adam{.beta1 = -3}.check(); }, {"adam.beta1 is -3"});
    expect_error<option_error>([] { adamw{.beta2 = 1}.check(); }, {"adamw.beta2 is 1"});
    expect_error<option_error>([] { adam{.epsilon = 0}.check(); }, {"adam.epsilon is 0"});
    auto m = fresh();
    fake_faces const source;
    trainer t{m, sgd{.momentum = 2}, weighting::uniform{}, no_report{}};
    expect_error<option_error>([&] { t.fit(source, source, quick()); }, {"sgd.momentum is 2, must be at least 0 and below 1"});
}

BOOST_AUTO_TEST_SUITE_END()
