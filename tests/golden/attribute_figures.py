"""Records figures of binary attributes by scikit-learn: python3 attribute_figures.py, with numpy and scikit-learn installed.

Probabilities are multiples of 1/64, so many are equal; a label of 0 is unknown; the last attribute has no positive label and the one before it
no label at all. Weights say how often a face counts, as a bootstrap over persons draws it. A figure that no sample supports is null.
"""
import json
import pathlib

import numpy
import sklearn.metrics as metrics

random = numpy.random.default_rng(2018)
faces, attributes = 60, 5
labels = random.choice([-1, 0, 1], p=[0.55, 0.1, 0.35], size=(faces, attributes))
labels[:, 3] = 0
labels[labels[:, 4] == 1, 4] = -1
middle = numpy.where(labels > 0, 36, 26)
probabilities = numpy.clip(numpy.rint(random.normal(middle, 12)), 0, 64) / 64
thresholds = numpy.array([21, 33, 44, 32, 32]) / 64 + 1 / 128
groups = numpy.sort(random.integers(0, 20, size=faces))
group_weights = numpy.bincount(random.integers(0, 20, size=20), minlength=20)


def scores(k, weights):
    known = labels[:, k] != 0
    y, p, w = labels[known, k] > 0, probabilities[known, k], weights[known]
    y, p, w = y[w > 0], p[w > 0], w[w > 0]
    if len(y) == 0:
        return {}
    row = {"baseline_accuracy": max(w[y].sum(), w[~y].sum()) / w.sum()}
    for threshold, end in ((0.5, ""), (thresholds[k], "_at_threshold")):
        said = p > threshold
        row["accuracy" + end] = metrics.accuracy_score(y, said, sample_weight=w)
        row["balanced_accuracy" + end] = metrics.recall_score(y, said, pos_label=False, sample_weight=w)
        if y.any():
            row["balanced_accuracy" + end] = metrics.balanced_accuracy_score(y, said, sample_weight=w)
            row["f1" + end] = metrics.f1_score(y, said, sample_weight=w)
            if end == "":
                row["recall"] = metrics.recall_score(y, said, sample_weight=w)
    if y.any():
        row["average_precision"] = metrics.average_precision_score(y, p, sample_weight=w)
    return row


def curve(k):
    known = labels[:, k] != 0
    y, p = labels[known, k] > 0, probabilities[known, k]
    precision, recall, at = metrics.precision_recall_curve(y, p)
    return [[float(a), float(b), float(c)] for a, b, c in zip(at[::-1], precision[-2::-1], recall[-2::-1])]


def best(k, figure):
    known = labels[:, k] != 0
    y, p = labels[known, k] > 0, probabilities[known, k]
    values = numpy.unique(numpy.append(p, 0))
    candidates = (values[1:] + values[:-1]) / 2
    return float(max(candidates, key=lambda t: (round(figure(y, p > t), 12), -abs(t - 0.5))))


values = numpy.sort(random.normal(size=37))
golden = {
    "probabilities": probabilities.tolist(),
    "labels": labels.tolist(),
    "thresholds": thresholds.tolist(),
    "groups": groups.tolist(),
    "group_weights": group_weights.tolist(),
    "figures": [scores(k, numpy.ones(faces)) for k in range(attributes)],
    "weighted_figures": [scores(k, group_weights[groups]) for k in range(attributes)],
    "curve": curve(0),
    "best_f1": [best(k, metrics.f1_score) for k in range(3)],
    "best_balanced_accuracy": [best(k, metrics.balanced_accuracy_score) for k in range(3)],
    "values": values.tolist(),
    "quantiles": [[q, float(numpy.quantile(values, q))] for q in (0, 0.025, 0.5, 0.975, 1)],
}
lines = ",\n".join(json.dumps(key) + ": " + json.dumps(value) for key, value in golden.items())
pathlib.Path(__file__).with_name("attribute_figures.json").write_text("{" + lines + "}\n")
