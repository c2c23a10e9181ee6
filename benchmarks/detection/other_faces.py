#!/usr/bin/env python3
"""Writes boxes of faces that the lists of a data set do not speak of: python3 other_faces.py DATA > other_faces.txt

DATA has CelebA's plain layout with one annotated face a photo, as LFW; needs what compare.py needs. A face that MTCNN (of facenet-pytorch, weights
with the package) finds with probability 0.9 or more, and whose box overlaps the annotated one by less than 0.3 (intersection over union), is such a face. Its
box becomes a square as the annotated ones are: where MTCNN finds the annotated face too, that is 0.945 times its box's longer side, on the average of the data.
"""
import pathlib
import sys

import torch
from PIL import Image
from facenet_pytorch import MTCNN

torch.set_num_threads(1)


def iou(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def main(data):
    known = {}
    for line in (data / "Anno/list_bbox.txt").read_text().splitlines()[2:]:
        name, *numbers = line.split()
        left, top, width, height = map(float, numbers)
        known[name] = (left, top, left + width, top + height)
    find = MTCNN(keep_all=True, min_face_size=20, device="cpu")
    names, rows = sorted(known), []
    for first in range(0, len(names), 32):
        some = names[first:first + 32]
        boxes, scores = find.detect([Image.open(data / "Img" / name).convert("RGB") for name in some])
        for name, found, probable in zip(some, boxes, scores):
            for box, p in zip(found if found is not None else [], probable):
                if p < 0.9 or iou(box, known[name]) >= 0.3:
                    continue
                longer = max(box[2] - box[0], box[3] - box[1])
                x, y, side = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2 - 0.02 * longer, 0.945 * longer
                rows.append(f"{name} {x - side / 2:.1f} {y - side / 2:.1f} {side:.1f} {side:.1f}")
    print(len(rows), "image_id x_1 y_1 width height", *rows, sep="\n")


main(pathlib.Path(sys.argv[1]))
