"""The paper's cascade S + M + L in PyTorch, with the names that the library gives its tensors (docs/formats.md)."""
import torch
from torch import nn

SIDES = (56, 112, 224)
STAGES = ("s_net", "m_net", "l_net")
TASKS = (("face", 2), ("box", 4), ("landmarks", 10), ("attributes", 40))
LOGITS = sum(length for _, length in TASKS)
TARGETS, TERMS = 1 + 4 + 10 + 40, 1 + 1 + 1 + 40


class Stage(nn.Module):
    """Blocks of 3x3 convolutions, each with a 2x2 maximum at its end, and a last layer that yields the own feature."""

    def __init__(self, side, blocks, last, own):
        super().__init__()
        self.names = {}  # of submodules, by tensor name
        layers, channels = [], 3
        for number, (width, depth) in enumerate(blocks, 1):
            for i in range(1, depth + 1):
                layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
                self.names[f"conv{number}_{i}"] = layers[-2]
                channels = width
            layers.append(nn.MaxPool2d(2))
            side //= 2
        if last == "conv":
            layers += [nn.Conv2d(channels, own, side), nn.ReLU(inplace=True), nn.Flatten()]
            self.names[f"conv{len(blocks) + 1}_1"] = layers[-3]
        else:
            layers += [nn.Flatten(), nn.Linear(channels * side * side, own), nn.ReLU(inplace=True)]
            self.names[f"dense{len(blocks) + 1}_1"] = layers[-2]
        self.body = nn.Sequential(*layers)

    def forward(self, x):
        return self.body(x)


class Cascade(nn.Module):
    """Windows (n, 3, side, side) of the three sides to logits (n, 56) of the three stages. A stage's heads are one product."""

    def __init__(self, width):
        super().__init__()
        w = lambda channels: int(channels * width)
        body = [(w(64), 2), (w(128), 2), (w(256), 3), (w(512), 3), (w(512), 3)]
        self.stages = nn.ModuleList([Stage(56, body[:3], "conv", w(256)), Stage(112, body[:4], "dense", w(1024)),
                                     Stage(224, body, "dense", w(1024))])
        features = [w(256), w(256) + w(1024), w(256) + 2 * w(1024)]
        self.heads = nn.ModuleList([nn.Linear(feature, LOGITS) for feature in features])

    def forward(self, x0, x1, x2):
        logits, h = [], None
        for stage, heads, x in zip(self.stages, self.heads, (x0, x1, x2)):
            own = stage(x)
            h = own if h is None else torch.cat([own, h], 1)
            logits.append(heads(h))
        return tuple(logits)


def draw_weights(width, seed=2018):
    """All tensors by name: He's deviation for the bodies, 0.01 for the heads, small biases so that a forgotten one is seen."""
    net, random = Cascade(width), torch.Generator().manual_seed(seed)
    found = {}
    for name, stage, heads in zip(STAGES, net.stages, net.heads):
        for layer, module in stage.names.items():
            fan_in = module.weight[0].numel()
            found[f"{name}.{layer}.weight"] = torch.randn(module.weight.shape, generator=random) * (2 / fan_in) ** 0.5
            found[f"{name}.{layer}.bias"] = torch.randn(module.bias.shape, generator=random) * 0.02
        for task, length in TASKS:
            found[f"{name}.{task}.weight"] = torch.randn(length, heads.in_features, generator=random) * 0.01
            found[f"{name}.{task}.bias"] = torch.randn(length, generator=random) * 0.02
    return found


def draw_inputs(batch, seed=7):
    """Windows in the library's order (n, side, side, 3), about -1 to 1; targets and masks of labelled faces, as the joint loss takes them."""
    random = torch.Generator().manual_seed(seed)
    found = {f"windows{j}": torch.rand(batch, side, side, 3, generator=random) * 2 - 1 for j, side in enumerate(SIDES)}
    faces = torch.randint(0, 2, (batch, 1), generator=random).float()
    attributes = torch.randint(0, 2, (batch, 40), generator=random).float()
    found["targets"] = torch.cat([faces, torch.rand(batch, 14, generator=random), attributes], 1)
    found["masks"] = torch.ones(batch, TERMS)
    return found


def load(width, tensors):
    net = Cascade(width)
    with torch.no_grad():
        for name, stage, heads in zip(STAGES, net.stages, net.heads):
            for layer, module in stage.names.items():
                module.weight.copy_(tensors[f"{name}.{layer}.weight"])
                module.bias.copy_(tensors[f"{name}.{layer}.bias"])
            for part in ("weight", "bias"):
                getattr(heads, part).copy_(torch.cat([tensors[f"{name}.{task}.{part}"] for task, _ in TASKS]))
    return net


def joint_loss(logits, targets):
    """1/N times the sum over windows, stages, tasks and terms; every label known, every weight 1."""
    total = 0
    for z in logits:
        face, box, landmarks, attributes = z.split([length for _, length in TASKS], 1)
        total = total + nn.functional.cross_entropy(face, targets[:, 0].long(), reduction="sum")
        total = total + (box - targets[:, 1:5]).square().sum() + (landmarks - targets[:, 5:15]).square().sum()
        total = total + nn.functional.binary_cross_entropy_with_logits(attributes, targets[:, 15:], reduction="sum")
    return total / targets.shape[0]
