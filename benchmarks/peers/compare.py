#!/usr/bin/env python3
"""Compares this library with PyTorch, ONNX Runtime, OpenVINO and ncnn on the paper's cascade: the same weights and windows, float32.

    cmake --build --preset release --target benchmark_peers_ours
    benchmarks/peers/compare.py --venv FOLDER

The peers are installed from PyPI into the virtual environment FOLDER, which is made where it is missing. Every library has a process of its own
that stays alive. In every round each is asked in turn for a few runs, of which the first is not counted; all others are stopped meanwhile. So
all of them see the same machine. The table shows medians over all rounds, and the largest memory of each process since its start, which
includes the libraries and, for the peers, Python.
"""
import argparse
import collections
import json
import pathlib
import signal
import statistics
import sys

import environment

here = pathlib.Path(__file__).resolve().parent
Work = collections.namedtuple("Work", "kind width batch")
WORKS = {"forward_w1_b1": Work("forward", "1", 1), "forward_w1_b8": Work("forward", "1", 8), "forward_w1/4_b1": Work("forward", "1/4", 1),
         "forward_w1/4_b32": Work("forward", "1/4", 32), "train_w1/4_b32": Work("train", "1/4", 32), "train_w1_b4": Work("train", "1", 4)}
PEERS = ["torch", "onnxruntime", "openvino", "ncnn"]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    listed = lambda text: text.split(",")
    parser.add_argument("--venv", type=pathlib.Path, required=True, help="virtual environment with the peers, outside the repository")
    parser.add_argument("--files", type=pathlib.Path, help="folder for exported nets, logs and the choices of the trials; beside --venv unless given")
    parser.add_argument("--program", type=pathlib.Path, default=here.parents[1] / "build/release/benchmarks/peers/ours")
    parser.add_argument("--work", type=listed, default=list(WORKS), help="of " + ", ".join(WORKS))
    parser.add_argument("--threads", type=listed, default=["1", "2"])
    parser.add_argument("--peers", type=listed, default=PEERS, help="of " + ", ".join(PEERS))
    parser.add_argument("--settings", type=listed, default=[], help="peer=setting,...: takes these without a trial")
    parser.add_argument("--rounds", type=int, default=7, help="0 exports the nets and tries the peers' settings, no more")
    parser.add_argument("--seconds", type=float, default=0.5, help="counted seconds of each library in a round; at least one run")
    parser.add_argument("--trial", action="store_true", help="try every peer's settings again, even where an earlier trial is on record")
    parser.add_argument("--json", type=pathlib.Path, help="one object a line, appended")
    chosen = parser.parse_args()
    for name, allowed in (("work", WORKS), ("peers", PEERS)):
        for word in getattr(chosen, name):
            if word not in allowed:
                parser.error(f"--{name}: no '{word}'; there are {', '.join(allowed)}")
    chosen.settings = dict(pair.split("=", 1) for pair in chosen.settings)
    return chosen


def runs_in(seconds, milliseconds_each):
    return max(1, round(seconds * 1000 / max(milliseconds_each, 1e-3)))


class Trials:
    """Which setting of a peer is the fastest for a work, kept in a file with all the times of the trial."""

    def __init__(self, file, again):
        self.file = file
        self.again = again
        self.known = json.loads(file.read_text()) if file.exists() else {}

    def best(self, peer, work_name, threads, forms, start):
        key = f"{peer} {work_name} {threads}"
        if len(forms) < 2:
            return forms[0]
        if self.again or key not in self.known:
            times = {}
            for form in forms:
                process = None
                try:
                    process = start(form)
                    once = min(process.run(2))
                    times[form] = statistics.median(process.run(runs_in(0.6, once))[1:])
                except RuntimeError as problem:
                    print(f"  not taking part: {problem}", file=sys.stderr)
                finally:
                    if process:
                        process.end()
            self.known[key] = times
            self.file.write_text(json.dumps(self.known, indent=1))
        times = self.known[key]
        print(f"{peer}: " + ", ".join(f"{form} {ms:.1f} ms" for form, ms in sorted(times.items(), key=lambda t: t[1])), file=sys.stderr)
        return min(times, key=times.get) if times else None


def difference(contestant, reference):
    """Largest difference of any value, relative to the largest value of its row, for logits; largest relative difference for training."""
    import numpy
    found = contestant.outputs().astype(numpy.float64)
    if reference.ndim == 1:
        return float(numpy.max(numpy.abs(found - reference) / numpy.abs(reference)))
    found = found.reshape(3, -1, reference.shape[2])[:, :reference.shape[1]]
    scale = numpy.abs(reference).max(axis=2, keepdims=True)
    return float(numpy.max(numpy.abs(found - reference) / scale))


