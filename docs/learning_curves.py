"""Draws the learning curves of several trainings from their log.jsonl, and says how weights and validation losses rank.

    python docs/learning_curves.py docs/images/learning_curves.png m_net uniform=runs/uniform harder_first=runs/harder_first

Needs matplotlib. The rank correlation is Spearman's, between the last epoch's mean weight and validation loss of the
attributes of the stage that the second argument names.
"""
import json
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


def main():
    target, stage = sys.argv[1:3]
    runs = [argument.split("=", 1) for argument in sys.argv[3:]]
    figure, (accuracy, loss, nme) = plt.subplots(1, 3, figsize=(13, 3.8), constrained_layout=True)
    for name, folder in runs:
        lines = [json.loads(line) for line in (Path(folder) / "log.jsonl").read_text().splitlines()]
        epochs = [line["epoch"] for line in lines]
        stages = [line["stages"][stage] for line in lines]
        accuracy.plot(epochs, [100 * s["attributes"]["mean_accuracy"] for s in stages], marker="o", markersize=3, label=name)
        terms = [s["attributes"]["terms"].values() for s in stages]
        (curve,) = loss.plot(epochs, [sum(t["validation_loss"] for t in ts) / len(ts) for ts in terms], marker="o", markersize=3, label=f"{name}, validation")
        loss.plot(epochs, [sum(t["loss"] for t in ts) / len(ts) for ts in terms], linestyle="--", color=curve.get_color(), label=f"{name}, training")
        nme.plot(epochs, [100 * s["landmarks"]["nme"] for s in stages], marker="o", markersize=3, label=name)
        final = list(stages[-1]["attributes"]["terms"].values())
        rho = spearman([t["weight"] for t in final], [t["validation_loss"] for t in final])
        print(f"{name}: effective attributes {stages[-1]['effective_attributes']:.1f}, Spearman of weight and validation loss {rho:.3f}")
    for axis, title in ((accuracy, "mean attribute accuracy, validation, %"), (loss, "mean attribute loss"), (nme, "landmark error over eye distance, %")):
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("epoch")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    figure.savefig(target, dpi=110)


main()
