"""Draws the learning curves of one or more trainings from the log.jsonl in their folders:

    python learning_curves.py curves.png run
    python learning_curves.py curves.png --stage m_net --figures attributes.loss,landmarks.nme uniform=runs/uniform ...

Each run is a folder, or a name and a folder. Without --figures there is a plot for every figure of every task that the validation made, and for
its losses, of validation and, dashed, of training; without --stage they are the last stage's. Of tasks whose terms are weighted it prints how
many attributes the weights are worth, and how weights and validation losses of the last epoch rank (Spearman). Needs matplotlib.
"""
import argparse
import json
import math
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def ranks(values):
    """Ranks from 0; equal values share the mean of their places."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    rank = [0.0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for i in order[first : last + 1]:
            rank[i] = (first + last) / 2
        first = last + 1
    return rank


def spearman(a, b):
    a, b = ranks(a), ranks(b)
    mean = (len(a) - 1) / 2
    def product(x, y):
        return sum((i - mean) * (j - mean) for i, j in zip(x, y))
    square = product(a, a) * product(b, b)
    return product(a, b) / square**0.5 if square > 0 else float("nan")


def tasks_of(stage):
    return {name: value for name, value in stage.items() if isinstance(value, dict) and "terms" in value}


def figures_of(stages):
    """Names of all figures that have a value, task.figure, losses the last."""
    names = []
    for stage in stages:
        for task, value in tasks_of(stage).items():
            names += [f"{task}.{figure}" for figure in value if figure != "terms" and value[figure] is not None]
    for stage in stages:
        names += [f"{task}.loss" for task in tasks_of(stage)]
    return list(dict.fromkeys(names))


def mean(values):
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else math.nan


def curve(stages, name):
    """The figure in each epoch; what no sample supports is not drawn."""
    task, figure = name.split(".", 1)
    if figure in ("loss", "training loss"):
        field = "validation_loss" if figure == "loss" else "loss"
        return [mean(term[field] for term in stage[task]["terms"].values()) for stage in stages]
    return [math.nan if stage[task].get(figure) is None else stage[task][figure] for stage in stages]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture")
    parser.add_argument("runs", nargs="*", metavar="[NAME=]FOLDER")
    parser.add_argument("--stage")
    parser.add_argument("--figures", default="", metavar="TASK.FIGURE,...")
    options = parser.parse_intermixed_args()
    if not options.runs:
        parser.error("no run is given: a folder of a training, with its log.jsonl")

    runs = []
    for argument in options.runs:
        name, _, folder = argument.rpartition("=")
        lines = [json.loads(line) for line in (Path(folder) / "log.jsonl").read_text().splitlines()]
        if not lines:
            sys.exit(f"{folder}/log.jsonl: no epoch is logged yet")
        stage = options.stage or list(lines[-1]["stages"])[-1]
        if stage not in lines[-1]["stages"]:
            sys.exit(f"{folder}/log.jsonl: no stage {stage}; there are {', '.join(lines[-1]['stages'])}")
        runs.append((name or folder, [line["epoch"] for line in lines], [line["stages"][stage] for line in lines]))
    there = list(dict.fromkeys(figure for _, _, stages in runs for figure in figures_of(stages)))
    figures = options.figures.split(",") if options.figures else there
    for figure in figures:
        if figure not in there:
            sys.exit(f"no figure {figure} is logged; there are {', '.join(there)}")

    columns = min(len(figures), 4)
    rows = -(-len(figures) // columns)
    picture, axes = plt.subplots(rows, columns, figsize=(4.3 * columns, 3.8 * rows), constrained_layout=True, squeeze=False)
    for axis in axes.flat[len(figures) :]:
        axis.axis("off")
    for axis, figure in zip(axes.flat, figures):
        for name, epochs, stages in runs:
            if figure not in figures_of(stages):
                continue
            (line,) = axis.plot(epochs, curve(stages, figure), marker="o", markersize=3, label=name)
            if figure.endswith(".loss"):
                training = curve(stages, figure.removesuffix("loss") + "training loss")
                axis.plot(epochs, training, linestyle="--", color=line.get_color(), label=f"{name}, training")
        axis.set_title(figure.replace("_", " "), fontsize=10)
        axis.set_xlabel("epoch")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    picture.savefig(options.picture, dpi=110)

    for name, _, stages in runs:
        for task, value in tasks_of(stages[-1]).items():
            final = [term for term in value["terms"].values() if term["validation_loss"] is not None]
            if len({term["weight"] for term in final}) < 2:
                continue
            rho = spearman([term["weight"] for term in final], [term["validation_loss"] for term in final])
            print(f"{name}, {task}: effective attributes {stages[-1]['effective_attributes']:.1f}, Spearman of weight and validation loss {rho:.3f}")


main()
