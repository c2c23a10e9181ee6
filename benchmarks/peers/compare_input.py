#!/usr/bin/env python3
"""Compares the making of windows with torchvision on PIL's images, on one core: read, decode, crop, resize to 224, 112 and 56, mirror, normalise.

    cmake --build --preset release --target benchmark_peers_ours_input
    benchmarks/peers/compare_input.py --venv FOLDER --data LFW

--data is a folder in the plain layout (docs/formats.md); its photos are read from there. Both take the same windows: squares around the face's box,
1.6 times as long, moved at random by up to 8 %, half of them mirrored. Both processes are pinned to the same core and asked in turn, one stopped
while the other runs. A second process of ours makes windows as training does, with the turn and the jitter of colours besides."""
import argparse
import os
import pathlib
import random
import statistics
import sys

import environment

here = pathlib.Path(__file__).resolve().parent


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", type=pathlib.Path, required=True, help="virtual environment with the peers, outside the repository")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--program", type=pathlib.Path, default=here.parents[1] / "build/release/benchmarks/peers/ours_input")
    parser.add_argument("--windows", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args()


def draw_windows(data, count):
    draw = random.Random(5)
    lines = (data / "Anno/list_bbox.txt").read_text().split("\n")[2:]
    for line in draw.sample([l for l in lines if l.strip()], count):
        name, left, top, width, height = line.split()
        side = round(1.6 * max(float(width), float(height)))
        x, y = (float(at) + float(length) / 2 - side / 2 + draw.uniform(-0.08, 0.08) * side for at, length in ((left, width), (top, height)))
        yield f"{name} {round(x)} {round(y)} {side} {draw.randrange(2)}\n"


def main():
    chosen = options()
    environment.enter(chosen.venv)
    import contestants
    import numpy
    folder = chosen.venv.parent / "files"
    folder.mkdir(exist_ok=True)
    listed = folder / "windows.txt"
    listed.write_text("".join(draw_windows(chosen.data, chosen.windows)))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # what it starts inherits this
    photos = chosen.data / "Img"
    running = []
    try:
        for name, command in (("ours", [chosen.program, "same", listed, photos]),
                              ("torchvision", [sys.executable, here / "peer_torchvision.py", listed, photos]),
                              ("ours, as training", [chosen.program, "training", chosen.data, chosen.windows])):
            running.append(contestants.Contestant(name, "", command, 1, folder / f"log_{name.split(',')[-1].strip().replace(' ', '_')}.txt"))
        ours, theirs = running[0].outputs(), running[1].outputs()
        for turn in range(chosen.rounds):
            for c in running[turn % 3:] + running[:turn % 3]:
                c.times += c.run(1)[1:]
        print(f"{'':20} {'windows/s':>10} {'ms a window':>12} {'x ours':>7}")
        first = statistics.median(running[0].times)
        for c in running:
            ms = statistics.median(c.times)
            print(f"{c.name:20} {chosen.windows / ms * 1e3:10.0f} {ms / chosen.windows:12.3f} {ms / first:7.2f}")
        print(f"mean difference of the two: {numpy.abs(ours - theirs).mean() * 128:.2f} of 255 (torchvision rounds to whole numbers after every step)")
    finally:
        for c in running:
            c.end()


if __name__ == "__main__":
    main()
