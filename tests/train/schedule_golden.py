"""Prints PyTorch's rates, base rate 1, for the numbers recorded in schedule.cpp: python3 schedule_golden.py"""
import torch
from torch.optim import lr_scheduler as lr


def rates(name, total, make):
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = make(optimiser)
    found = []
    for _ in range(total):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step() if len(found) < total else None
    print(name, ", ".join(f"{r:.12g}" for r in found))


def warm(optimiser, steps, inner):
    # LinearLR from 1 / (steps + 1), then the inner schedule from its own step 0
    first = lr.LinearLR(optimiser, start_factor=1 / (steps + 1), total_iters=steps)
    return lr.SequentialLR(optimiser, [first, inner(optimiser)], milestones=[steps])


rates("constant", 10, lambda o: lr.ConstantLR(o, factor=1.0))
rates("step", 10, lambda o: lr.MultiStepLR(o, milestones=[3, 8], gamma=0.1))  # 0.3 and 0.75 of 10
rates("cosine", 10, lambda o: lr.CosineAnnealingLR(o, T_max=10, eta_min=0.05))
rates("one_cycle", 10, lambda o: lr.OneCycleLR(o, max_lr=1.0, total_steps=10, cycle_momentum=False))
rates("one_cycle_options", 13, lambda o: lr.OneCycleLR(o, max_lr=1.0, total_steps=13, pct_start=0.45, div_factor=10,
                                                       final_div_factor=100, cycle_momentum=False))
rates("warm_up", 10, lambda o: warm(o, 3, lambda p: lr.CosineAnnealingLR(p, T_max=7)))
