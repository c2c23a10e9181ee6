"""Records three steps of joint training on a two-stage cascade: python3 joint_step.py, with torch and safetensors installed.

    L = 1/N * sum over windows, stages, tasks and terms of  scale * weight * mask * loss

Gradients are clipped by their whole norm; weights of convolutions, dense layers and heads decay, nothing else does.
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from joint_step_net import Net, draw, set_parameters

torch.set_default_dtype(torch.float64)
torch.manual_seed(2018)

BATCH, STEPS, CLIP = 4, 3, 3.0
SCALES = {"face": 1.0, "box": 2.0, "landmarks": 0.5, "attributes": 1.5}
WEIGHTS = [1.0, 2.0, 3.0]
SGD = dict(lr=0.05, momentum=0.9, weight_decay=0.01)
ADAMW = dict(lr=0.01, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)


def make_batch():
    """face class, box, landmarks, attributes; a window of each kind, one attribute label missing."""
    masks = torch.tensor([[1, 1, 1, 1, 1, 1],   # positive
                          [1, 1, 0, 1, 0, 1],   # positive without landmarks and one label
                          [0, 1, 0, 0, 0, 0],   # part
                          [1, 0, 0, 0, 0, 0]])  # negative
    targets = torch.cat([torch.tensor([[1], [1], [0], [0]]), draw(BATCH, 14, low=0), torch.randint(0, 2, (BATCH, 3))], 1)
    return [draw(BATCH, 8, 8, 3), draw(BATCH, 12, 12, 3)], targets.double(), masks[torch.randperm(BATCH)].double()


def joint_loss(logits, targets, masks):
    u = torch.tensor(WEIGHTS) / torch.tensor(WEIGHTS).mean()
    total = 0.0
    for z in logits.values():
        face = F.cross_entropy(z["face"], targets[:, 0].long(), reduction="none")
        box = (z["box"] - targets[:, 1:5]).square().sum(1)
        landmarks = (z["landmarks"] - targets[:, 5:15]).square().sum(1)
        attributes = F.binary_cross_entropy_with_logits(z["attributes"], targets[:, 15:], reduction="none")
        total = total + (SCALES["face"] * masks[:, 0] * face + SCALES["box"] * masks[:, 1] * box
                         + SCALES["landmarks"] * masks[:, 2] * landmarks
                         + SCALES["attributes"] * (u * masks[:, 3:] * attributes).sum(1)).sum()
    return total / BATCH


def record(name, make, batches, initial, found):
    net = Net()
    net.load_state_dict(initial)
    named = [(n.removeprefix("heads."), p) for n, p in net.named_parameters()]
    groups = [{"params": [p for n, p in named if net.decays(n)]},
              {"params": [p for n, p in named if not net.decays(n)], "weight_decay": 0.0}]
    optimiser = make(groups)
    norms = []
    for step, (windows, targets, masks) in enumerate(batches, 1):
        optimiser.zero_grad()
        joint_loss(net(windows), targets, masks).backward()
        norms.append(torch.sqrt(sum(p.grad.square().sum() for _, p in named)).item())
        for _, p in named:
            p.grad *= min(1.0, CLIP / norms[-1])
        optimiser.step()
        if step in (1, STEPS):
            found |= {f"{name}{step}/{n}": t.clone() for n, t in net.tensors().items()}
    print(name, "norms", norms)
    found[f"{name}/norms"] = torch.tensor(norms)


net = Net()
set_parameters(net)
initial = {k: v.clone() for k, v in net.state_dict().items()}
batches = [make_batch() for _ in range(STEPS)]
found = {f"initial/{n}": t.clone() for n, t in net.tensors().items()}
for i, (windows, targets, masks) in enumerate(batches):
    found |= {f"batch{i}/small": windows[0].float(), f"batch{i}/large": windows[1].float(), f"batch{i}/targets": targets.float(),
              f"batch{i}/masks": masks.float()}
record("sgd", lambda groups: torch.optim.SGD(groups, **SGD), batches, initial, found)
record("adamw", lambda groups: torch.optim.AdamW(groups, **ADAMW), batches, initial, found)
settings = {"clip": CLIP, "scales": SCALES, "weights": WEIGHTS, "sgd": SGD, "adamw": ADAMW}
save_file(found, pathlib.Path(__file__).with_suffix(".safetensors"), {"settings": json.dumps(settings)})