def compare(name, threads, chosen, files, trials):
    import contestants
    work = WORKS[name]
    start = lambda peer, form: contestants.start(peer, form, work, threads, files, chosen.program)
    print(f"\n{name}, {threads} thread{'s' if threads > 1 else ''}", file=sys.stderr)
    chosen_forms = [("ours", "")] + ([("ours16", "16-bit weights")] if work.kind == "forward" else [])
    for peer in chosen.peers:
        forms = contestants.FORMS[peer][work.kind]
        if not forms:
            continue
        if chosen.settings.get(peer, forms[0]) not in forms:
            sys.exit(f"--settings: {peer} has {', '.join(forms)}")
        form = chosen.settings.get(peer) or trials.best(peer, name, threads, forms, lambda form: start(peer, form))
        if form:
            chosen_forms.append((peer, form))
    if chosen.rounds == 0:
        return
    running = []
    try:
        for peer, form in chosen_forms:
            running.append(start(peer, form))
        # Training has no answer in double: the peer's is the reference for ours, and its own difference is 0.
        reference = files.truth(work.width, work.batch) if work.kind == "forward" else running[-1].outputs().astype(float)
        errors = {c.name: difference(c, reference) if work.kind == "forward" or c.name == "ours" else 0.0 for c in running}
        counts = {c.name: runs_in(chosen.seconds, c.run(1)[1]) for c in running}
        for turn in range(chosen.rounds):
            for c in running[turn % len(running):] + running[:turn % len(running)]:
                c.times += c.run(counts[c.name])[1:]
        report(name, threads, work, running, errors, chosen)
    finally:
        for c in running:
            c.end()


def report(name, threads, work, running, errors, chosen):
    ms = {c.name: statistics.median(c.times) for c in running}
    mb = {c.name: c.peak_mb() for c in running}
    peers = [c.name for c in running if not c.name.startswith("ours")]
    fastest = min(peers, key=ms.get) if peers else None
    print(f"\n{name}, {threads} thread{'s' if threads > 1 else ''}")
    print(f"{'library':12} {'setting':14} {'median ms':>10} {'quartiles':>19} {'runs':>5} {'x ours':>7} {'windows/s':>10} {'peak MB':>8} {'error':>8}")
    for c in running:
        low, _, high = statistics.quantiles(c.times, n=4) if len(c.times) > 1 else c.times * 3
        print(f"{c.name:12} {c.form:14} {ms[c.name]:10.2f} {low:9.2f} {high:9.2f} {len(c.times):5} {ms[c.name] / ms['ours']:7.2f} "
              f"{work.batch / ms[c.name] * 1e3:10.1f} {mb[c.name]:8.0f} {errors[c.name]:8.1e}")
    if any(error > 1e-3 for name, error in errors.items() if name != "ours16"):
        print("the outputs differ by more than 1e-3 of the largest: these libraries do not compute the same")
    sys.stdout.flush()
    if chosen.json:
        row = {"work": name, "threads": threads, "ours_ms": ms["ours"], "ours_mb": mb["ours"],
               "peers": {p: {"ms": ms[p], "mb": mb[p]} for p in peers}, "fastest_peer": fastest,
               "ratio": ms[fastest] / ms["ours"] if fastest else None}
        if "ours16" in ms:
            row |= {"ours16_ms": ms["ours16"], "ours16_mb": mb["ours16"]}
        with open(chosen.json, "a") as out:
            out.write(json.dumps(row) + "\n")


def main():
    chosen = options()
    environment.enter(chosen.venv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the processes are ended then, too
    if not chosen.program.exists():
        sys.exit(f"{chosen.program} is missing: cmake --build --preset release --target benchmark_peers_ours")
    files = environment.Files((chosen.files or chosen.venv.parent / "files").resolve())
    trials = Trials(files.folder / "trials.json", chosen.trial)
    for name in chosen.work:
        for threads in chosen.threads:
            compare(name, int(threads), chosen, files, trials)
    if chosen.rounds:
        print("\nerror: of logits against double, relative to the largest of their stage and window; in training of loss and gradient norm of two steps\n"
              "against the peer. peak MB: most memory of the process since its start (10^6 bytes). x ours: how many times as long as ours.")


if __name__ == "__main__":
    main()
