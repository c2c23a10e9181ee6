#!/usr/bin/env python3
"""What TorchJD's weighting rules cost in PyTorch: stages S and M at width 1/4, batch 32, 40 attributes, each rule's step against one of equal weights.

    benchmarks/peers/weighting.py --venv FOLDER

The versions of requirements_weighting.txt are installed from PyPI into the virtual environment FOLDER, which is made where it is missing. An attribute's
loss is the sum of its losses at both stages, face, box and landmarks have weight 1 and the heads the gradient of the plain sum, as everywhere. A rule on
losses is one of TorchJD's scalarizers. A rule on gradients is asked in three ways:

    jacobian    all 40 gradients of the bodies' parameters are computed and combined (torchjd.autojac), the library's first way
    gramian     their inner products alone are, layer by layer (torchjd.autogram), then one backward pass of the weighted losses
    feature     the inner products of the gradients at each stage's feature, as LibMTL's rep_grad has it, then one backward pass

Every round takes all in a new random order and times each step right after or before one of equal weights, which comes first is drawn too. A row has
the median of the pairs' ratios with its 95 % interval by order statistics. The program `benchmarks/weighting` does the same with this library's."""
import argparse
import math
import pathlib
import random
import statistics
import time

import environment


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    listed = lambda text: [word for word in text.split(",") if word]
    parser.add_argument("--venv", type=pathlib.Path, required=True, help="virtual environment with TorchJD, outside the repository")
    parser.add_argument("--width", default="1/4", help="of every layer, times the paper's")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--losses", type=listed, default=["geometric", "imtl_l", "famo", "smooth_tchebycheff"], help="rules on losses")
    parser.add_argument("--gradients", type=listed, default=["upgrad", "mgda", "pcgrad", "aligned"], help="rules on gradients")
    parser.add_argument("--ways", type=listed, default=["jacobian", "gramian", "feature"], help="of those rules")
    parser.add_argument("--chunk", type=int, default=8, help="gradients at a time, which are that many times the memory of one")
    return parser.parse_args()


given = options()
environment.enter(given.venv, "requirements_weighting.txt")

import torch
from torchjd.aggregation import (AlignedMTL, AlignedMTLWeighting, MGDA, MGDAWeighting, PCGrad, PCGradWeighting, UPGrad, UPGradWeighting)
from torchjd.autogram import Engine
from torchjd.autojac import backward, jac, jac_to_grad
from torchjd.scalarization import FAMO, IMTLL, STCH, GeometricMean

import net

ATTRIBUTES = dict(net.TASKS)["attributes"]
GRADIENTS = {"upgrad": (UPGrad, UPGradWeighting), "mgda": (MGDA, MGDAWeighting), "pcgrad": (PCGrad, PCGradWeighting),
             "aligned": (AlignedMTL, AlignedMTLWeighting)}
LOSSES = {"geometric": GeometricMean, "imtl_l": lambda: IMTLL(ATTRIBUTES), "famo": lambda: FAMO(ATTRIBUTES),
          "smooth_tchebycheff": lambda: STCH(mu=1.0)}


class TwoStages(net.Cascade):
    def __init__(self, width):
        super().__init__(width)
        self.stages, self.heads = self.stages[:2], self.heads[:2]

    def features(self, windows):
        found = []
        for stage, x in zip(self.stages, windows):
            found.append(torch.cat([stage(x), *found[-1:]], 1))
        return found


