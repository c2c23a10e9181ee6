#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a training step takes on several ranks, by a model of latency, bandwidth and overlap: the table of docs/distributed.md.

    python3 benchmarks/ranks/model.py [--svg FILE] [--bandwidth GB/s] [--latency us] [--batch N] [--bytes 2] ...

A rank computes `batch` windows a step. With n ranks:
    forward   = batch * f                     backward = batch * g, shared out among the layers by their multiply-adds
    row       = (n - 1) * (latency + r / bandwidth)                      losses and features, to all ranks at once
    bucket    = 2 * (n - 1) * (latency + size / n / bandwidth)           its parts to their owners, then the sums to all; for
                                                                         messages beyond 64 KiB the latency counts three times, as
                                                                         Open MPI first asks over TCP and waits for an answer
A bucket leaves when its last layer's backward pass is done and the buckets before it have left: so
    free      = max(free, ready) + bucket                                for each bucket in turn
    step      = forward + row + max(backward, free) + copying + update
    copying   = 3 * S / memory                                           S bytes into a row, into a sum, back; not hidden
A message costs its latency in full at the sender, as those of one rank leave one after the other. The update is the same for any number of ranks.
"""
import argparse
import fractions

BUCKET = 1 << 18  # values, ranks_options::bucket


def layers_of(width, stage_count):
    """(parameters, multiply-adds of a window) of the paper's cascade in the order of the backward pass, heads first in a stage."""
    all_layers = []
    feature = 0
    stages = [(56, [(64, 2), (128, 2), (256, 3)], 256),
              (112, [(64, 2), (128, 2), (256, 3), (512, 3)], 1024),
              (224, [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], 1024)]
    for side, blocks, own in stages[:stage_count]:
        stage, given, own = [], 3, int(own * width)
        for channels, count in blocks:
            for _ in range(count):
                channels_here = int(channels * width)
                stage.append((9 * given * channels_here + channels_here, 9 * given * channels_here * side * side))
                given = channels_here
            side //= 2
        stage.append((side * side * given * own + own, side * side * given * own))
        feature += own
        heads = 2 + 4 + 10 + 40
        stage.append((heads * feature + heads, heads * feature))
        all_layers += stage
    return all_layers[::-1]


def buckets(layers, least):
    """(values, share of the backward pass after which they leave) of each bucket; see gradient_buckets.hpp."""
    work = sum(w for _, w in layers)
    found, waiting, done = [], 0, 0
    for i, (values, w) in enumerate(layers):
        waiting, done = waiting + values, done + w
        if waiting < least and i + 1 < len(layers):
            continue
        while waiting > 0:
            found.append((min(waiting, 8 * least), done / work))
            waiting -= found[-1][0]
    return found


def step(n, o, hides=True):
    latency, bandwidth = o.latency * 1e-6, o.bandwidth * 1e9
    row = (n - 1) * (latency + o.row / bandwidth)
    backward = o.batch * o.backward
    free = summed = 0
    for values, ready in buckets(o.layers, o.bucket):
        size = values * o.bytes / n
        takes = 2 * (n - 1) * ((3 if size > o.eager else 1) * latency + size / bandwidth)
        free = max(free, backward * (ready if hides else 1)) + takes
        summed += takes
    size = sum(values for values, _ in o.layers) * o.bytes
    copying = 3 * size / (o.memory * 1e9) if n > 1 else 0
    total = o.batch * o.forward + row + max(backward, free if n > 1 else 0) + copying + o.update
    return {"sum": summed, "step": total, "windows": n * o.batch / total, "sent": 2 * (n - 1) / n * size}


