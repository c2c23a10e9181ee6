"""A net with residual blocks: python3 residual.py, with torch and safetensors installed, writes residual.safetensors: parameters and statistics
by the names of the library, a batch of windows (channels last), the logits of evaluation, the gradient of the logits of a training pass, and
the gradients of all parameters that follow from it.
"""
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from record import draw, last

HERE = pathlib.Path(__file__).parent

parameters = {
    "joined.conv1.weight": draw(4, 3, 3, 3), "joined.bn1.weight": draw(4, low=0.5), "joined.bn1.bias": draw(4),
    "joined.conv2_1.weight": draw(6, 4, 1, 1), "joined.conv2_1.bias": draw(6),
    "joined.depthwise2_1.weight": draw(6, 1, 3, 3), "joined.bn2_1.weight": draw(6, low=0.5), "joined.bn2_1.bias": draw(6),
    "joined.conv2_2.weight": draw(4, 6, 1, 1), "joined.conv2_2.bias": draw(4),
    "joined.conv3_1.weight": draw(4, 4, 3, 3), "joined.conv3_1.bias": draw(4),
    "joined.face.weight": draw(2, 4), "joined.face.bias": draw(2),
}
statistics = {
    "joined.bn1.running_mean": draw(4), "joined.bn1.running_var": draw(4, low=0.5),
    "joined.bn2_1.running_mean": draw(6), "joined.bn2_1.running_var": draw(6, low=0.5),
}


def logits_of(x, training):
    p = {name.removeprefix("joined."): value for name, value in (parameters | statistics).items()}

    def norm(x, name):
        mean, variance = p[name + ".running_mean"].clone(), p[name + ".running_var"].clone()
        return F.batch_norm(x, mean, variance, p[name + ".weight"], p[name + ".bias"], training, 0.1, 1e-5)

    def conv(x, name, **options):
        return F.conv2d(x, p[name + ".weight"], p.get(name + ".bias"), **options)

    x = F.relu(norm(conv(x, "conv1", padding=1), "bn1"))
    within = norm(conv(F.silu(conv(x, "conv2_1")), "depthwise2_1", padding=1, groups=6), "bn2_1")
    x = x + conv(F.hardswish(within), "conv2_2")
    x = F.relu(x + conv(F.relu(x), "conv3_1", padding=1))
    return F.linear(x.mean((2, 3)), p["face.weight"], p["face.bias"])


windows = draw(3, 3, 7, 7)
for value in parameters.values():
    value.requires_grad_()
z = logits_of(windows, training=True)
dz = draw(*z.shape)
gradients = torch.autograd.grad(z, parameters.values(), dz)
stored = {"windows": last(windows).float(), "logits": logits_of(windows, training=False), "logits_gradient": dz, "training_logits": z}
stored |= parameters | statistics | {"gradient of " + name: g for name, g in zip(parameters, gradients)}
save_file({name: value.detach().contiguous() for name, value in stored.items()}, HERE / "residual.safetensors")
