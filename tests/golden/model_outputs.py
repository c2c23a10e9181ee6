"""Weights files between PyTorch and the library, with torch and safetensors installed.

    python3 model_outputs.py                        writes model_outputs_weights.safetensors, which io::load reads, and
                                                    model_outputs.safetensors: windows and the logits that belong to them
    python3 model_outputs.py --check WEIGHTS OUTPUTS    the other way: WEIGHTS written by io::save, OUTPUTS with the windows
                                                    ("small", "large") and logits ("small.face", ...) that the library found
"""
import pathlib
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from joint_step_net import Net, draw, set_parameters

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
HERE = pathlib.Path(__file__).parent


def logits_of(net, windows):
    with torch.no_grad():
        found = net.eval()([w.double() for w in windows])
    return {f"{stage}.{task}": z for stage, tasks in found.items() for task, z in tasks.items()}


def write():
    net = Net()
    set_parameters(net)
    windows = [draw(3, 8, 8, 3), draw(3, 12, 12, 3)]
    save_file({k: v.float().contiguous() for k, v in net.tensors().items()}, HERE / "model_outputs_weights.safetensors",
              {"attributes": "Smiling Eyeglasses Wearing_Hat"})
    save_file({"small": windows[0].float(), "large": windows[1].float(), **logits_of(net, windows)},
              HERE / "model_outputs.safetensors")


def check(weights, outputs):
    net = Net()
    tensors = load_file(weights)
    for name, tensor in net.tensors().items():
        tensor.copy_(tensors.pop(name))
    assert not tensors, f"{weights} has more tensors: {sorted(tensors)}"
    with safe_open(weights, "pt") as file:
        assert file.metadata()["attributes"] == "Smiling Eyeglasses Wearing_Hat", file.metadata()
    stored = load_file(outputs)
    worst = max((stored[name] - z).abs().max().item()
                for name, z in logits_of(net, [stored["small"], stored["large"]]).items())
    print("largest difference of a logit:", worst)
    sys.exit(worst > 1e-5)


if sys.argv[1:2] == ["--check"]:
    check(*sys.argv[2:])
write()