def svg(lines, path):
    """Efficiency over the number of ranks, both axes plain: one polyline a network."""
    from math import log2
    width, height, left, top = 640, 360, 60, 20
    def x(n): return left + (width - left - 150) * log2(n) / 10
    def y(e): return top + (height - top - 50) * (1 - e)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for e in (0, 0.25, 0.5, 0.75, 1):
        out.append(f'<line x1="{left}" x2="{x(1024):.0f}" y1="{y(e):.0f}" y2="{y(e):.0f}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{y(e) + 4:.0f}" text-anchor="end">{e:.0%}</text>')
    for n in (1, 4, 16, 64, 256, 1024):
        out.append(f'<text x="{x(n):.0f}" y="{y(0) + 18:.0f}" text-anchor="middle">{n}</text>')
    out.append(f'<text x="{x(32):.0f}" y="{y(0) + 38:.0f}" text-anchor="middle">ranks</text>')
    for k, (name, colour, points) in enumerate(lines):
        path_of = " ".join(f"{x(n):.1f},{y(e):.1f}" for n, e in points)
        out.append(f'<polyline points="{path_of}" fill="none" stroke="{colour}" stroke-width="2"/>'
                   f'<text x="{x(1024) + 8:.0f}" y="{top + 14 + 18 * k}" fill="{colour}">{name}</text>')
    out.append("</svg>")
    with open(path, "w") as file:
        file.write("\n".join(out) + "\n")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bytes", type=int, default=4, help="of a gradient on its way: 2 with ranks.bfloat16_gradients")
    p.add_argument("--width", type=fractions.Fraction, default=1, help="of the net: 1/4")
    p.add_argument("--stages", type=int, default=3)
    p.add_argument("--bucket", type=int, default=BUCKET, help="values")
    p.add_argument("--eager", type=int, default=1 << 16, help="bytes that MPI sends without asking")
    p.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 8, 64, 1024])
    p.add_argument("--batch", type=int, default=8, help="windows a rank")
    p.add_argument("--forward", type=float, default=FORWARD, help="seconds a window")
    p.add_argument("--backward", type=float, default=BACKWARD, help="seconds a window")
    p.add_argument("--update", type=float, default=0.1, help="seconds")
    p.add_argument("--row", type=float, default=20000, help="bytes of losses and features")
    p.add_argument("--latency", type=float, help="us a message")
    p.add_argument("--bandwidth", type=float, help="GB/s")
    p.add_argument("--memory", type=float, default=MEMORY, help="GB/s of copying")
    p.add_argument("--svg")
    o = p.parse_args()
    networks = NETWORKS if o.latency is None and o.bandwidth is None else {"given": (o.latency or 1, o.bandwidth or 1, "black")}
    o.layers = layers_of(o.width, o.stages)
    parameters = sum(values for values, _ in o.layers)
    print(f"{parameters} parameters, {parameters * o.bytes / 1e6:.0f} MB of gradients in {len(buckets(o.layers, o.bucket))} buckets; {o.batch} windows a rank\n")
    print("| network | ranks | sent, MB a rank | sum, s | step, s | without overlap, s | windows/s | efficiency |")
    print("|---|---|---|---|---|---|---|---|")
    lines = []
    for name, (latency, bandwidth, colour) in networks.items():
        o.latency, o.bandwidth = latency, bandwidth
        one = step(1, o)["windows"]
        for n in o.ranks:
            found = step(n, o)
            print(f"| {name} | {n} | {found['sent'] / 1e6:.0f} | {found['sum']:.3g} | {found['step']:.3g} | {step(n, o, False)['step']:.3g}"
                  f" | {found['windows']:.2f} | {found['windows'] / one / n:.0%} |")
        lines.append((name, colour, [(2 ** k, step(2 ** k, o)["windows"] / one / 2 ** k) for k in range(11)]))
    if o.svg:
        svg(lines, o.svg)


# Seconds a window on one thread: forward as in docs/performance.md, backward taken as twice that. GB/s of copying: assumed.
FORWARD, BACKWARD, MEMORY = 0.2, 0.4, 4.0
# us a message, GB/s. Loopback: an exchange of 8 and of 262,144 bytes, `mpirun --mca btl tcp,self -n 2 exchange`. The others are assumed.
NETWORKS = {"loopback TCP": (8, 2.6, "#1b6"), "10 Gbit/s": (30, 1.25, "#36c"), "1 Gbit/s": (50, 0.125, "#c33")}

if __name__ == "__main__":
    main()
