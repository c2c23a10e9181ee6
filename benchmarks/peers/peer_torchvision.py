"""torchvision on PIL's images: the windows of a list, "photo left top side mirrored" a line, at 224, 112 and 56 pixels.

    peer_torchvision.py <list> <folder>"""
import os
import sys

from worker import serve

import torch
from PIL import Image
from torchvision.transforms.v2 import functional as F

torch.set_num_threads(1)
listed, folder = sys.argv[1:3]
windows = []
with open(listed) as file:
    for line in file:
        name, left, top, side, mirrored = line.split()
        windows.append((os.path.join(folder, name), int(left), int(top), int(side), mirrored == "1"))


def as_tensor(picture):
    """(value - 127.5) / 128, as float32 (3, side, side)."""
    return F.pil_to_tensor(picture).to(torch.float32).sub_(127.5).mul_(1 / 128)


def one(path, left, top, side, mirrored):
    picture = F.resized_crop(Image.open(path).convert("RGB"), top, left, side, side, [224, 224])
    if mirrored:
        picture = F.horizontal_flip(picture)
    half = F.resize(picture, [112, 112])
    return [as_tensor(picture), as_tensor(half), as_tensor(F.resize(half, [56, 56]))]


def step():
    for window in windows:
        one(*window)


def outputs():
    return torch.cat([x.permute(1, 2, 0).reshape(-1) for window in windows for x in one(*window)]).numpy()


step()
serve(step, outputs)
