"""The two-stage net of joint_step.py and model_outputs.py in PyTorch; tests/train/golden_net.hpp declares it in C++."""
import torch
from torch import nn

TASKS = {"face": 2, "box": 4, "landmarks": 10, "attributes": 3}


class Heads(nn.Module):
    def __init__(self, feature):
        super().__init__()
        for task, length in TASKS.items():
            setattr(self, task, nn.Linear(feature, length))

    def forward(self, h):
        return {task: getattr(self, task)(h) for task in TASKS}


class Net(nn.Module):
    """Windows in the order of our arrays, (n, side, side, 3)."""

    def __init__(self):
        super().__init__()
        self.small = nn.ModuleDict({
            "conv1": nn.Conv2d(3, 3, 3, padding=1, bias=False), "bn1": nn.BatchNorm2d(3), "prelu1": nn.PReLU(3),
            "max_pool1": nn.MaxPool2d(2), "conv2": nn.Conv2d(3, 4, 4), "prelu2": nn.PReLU(4)})
        self.large = nn.ModuleDict({
            "conv1": nn.Conv2d(3, 3, 3, padding=1), "relu1": nn.ReLU(), "average_pool1": nn.AvgPool2d(3),
            "flatten1": nn.Flatten(), "dense2": nn.Linear(48, 5), "relu2": nn.ReLU()})
        self.heads = nn.ModuleDict({"small": Heads(4), "large": Heads(5 + 4)})

    def forward(self, windows):
        h = None
        logits = {}
        for (name, layers), x in zip((("small", self.small), ("large", self.large)), windows):
            x = x.permute(0, 3, 1, 2)
            for layer in layers.values():
                x = layer(x)
            own = x.flatten(1)
            h = own if h is None else torch.cat([own, h], 1)
            logits[name] = self.heads[name](h)
        return logits

    def tensors(self):
        """Parameters and statistics by our names."""
        state = {k: v for k, v in self.state_dict().items() if not k.endswith("num_batches_tracked")}
        return {k.removeprefix("heads."): v for k, v in state.items()}

    def decays(self, name):
        return name.endswith(".weight") and not any(kind in name for kind in ("bn", "prelu"))


def draw(*size, low=-1.0, high=1.0):
    """Multiples of 1/64: exact in every type."""
    return torch.randint(int(low * 64), int(high * 64) + 1, size) / 64.0


def set_parameters(net):
    with torch.no_grad():
        for name, tensor in net.tensors().items():
            if "bn" in name and name.endswith(("weight", "running_var")):
                tensor.copy_(draw(*tensor.shape, low=0.5, high=1.5))
            else:
                tensor.copy_(draw(*tensor.shape, low=-0.5, high=0.5))