class Training:
    """A net of its own with the same weights, and steps by one rule."""

    def __init__(self, name, width, batch):
        self.ratios, self.asked = {"processor": [], "clock": []}, False
        torch.manual_seed(1)
        self.net = TwoStages(width)
        for module in self.net.modules():  # which keeps hooks and vmap from meeting an overwritten input
            if isinstance(module, torch.nn.ReLU):
                module.inplace = False
        arrays = net.draw_inputs(batch)
        self.windows = [arrays[f"windows{j}"].permute(0, 3, 1, 2) for j in range(2)]
        self.targets = arrays["targets"]
        self.bodies = list(self.net.stages.parameters())
        learned = list(self.net.parameters())
        self.way, self.rule_name = name.split()
        if self.way == "losses":
            self.rule = LOSSES[self.rule_name]()
            learned += self.rule.parameters() if self.rule_name == "imtl_l" else []  # FAMO has an optimiser of its own
        elif self.way != "equal":
            self.rule = GRADIENTS[self.rule_name][0 if self.way == "jacobian" else 1]()
        if self.way == "gramian":
            self.engine = Engine(*self.net.stages, batch_dim=None)  # losses are means over the batch
        self.optimiser = torch.optim.SGD(learned, lr=1e-4)

    def step(self):
        self.optimiser.zero_grad(set_to_none=True)
        features = self.net.features(self.windows)
        by_stage, others = [], 0
        for h, heads in zip(features, self.net.heads):
            face, box, landmarks, attributes = heads(h).split([length for _, length in net.TASKS], 1)
            others = others + torch.nn.functional.cross_entropy(face, self.targets[:, 0].long())
            others = others + ((box - self.targets[:, 1:5]).square().sum() + (landmarks - self.targets[:, 5:15]).square().sum()) / len(face)
            by_stage.append(torch.nn.functional.binary_cross_entropy_with_logits(attributes, self.targets[:, 15:], reduction="none").mean(0))
        losses = sum(by_stage)
        if self.way == "losses":
            if self.rule_name == "famo" and self.asked:
                self.rule.update(losses.detach())  # as our rule learns: a second look at the last batch would cost a forward pass
            self.asked = True
            (self.rule(losses) + others).backward()
        elif self.way == "jacobian":
            (losses.sum() + others).backward(inputs=list(self.net.heads.parameters()), retain_graph=True)
            others.backward(inputs=self.bodies, retain_graph=True)
            backward(losses, inputs=self.bodies, parallel_chunk_size=given.chunk)
            jac_to_grad(self.bodies, self.rule)
        elif self.way == "gramian":
            weights = self.rule(self.engine.compute_gramian(losses))
            ((weights * losses).sum() + others).backward()
        elif self.way == "feature":
            total = others
            for own, h in zip(by_stage, features):
                rows = jac(own, inputs=[h], retain_graph=True, parallel_chunk_size=given.chunk)[0].flatten(1)
                total = total + (self.rule(rows @ rows.T) * own).sum()
            total.backward()
        else:
            (losses.sum() + others).backward()
        self.optimiser.step()


def timed(training):
    processor, clock = time.process_time(), time.perf_counter()
    training.step()
    return {"processor": time.process_time() - processor, "clock": time.perf_counter() - clock}


def median_text(values):
    values = sorted(values)
    below = max(math.floor(len(values) / 2 - 0.98 * math.sqrt(len(values))), 0)
    return f"{statistics.median(values):.3f} [{values[below]:.3f}, {values[-1 - below]:.3f}]"


torch.set_num_threads(given.threads)
top, _, bottom = given.width.partition("/")
width = int(top) / int(bottom or 1)
names = ["equal weights"] + ["losses " + rule for rule in given.losses] + [f"{way} {rule}" for way in given.ways for rule in given.gradients]
base, trainings = Training("equal weights", width, given.batch), [Training(name, width, given.batch) for name in names]
for training in [base, *trainings]:
    training.step()
draw, steps = random.Random(1), []
for _ in range(given.rounds):
    for training in draw.sample(trainings, len(trainings)):
        pair = [base, training]
        draw.shuffle(pair)
        times = {id(one): timed(one) for one in pair}
        steps.append(times[id(base)])
        for kind, ratios in training.ratios.items():
            ratios.append(times[id(training)][kind] / times[id(base)][kind])
for kind in ("processor", "clock"):
    print(f"a step of equal weights, ms, {kind}: {median_text([1e3 * step[kind] for step in steps])}")
print(f"\n{'rule':<28} {'processor time, ratio':<24} {'clock, ratio':<24}")
for name, training in zip(names, trainings):
    print(f"{name:<28} {median_text(training.ratios['processor']):<24} {median_text(training.ratios['clock']):<24}")
