"""What the golden scripts share: inputs that float and double hold exactly, our memory order, and the file format.

A file is a list of cases, each with "numbers" (of the operation), "inputs", "outputs", "cotangent" (the gradient of the
output y; empty without a backward pass) and "gradients" by input name. PyTorch computes in double precision.
"""
import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(2018)


def draw(*size, low=-2.0, high=2.0):
    """Multiples of 1/64."""
    return torch.randint(int(low * 64), int(high * 64) + 1, size) / 64.0


def last(t):
    """Channels first to channels last, the order of our activations."""
    return t.permute(0, 2, 3, 1)


def flat(t):
    return t.detach().contiguous().reshape(-1).tolist()


def short(value):
    return int(value) if value == int(value) and abs(value) < 1e9 else value


def case(name, numbers, inputs, outputs, cotangent=None, gradients=None):
    def values(t):
        return [short(v) for v in flat(t)]

    return {
        "name": name,
        "numbers": numbers,
        "inputs": {k: values(t) for k, t in inputs.items()},
        "outputs": {k: values(t) for k, t in outputs.items()},
        "cotangent": [] if cotangent is None else values(cotangent),
        "gradients": {k: values(t) for k, t in (gradients or {}).items()},
    }


def differentiate(y, cotangent, *inputs):
    return torch.autograd.grad(y, inputs, cotangent)


def write(subject, cases):
    text = "[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n"
    pathlib.Path(__file__).with_name(subject + ".json").write_text(text)
