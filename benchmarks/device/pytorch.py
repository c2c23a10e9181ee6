#!/usr/bin/env python3
"""The same cascade in PyTorch, at its best: channels last, cudnn.benchmark, autocast for bf16, torch.compile where time allows.

One JSON line a measurement, the same that ours.cpp prints: medians of CUDA events after a warm-up. Also the GEMM ceiling of each precision.
    pytorch.py [--seconds N]    eager first; compiled variants are tried as long as the time lasts
"""
import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

PRECISIONS = ("fp32", "tf32", "bf16")
TERMS = {"face": 2, "box": 4, "landmarks": 10, "attributes": 40}
MULTIPLY_ADDS = 0


def vgg(channels, depth, before):
    layers = []
    for _ in range(depth):
        layers += [nn.Conv2d(before, channels, 3, padding=1), nn.ReLU(inplace=True)]
        before = channels
    return layers + [nn.MaxPool2d(2)]


def body(widths, end):
    layers, before = [], 3
    for channels, depth in widths:
        layers += vgg(channels, depth, before)
        before = channels
    return nn.Sequential(*layers, *end, nn.ReLU(inplace=True))


class Cascade(nn.Module):
    """S, M and L; each stage's feature is joined by those before it; one linear map for all heads of a stage."""

    sides = (56, 112, 224)

    def __init__(self):
        super().__init__()
        blocks = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]
        self.bodies = nn.ModuleList([
            body(blocks[:3], [nn.Conv2d(256, 256, 7), nn.Flatten()]),
            body(blocks[:4], [nn.Flatten(), nn.Linear(512 * 7 * 7, 1024)]),
            body(blocks, [nn.Flatten(), nn.Linear(512 * 7 * 7, 1024)]),
        ])
        features = (256, 1280, 2304)
        self.heads = nn.ModuleList([nn.Linear(f, sum(TERMS.values())) for f in features])

    def forward(self, small, middle, large):
        logits, before = [], None
        for part, head, windows in zip(self.bodies, self.heads, (small, middle, large)):
            own = part(windows)
            before = own if before is None else torch.cat([own, before], 1)
            logits.append(head(before))
        return logits


def joint_loss(logits, targets):
    loss = 0
    for z in logits:
        face, box, landmarks, attributes = z.float().split(list(TERMS.values()), 1)
        loss = loss + F.cross_entropy(face, targets["face"]) + F.mse_loss(box, targets["box"], reduction="sum") / len(z)
        loss = loss + F.mse_loss(landmarks, targets["landmarks"], reduction="sum") / len(z)
        loss = loss + F.binary_cross_entropy_with_logits(attributes, targets["attributes"], reduction="sum") / len(z)
    return loss


def count_multiply_adds():
    total = 0

    def hook(module, inputs, output):
        nonlocal total
        weights = module.weight.numel()
        total += weights * (output.shape[2] * output.shape[3] if output.dim() == 4 else 1)

    net = Cascade()
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(hook)
    with torch.no_grad():
        net(*[torch.zeros(1, 3, s, s) for s in Cascade.sides])
    return total


def timed(work, warm_up, runs):
    for _ in range(warm_up):
        work()
    times = []
    for _ in range(runs):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        work()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end))
    return statistics.median(times)


def set_precision(precision):
    allowed = precision != "fp32"
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed
    return torch.autocast("cuda", torch.bfloat16, enabled=precision == "bf16")


def report(what, precision, batch, variant, milliseconds, passes):
    flops = 2 * MULTIPLY_ADDS * batch * passes / (milliseconds * 1e-3)
    print(json.dumps({"who": "PyTorch", "what": what, "precision": precision, "batch": batch, "variant": variant, "ms": round(milliseconds, 4),
                      "tflops": round(flops / 1e12, 2), "mb": round(torch.cuda.max_memory_reserved() / 1e6)}), flush=True)


def ceiling(precision):
    """TFLOP/s of an 8192-cubed product: what the tensor cores (or, strict, the plain ones) yield at best in one call."""
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    with set_precision("fp32" if precision == "fp32" else "tf32"):
        pass
    a, b = (torch.randn(8192, 8192, device="cuda", dtype=kind) for _ in range(2))
    milliseconds = timed(lambda: a @ b, 5, 10)
    print(json.dumps({"who": "ceiling", "what": "8192^3 product", "precision": precision, "ms": round(milliseconds, 4),
                      "tflops": round(2 * 8192**3 / milliseconds / 1e9, 2)}), flush=True)


def windows(batch, pinned=False):
    made = [torch.zeros(batch, 3, s, s).to(memory_format=torch.channels_last) for s in Cascade.sides]
    return [w.pin_memory() for w in made] if pinned else [w.cuda() for w in made]


def measure_forward(precision, batch, compiled):
    torch.cuda.reset_peak_memory_stats()
    net = Cascade().cuda().eval().to(memory_format=torch.channels_last)
    run = torch.compile(net, mode="reduce-overhead") if compiled else net
    given = windows(batch)
    with torch.no_grad(), set_precision(precision):
        milliseconds = timed(lambda: run(*given), 5, 100 if batch == 1 else 10)
    report("forward", precision, batch, "compiled" if compiled else "eager", milliseconds, 1)


def measure_training(precision, batch, compiled):
    torch.cuda.reset_peak_memory_stats()
    net = Cascade().cuda().to(memory_format=torch.channels_last)
    run = torch.compile(net) if compiled else net
    rule = torch.optim.SGD(net.parameters(), lr=0.0, momentum=0.9, fused=True)
    given = windows(batch, pinned=True)
    targets = {"face": torch.zeros(batch, dtype=torch.long), "box": torch.zeros(batch, 4), "landmarks": torch.zeros(batch, 10),
               "attributes": torch.zeros(batch, 40)}
    targets = {name: value.pin_memory() for name, value in targets.items()}
    context = set_precision(precision)

    def step():
        here = [w.cuda(non_blocking=True) for w in given]
        wanted = {name: value.cuda(non_blocking=True) for name, value in targets.items()}
        with context:
            loss = joint_loss(run(*here), wanted)
        loss.backward()
        rule.step()
        rule.zero_grad(set_to_none=True)

    report("training step", precision, batch, "compiled" if compiled else "eager", timed(step, 5, 10), 3)


def main():
    global MULTIPLY_ADDS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=150)
    options = parser.parse_args()
    start = time.monotonic()
    torch.backends.cudnn.benchmark = True
    MULTIPLY_ADDS = count_multiply_adds()
    if not torch.cuda.is_available():
        raise SystemExit("pytorch.py: PyTorch sees no GPU")
    for precision in PRECISIONS:
        ceiling(precision)
    works = [(measure_forward, 1), (measure_forward, 256), (measure_training, 64), (measure_training, 256)]
    for compiled in (False, True):
        for precision in PRECISIONS:
            for work, batch in works:
                if compiled and time.monotonic() - start > options.seconds:
                    return
                try:
                    work(precision, batch, compiled)
                except Exception as problem:  # a variant that fails is said and left out
                    print(json.dumps({"who": "PyTorch", "failed": f"{work.__name__} {precision} {batch} compiled={compiled}",
                                      "why": str(problem).splitlines()[0][:200] if str(problem) else type(problem).__name__}), flush=True)
                torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
