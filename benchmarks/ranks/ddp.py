#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Windows per second of step_rate and of PyTorch's DistributedDataParallel (gloo) on the same net, by 1 and 2 ranks of one thread.

    python3 benchmarks/ranks/ddp.py build/benchmarks/ranks/step_rate [--windows 8] [--rounds 7] [--steps 20]

The net is that of step_rate, the paper's first two stages at width 1/4, trained by SGD with momentum on windows that are in memory. The programs
run in turn, so many rounds; each line is the median of its rounds. PyTorch has its faster form of memory, channels_last, or is compiled besides.
Needs torch, numpy and mpirun.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

STAGES, WIDTH = 2, 0.25


def train_a_rank(form, windows, steps):
    """As a process that torchrun's variables describe: prints windows per second of all ranks."""
    import torch
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "peers"))
    import net
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    torch.distributed.init_process_group("gloo")
    ranks, rank = torch.distributed.get_world_size(), torch.distributed.get_rank()
    torch.manual_seed(7)

    class FirstStages(net.Cascade):
        def __init__(self):
            super().__init__(WIDTH)
            self.stages, self.heads = self.stages[:STAGES], self.heads[:STAGES]

        def forward(self, x0, x1):
            return super().forward(x0, x1, None)

    cascade = FirstStages().to(memory_format=torch.channels_last)
    inputs = net.draw_inputs(windows, seed=rank)
    x = [inputs[f"windows{j}"].permute(0, 3, 1, 2) for j in range(STAGES)]  # channels_last, as they are drawn
    trained = torch.nn.parallel.DistributedDataParallel(cascade) if ranks > 1 else cascade
    forward = trained
    if form == "compiled":
        forward = torch.compile(trained)
    optimiser = torch.optim.SGD(trained.parameters(), lr=1e-4, momentum=0.9, fused=True)

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = net.joint_loss(forward(*x), inputs["targets"])
        loss.backward()
        optimiser.step()
        return loss.item()

    for _ in range(5):
        step()
    torch.distributed.barrier()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    torch.distributed.barrier()
    took = time.perf_counter() - start
    if rank == 0:
        print("windows/s", ranks * windows * steps / took)
    torch.distributed.destroy_process_group()


def cascade_of(form, ranks, o, port):
    variables = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), WORLD_SIZE=str(ranks))
    command = [sys.executable, __file__, "--rank", form, "--windows", str(o.windows), "--steps", str(o.steps)]
    processes = [subprocess.Popen(command, env=dict(variables, RANK=str(r)), stdout=subprocess.PIPE, text=True) for r in range(ranks)]
    said = [process.communicate()[0] for process in processes]
    return float(re.search(r"windows/s (\S+)", said[0])[1])


def ours(block, ranks, o):
    command = [*o.mpirun.split(), "-n", str(ranks), o.step_rate, "batch", str(ranks * o.windows), "block", str(block), "steps", str(o.steps)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return ranks * o.windows * float(re.search(r"(\S+) steps/s", said)[1])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("step_rate", nargs="?")
    p.add_argument("--windows", type=int, default=8, help="of a rank in a step")
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--steps", type=int, default=20)
    p.add_argument("--forms", default="channels_last,compiled")
    p.add_argument("--mpirun", default="mpirun --allow-run-as-root")
    p.add_argument("--rank", help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.rank:
        return train_a_rank(o.rank, o.windows, o.steps)
    programs = {f"mcfa, block {block}": lambda ranks, port, block=block: ours(block, ranks, o) for block in (8, 0)}
    programs |= {f"PyTorch, {form}": lambda ranks, port, form=form: cascade_of(form, ranks, o, port) for form in o.forms.split(",")}
    found = {(name, ranks): [] for name in programs for ranks in (1, 2)}
    port = 29500
    for _ in range(o.rounds):
        for (name, ranks), rates in found.items():
            port += 1
            rates.append(programs[name](ranks, port))
    print(f"{o.windows} windows a rank and step, medians of {o.rounds} rounds of {o.steps} steps\n")
    print("| | 1 rank, windows/s | 2 ranks, windows/s | efficiency |\n|---|---|---|---|")
    for name in programs:
        one, two = (statistics.median(found[name, ranks]) for ranks in (1, 2))
        print(f"| {name} | {one:.1f} ({min(found[name, 1]):.1f} to {max(found[name, 1]):.1f})"
              f" | {two:.1f} ({min(found[name, 2]):.1f} to {max(found[name, 2]):.1f}) | {two / one / 2:.0%} |")


if __name__ == "__main__":
    main()
