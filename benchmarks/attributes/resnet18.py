#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains torchvision's ResNet-18, from nothing, on the attributes of a folder in the plain layout: what a user would do without a cascade.

    resnet18.py --data CelebA --out runs/resnet18 [--epochs N] [--threads N] [--resume]

It sees what `train` sees: the same photos and parts, and the square around the face's box (1.6 of its longer side), shifted, scaled, turned,
mirrored and changed in colour by the same amounts, at the side of the cascade's M stage. The loss is the mean binary cross-entropy of all
attributes, the rule AdamW with one cycle of rates. After each epoch --out holds last.pt, from which --resume goes on, and a line in
log.jsonl; at the end result.json has the test part's mean accuracy and balanced accuracy at probability 0.5, the accuracy of the training
part's majority classes, and milliseconds a window forward. Needs requirements.txt beside it.
"""
import argparse
import json
import pathlib
import random
import time

import torch
from PIL import Image
from torch import nn
from torchvision import models
from torchvision.transforms import v2

CONTEXT, SHIFT, SCALE, ANGLE = 1.6, 0.08, (0.9, 1.12), 12  # mcfa/data/sampling.hpp
BRIGHTNESS, CONTRAST, SATURATION = 0.15, 0.2, 0.2


class Faces(torch.utils.data.Dataset):
    """Photos of one part (0 train, 1 val, 2 test), each as its window (3, side, side) of -1 to 1 and its attributes, 0 or 1."""

    def __init__(self, folder, part, side, drawn):
        folder = pathlib.Path(folder)
        parts = dict(line.split() for line in (folder / "Eval/list_eval_partition.txt").open())
        boxes = {name: [float(x) for x in box] for name, *box in (line.split() for line in self.lines(folder / "Anno/list_bbox.txt", 2))}
        rows = [line.split() for line in self.lines(folder / "Anno/list_attr.txt", 2)]
        self.photos = [(folder / "Img" / name, boxes[name]) for name, *_ in rows if parts[name] == str(part)]
        self.labels = torch.tensor([[float(x == "1") for x in labels] for name, *labels in rows if parts[name] == str(part)])
        self.side, self.drawn = side, drawn
        self.colours = v2.ColorJitter(BRIGHTNESS, CONTRAST, SATURATION)

    @staticmethod
    def lines(path, header):
        return path.read_text().splitlines()[header:]

    def __len__(self):
        return len(self.photos)

    def __getitem__(self, i):
        path, (left, top, width, height) = self.photos[i]
        photo = Image.open(path).convert("RGB")
        x, y, side, turn, mirrored = left + width / 2, top + height / 2, CONTEXT * max(width, height), 0, False
        if self.drawn:
            x += random.uniform(-SHIFT, SHIFT) * side
            y += random.uniform(-SHIFT, SHIFT) * side
            side *= random.uniform(*SCALE)
            turn, mirrored = random.uniform(-ANGLE, ANGLE), random.random() < 0.5
        photo = photo.rotate(turn, Image.BILINEAR, center=(x, y))
        corners = [round(corner) for corner in (x - side / 2, y - side / 2, x + side / 2, y + side / 2)]  # black beyond the photo
        window = photo.crop(corners).resize((self.side, self.side), Image.BILINEAR)
        if mirrored:
            window = window.transpose(Image.FLIP_LEFT_RIGHT)
        if self.drawn:
            window = self.colours(window)
        return v2.functional.pil_to_tensor(window).float() / 127.5 - 1, self.labels[i]


def loader(faces, options, shuffled):
    return torch.utils.data.DataLoader(faces, options.batch, shuffle=shuffled, num_workers=options.threads, drop_last=shuffled,
                                       worker_init_fn=lambda worker: random.seed(torch.initial_seed()))


@torch.inference_mode()
def figures(net, faces, options):
    """Mean over the attributes of accuracy and of balanced accuracy at probability 0.5; of attributes with labels of both kinds."""
    net.eval()
    said = torch.cat([net(windows) > 0 for windows, _ in loader(faces, options, False)])
    true = faces.labels > 0
    right = (said == true).double()
    of_positives = (right * true).sum(0) / true.sum(0)
    of_negatives = (right * ~true).sum(0) / (~true).sum(0)
    return {"mean_accuracy": right.mean().item(), "mean_balanced_accuracy": ((of_positives + of_negatives) / 2).nanmean().item()}


@torch.inference_mode()
def milliseconds(net, side, batch, repeats=20):
    """Median time of a window's forward pass, in channels_last, as PyTorch advises for processors."""
    net = net.eval().to(memory_format=torch.channels_last)
    windows = torch.rand(batch, 3, side, side).to(memory_format=torch.channels_last)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        net(windows)
        times.append(time.perf_counter() - start)
    return sorted(times)[repeats // 2] * 1000 / batch


def main():
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("--data", required=True)
    line.add_argument("--out", required=True, type=pathlib.Path)
    line.add_argument("--side", type=int, default=112)
    line.add_argument("--epochs", type=int, default=6)
    line.add_argument("--batch", type=int, default=32)
    line.add_argument("--rate", type=float, default=1e-3)
    line.add_argument("--threads", type=int, default=2)
    line.add_argument("--seed", type=int, default=1)
    line.add_argument("--resume", action="store_true")
    options = line.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)

    training, validation, test = (Faces(options.data, part, options.side, part == 0) for part in range(3))
    net = models.resnet18(weights=None, num_classes=training.labels.shape[1])
    optimiser = torch.optim.AdamW(net.parameters(), options.rate, weight_decay=0.01)
    steps = len(training) // options.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, total_steps=options.epochs * steps)
    options.out.mkdir(parents=True, exist_ok=True)
    last = options.out / "last.pt"
    if last.exists() and not options.resume:
        line.error(f"{last} exists: go on by --resume, or choose another folder")
    begun = 0
    if options.resume:
        state = torch.load(last)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        begun = state["epochs"]

    for epoch in range(begun, options.epochs):
        start, total = time.perf_counter(), 0.0
        torch.manual_seed(options.seed + epoch)
        net.train()
        for windows, labels in loader(training, options, True):
            optimiser.zero_grad(set_to_none=True)
            loss = nn.functional.binary_cross_entropy_with_logits(net(windows), labels)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        row = {"epoch": epoch + 1, "loss": total / steps, "seconds": time.perf_counter() - start, **figures(net, validation, options)}
        print(json.dumps(row), flush=True)
        with (options.out / "log.jsonl").open("a") as log:
            print(json.dumps(row), file=log)
        state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(), "epochs": epoch + 1}
        torch.save(state, options.out / "last.pt.new")
        (options.out / "last.pt.new").replace(last)

    majority = training.labels.mean(0).round()
    result = {"test": figures(net, test, options), "majority": (test.labels == majority).double().mean().item(),
              "parameters": sum(p.numel() for p in net.parameters()), "epochs": options.epochs, "side": options.side,
              "milliseconds_batch_1": milliseconds(net, options.side, 1), "milliseconds_batch_32": milliseconds(net, options.side, 32),
              "threads": options.threads}
    (options.out / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
