// SPDX-License-Identifier: MIT
// Kills trainings, and programs that write over files, at their n-th change of a file, or lets that call fail. Whatever happens, files are whole,
// the same command goes on, and the end is the same bit for bit.
//
//     fault_campaign <shim.so> [--every <n>]      a sample, or every n-th call with every kind, and pairs of kills
#include "victim.hpp"

#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace files = std::filesystem;

std::string content(files::path const& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

struct fault {
    std::string kind; ///< empty: none
    long at = 0;

    bool kills() const { return kind == "kill" || kind == "torn"; }
    bool is_harmless() const { return kind.empty() || kind == "EINTR" || kind == "short"; }
};

struct outcome {
    bool killed = false;
    int status = 0;
    std::string said;
};

class campaign {
public:
    /// `every` 0: a sample.
    campaign(char const* self, char const* shim, long every) : self_(self), shim_(shim), every_(every) {
        auto pattern = (files::temp_directory_path() / "mcfa-faults-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot create " + pattern);
        root_ = files::canonical(pattern);
    }
    ~campaign() { files::remove_all(root_); }

    int run() {
        training("train", every_ ? every_ : 6);
        training("mine", every_ ? every_ : 14);
        writing("save", victim::save, {"model.safetensors"});
        writing("draw", victim::draw, {"picture.png", "picture.jpg"});
        say_so_far();
        return problems_ == 0 ? 0 : 1;
    }

private:
    void training(std::string const& what, long stride) {
        auto const whole = root_ / ("whole_" + what);
        long const calls = count(what, whole);
        std::printf("%s: changes files by %ld calls\n", what.c_str(), calls);
        for (std::string const kind : {"kill", "torn", "ENOSPC", "EIO", "full", "EINTR", "short"})
            for (long n = first(kind, stride); n <= calls; n += stride) {
                auto const out = root_ / "out";
                files::remove_all(out);
                expect_training(what, {kind, n}, out, whole, start(what, out, {kind, n}));
            }
        say_so_far();
        if (!every_) return;
        for (long n = 1; n <= calls; n += 36 * stride) // stopped, taken up again, and stopped at every place of that
            for (long m = 1;; m += stride) {
                auto const out = root_ / "out";
                files::remove_all(out);
                start(what, out, {"kill", n});
                ++kills_;
                auto const second = start(what, out, {"kill", m}, true);
                if (!second.killed) break;
                expect_training(what, {"kill", m}, out, whole, second);
            }
    }

    void writing(std::string const& what, void (*write)(files::path const&, std::uint64_t), std::vector<std::string> const& names) {
        auto const folder = root_ / what;
        auto const contents = [&] {
            std::vector<std::string> found;
            for (auto const& name : names) found.push_back(content(folder / name));
            return found;
        };
        auto const entries = [&] {
            return static_cast<std::size_t>(std::distance(files::directory_iterator(folder), files::directory_iterator()));
        };
        auto const prepare = [&] {
            files::remove_all(folder);
            files::create_directories(folder);
            write(folder, 1);
            return contents();
        };
        auto const before = prepare();
        long const calls = count(what, folder);
        auto const after = contents();
        std::printf("%s: changes files by %ld calls\n", what.c_str(), calls);
        long const stride = every_ ? 1 : 5; // they are short
        for (std::string const kind : {"kill", "torn", "ENOSPC", "EIO", "full", "EINTR", "short"})
            for (long n = first(kind, stride); n <= calls; n += stride) {
                prepare();
                fault const f{kind, n};
                auto const found = start(what, folder, f);
                judge(f, found, folder.string());
                auto const now = contents();
                for (std::size_t i = 0; i < now.size(); ++i)
                    if (now[i] != before[i] && now[i] != after[i]) report(f, names[i] + " is neither the old file nor the new one");
                if (found.status == 0 && !found.killed && now != after) report(f, "written, it says, but a file is the old one");
                if (!f.kills() && entries() != names.size()) report(f, "a temporary file is left");
                if (start(what, folder, {}).status != 0 || contents() != after) report(f, "writing again does not work");
                mcfa::io::remove_abandoned_temporaries(folder);
                if (entries() != names.size()) report(f, "a temporary file stays");
            }
    }

    /// Each kind meets other calls.
    static long first(std::string const& kind, long stride) { return 1 + static_cast<long>(kind.size()) % std::min(stride, 4L); }

    /// Files whole, resumed by the same command, the end as without the fault.
    void expect_training(std::string const& what, fault const& f, files::path const& out, files::path const& whole, outcome const& found) {
        judge(f, found, out.string());
        for (auto const* name : {"last.safetensors", "best.safetensors"})
            if (files::exists(out / name)) try {
                    mcfa::io::safetensors_file::read(out / name);
                } catch (std::exception const& problem) {
                    report(f, problem.what());
                }
        if (!(f.is_harmless() && found.status == 0)) {
            auto const again = start(what, out, {}, true);
            if (again.killed || again.status != 0) return report(f, "is not resumed: " + again.said);
        }
        std::set<std::string> names{"best.safetensors", "last.safetensors", "log.jsonl"};
        if (what == "mine") names.insert("mined.txt");
        for (auto const& name : names)
            if (name != "log.jsonl" && content(out / name) != content(whole / name)) report(f, name + " is another in the end");
        if (log_of(out) != log_of(whole)) report(f, "the log is another in the end");
        std::set<std::string> found_names;
        for (auto const& entry : files::directory_iterator(out)) found_names.insert(entry.path().filename().string());
        if (found_names != names) report(f, "files are left over");
    }

    /// Did the process end as it should, and say the file and the system's reason?
    void judge(fault const& f, outcome const& found, std::string const& path) {
        (f.kills() ? kills_ : f.is_harmless() ? harmless_ : failures_) += 1;
        if (f.kills() != found.killed) report(f, f.kills() ? "the process was not killed" : "the process was killed");
        if (f.kills() || found.status == 0) {
            // A failure that changes nothing, such as that of the lock's text, may pass.
            return;
        }
        if (f.is_harmless()) report(f, "failed: " + found.said);
        char const* const reason = f.kind == "EIO" ? "(Input/output error)" : "(No space left on device)";
        if (found.said.find(path) != 0 || found.said.find(reason) == found.said.npos) report(f, "says no path or no reason: " + found.said);
    }

    static std::vector<nlohmann::json> log_of(files::path const& out) {
        std::vector<nlohmann::json> lines;
        std::ifstream stream(out / "log.jsonl");
        for (std::string line; std::getline(stream, line);) {
            auto object = nlohmann::json::parse(line, nullptr, false);
            if (object.is_object()) object.erase("seconds"), object.erase("images_per_second");
            lines.push_back(std::move(object));
        }
        return lines;
    }

    long count(std::string const& what, files::path const& folder) {
        auto const place = root_ / "count";
        ::setenv("FAULT_COUNT", place.c_str(), 1);
        auto const found = start(what, folder, {"none", 0});
        ::unsetenv("FAULT_COUNT");
        if (found.status != 0) throw std::runtime_error("without a fault: " + found.said);
        return std::atol(content(place).c_str());
    }

    /// Runs this program as a victim.
    outcome start(std::string const& what, files::path const& folder, fault const& f, bool resume = false) {
        auto const errors = root_ / "errors";
        pid_t const child = ::fork();
        if (child == 0) {
            if (!f.kind.empty()) {
                ::setenv("LD_PRELOAD", shim_, 1);
                ::setenv("FAULT_FOLDER", folder.c_str(), 1);
                ::setenv("FAULT_KIND", f.kind.c_str(), 1);
                ::setenv("FAULT_AT", std::to_string(f.at).c_str(), 1);
            }
            if (!std::freopen(errors.c_str(), "w", stderr)) ::_exit(2);
            ::execl(self_, self_, "--victim", what.c_str(), folder.c_str(), resume ? "resume" : nullptr, nullptr);
            ::_exit(2);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        outcome result;
        result.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
        result.said = content(errors);
        return result;
    }

    void say_so_far() const {
        std::printf("%ld kills, %ld failed calls, %ld interrupted or short calls; %ld problems\n", kills_, failures_, harmless_, problems_);
        std::fflush(stdout);
    }

    void report(fault const& f, std::string const& problem) {
        ++problems_;
        std::printf("%s at call %ld: %s\n", f.kind.c_str(), f.at, problem.c_str());
    }

    char const *self_, *shim_;
    long every_;
    files::path root_;
    long kills_ = 0, failures_ = 0, harmless_ = 0, problems_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string_view> const words(argv + 1, argv + argc);
    if (words.size() >= 3 && words[0] == "--victim")
        return victim::run([&] {
            bool const resume = words.size() > 3;
            if (words[1] == "save") victim::save(words[2], 2);
            else if (words[1] == "draw") victim::draw(words[2], 2);
            else if (words[1] == "mine") victim::mine(words[2], resume);
            else victim::train(words[2], resume);
        });
    long const every = words.size() == 3 && words[1] == "--every" ? std::atol(argv[3]) : 0;
    if (words.empty() || (words.size() > 1 && every < 1)) {
        std::fprintf(stderr, "expected: fault_campaign <shim.so> [--every <n>]\n");
        return 2;
    }
    return victim::run([&] {
        if (campaign("/proc/self/exe", argv[1], every).run() != 0) throw std::runtime_error("there were problems");
    });
}
