"""Records the weights of rules on losses and on Gramians: python3 weighting.py, with torchjd, quadprog, cvxpy and scipy.

TorchJD's classes give the weights. What is set aside: thresholds on the absolute size of gradients are put out of reach; the order of PCGrad
and GradVac is ascending instead of random; FairGrad's solver goes on until it is exact, and CAGrad's solution, which is off by up to
1e-3, is polished by Newton's method. Both are asked about the Gramian divided by its trace, on which their weights depend by a factor alone;
Nash-MTL is FairGrad with alpha 1. GradNorm and LDC-MTL are no part
of TorchJD: their formulas, by autograd. Gradients are made from whole numbers, so that a test makes the same ones.
"""
import json
import pathlib

import numpy
import scipy.optimize
import torch
import torchjd
import torchjd.aggregation._fairgrad as fairgrad
from torchjd._linalg._dual_cone import QuadprogProjector
from torchjd.aggregation import (AlignedMTLWeighting, CAGradWeighting, CRMOGMWeighting, DualProjWeighting, FairGradWeighting,
                                 GradVacWeighting, IMTLGWeighting, MGDAWeighting, PCGradWeighting, UPGradWeighting)
from torchjd.scalarization import FAMO, IMTLL, STCH, GeometricMean

torch.randperm = lambda count: torch.arange(count)
fairgrad.least_squares = lambda *given, **more: scipy.optimize.least_squares(*given, ftol=1e-15, xtol=1e-15, gtol=1e-15,
                                                                             **{**more, "max_nfev": 100000})


def number(seed, k, i):
    return ((k * 7919 + i * 104729 + seed * 15485863 + k * i * 31) % 1009) / 1009


def gradients(seed, count, features, scale, change):
    rows = numpy.array([[(number(seed, k, i) - 0.4) * (1 + k % 3) * scale for i in range(features)] for k in range(count)])
    if change == "zero":
        rows[1] = 0
    if change == "equal":
        rows[1] = rows[0]
    if change == "opposite":
        rows[1] = -rows[0]
    return torch.tensor(rows)


def gramian(case):
    rows = gradients(case["seed"], case["count"], case["features"], case["scale"], case["change"])
    return rows @ rows.T


def projector():
    return QuadprogProjector(norm_eps=1e-300, reg_eps=1e-4)


def cagrad():
    weighting = CAGradWeighting(c=0.4, norm_eps=1e-5)

    def polished(g):
        g = g / g.trace()
        weights, g = weighting(g).numpy(), g.numpy()
        if not weights.any():
            return weights
        count = len(weights)
        along, c = g.mean(1), 0.4 * numpy.sqrt(g.mean())
        w = (weights - 1 / count) / (weights.sum() - 1)
        held = w < 1e-3
        while True:
            w[held] = 0
            w /= w.sum()
            free = ~held
            for _ in range(50):
                t = numpy.sqrt(w @ g @ w)
                slope, curvature = along + c * g @ w / t, c * (g / t - numpy.outer(g @ w, g @ w) / t ** 3)
                system = numpy.ones((free.sum() + 1,) * 2)
                system[:-1, :-1], system[-1, -1] = curvature[numpy.ix_(free, free)], 0
                w[free] += numpy.linalg.lstsq(system, -numpy.append(slope[free], 0), rcond=None)[0][:-1]
            slope = along + c * g @ w / numpy.sqrt(w @ g @ w)
            if w.min() < -1e-13:
                held[w.argmin()] = True
            elif (slope[held] < slope[free].mean() - 1e-13).any():
                held[numpy.where(held)[0][slope[held].argmin()]] = False
            else:
                return 1 / count + c / numpy.sqrt(w @ g @ w) * w

    return polished


def fair(alpha):
    weighting = FairGradWeighting(alpha=alpha)
    return lambda g: weighting(g / g.trace())


rules = {
    "mgda": MGDAWeighting, "pcgrad": PCGradWeighting, "grad_vac": lambda: GradVacWeighting(eps=1e-150),
    "cagrad": cagrad, "imtl_g": IMTLGWeighting, "aligned": AlignedMTLWeighting,
    "nash": lambda: fair(1.0), "fair": lambda: fair(2.0), "upgrad": lambda: UPGradWeighting(projector=projector()),
    "dual_projection": lambda: DualProjWeighting(projector=projector()), "smoothed:mgda": lambda: CRMOGMWeighting(MGDAWeighting()),
}


def on_gramians():
    def case(count, features, scale=1.0, change="", seeds=(1,)):
        return dict(count=count, features=features, scale=scale, change=change, seeds=list(seeds), weights={})
    cases = [case(1, 3), case(2, 4), case(2, 4, change="equal"), case(2, 4, change="opposite"), case(5, 8), case(5, 8, 1e-8), case(5, 8, 1e8),
             case(5, 8, change="zero"), case(5, 8, change="equal"), case(5, 8, change="opposite"), case(40, 80), case(40, 80, change="zero"),
             case(5, 8, seeds=(1, 2, 3))]
    for c in cases:
        for name, make in rules.items():
            if name in ("nash", "fair") and c["change"] in ("zero", "opposite"):
                continue  # no finite weights
            weighting = make()
            for seed in c["seeds"]:
                weights = weighting(gramian({**c, "seed": seed}))
            c["weights"][name] = [float(w) for w in weights]
    return cases


def weights_of(value, losses):
    return torch.autograd.grad(value, losses, retain_graph=True)[0]


def by_losses(name, steps, begun):
    """Weights that the rule gives the losses of the last step, having learned from all of them."""
    count = len(begun)
    losses = [torch.tensor(step, requires_grad=True) for step in steps]
    last = losses[-1]
    if name == "geometric":
        return weights_of(GeometricMean()(last), last)
    if name == "smooth_tchebycheff":  # mu = 1/2, after the warm-up
        return weights_of(STCH(mu=0.5 / count, reference=torch.tensor(begun).log())(last.log()), last)
    if name == "imtl_l":
        rule = IMTLL(count).double()
        optimiser = torch.optim.SGD(rule.parameters(), lr=0.02)
        for step in losses:
            optimiser.zero_grad()
            rule(step.detach()).backward()
            optimiser.step()
        return weights_of(rule(last), last)
    if name == "famo":
        rule = FAMO(count).double()
        rule(losses[0])
        for step in losses[1:]:
            rule.update(step)
            rule(step)
        return weights_of(rule(last), last)
    x = torch.ones(count) if name == "bilevel" else torch.zeros(count)
    x.requires_grad_()
    optimiser = torch.optim.Adam([x], lr=1e-3 if name == "bilevel" else 1e-2)

    def value(step):
        if name == "bilevel":
            v = torch.sigmoid(x)
            return (v * step).sum() / v.sum().detach() + 0.01 * torch.diff(v * step).abs().sum()
        norms = torch.tensor([number(9, 0, k) + 0.1 for k in range(count)])
        n = count * torch.softmax(x, 0) * norms
        r = step / torch.tensor(begun)
        return (n - (n.mean() * (r / r.mean()) ** 1.5).detach()).abs().sum()

    for step in losses:
        optimiser.zero_grad()
        value(step.detach()).backward()
        optimiser.step()
    return weights_of(value(last), last) if name == "bilevel" else torch.softmax(x, 0)


def on_losses():
    cases = []
    for count in (1, 2, 40):
        for scale in (1e-8, 1.0, 1e8):
            steps = [[(number(s, 1, k) + 0.1) * scale for k in range(count)] for s in range(1, 5)]
            begun = [(number(7, 2, k) + 0.1) * scale for k in range(count)]
            names = ["geometric", "smooth_tchebycheff", "imtl_l", "famo", "bilevel", "grad_norm"]
            if scale == 1e8:
                names.remove("imtl_l")  # whose gradient the library bounds
            cases.append(dict(count=count, scale=scale, weights={n: by_losses(n, steps, begun).tolist() for n in names}))
    return cases


torch.set_default_dtype(torch.float64)
recorded = dict(torch=torch.__version__, on_losses=on_losses())
torch.set_default_dtype(torch.float32)  # which Aligned-MTL's threshold follows
recorded["on_gramians"] = on_gramians()


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    return [rounded(entry) for entry in value] if isinstance(value, list) else value


path = pathlib.Path(__file__).with_name("weighting.json")
path.write_text(json.dumps(rounded(recorded), separators=(",", ":")).replace("},{", "},\n{") + "\n")
