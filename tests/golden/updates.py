"""Records three steps of each optimiser: python3 updates.py, with torch installed."""
import torch

from record import case, draw, write

COUNT = 12
STEPS = 3


def record(name, numbers, make, state_names):
    p = draw(COUNT)
    gradients = [draw(COUNT) for _ in range(STEPS)]
    inputs = {"p": p.clone(), **{f"g{i}": g for i, g in enumerate(gradients)}}
    parameter = torch.nn.Parameter(p)
    optimiser = make([parameter])
    for g in gradients:
        parameter.grad = numbers["factor"] * g
        optimiser.step()
    state = optimiser.state[parameter]
    outputs = {"p": parameter, **{ours: state[theirs] for ours, theirs in state_names.items()}}
    return case(name, dict(count=COUNT, **numbers), inputs, outputs)


def sgd(rate, momentum, weight_decay, factor=1.0):
    return record(f"SGD, momentum {momentum}, decay {weight_decay}",
                  dict(rate=rate, momentum=momentum, weight_decay=weight_decay, factor=factor),
                  lambda p: torch.optim.SGD(p, lr=rate, momentum=momentum, weight_decay=weight_decay),
                  {"v": "momentum_buffer"} if momentum else {})


def adam(rate, decoupled, weight_decay, factor=1.0, beta1=0.9, beta2=0.999, epsilon=1e-8):
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    return record(("AdamW" if decoupled else "Adam") + f", decay {weight_decay}",
                  dict(rate=rate, beta1=beta1, beta2=beta2, epsilon=epsilon, weight_decay=weight_decay, decoupled=int(decoupled),
                       factor=factor),
                  lambda p: kind(p, lr=rate, betas=(beta1, beta2), eps=epsilon, weight_decay=weight_decay),
                  {"m": "exp_avg", "v": "exp_avg_sq"})


write("sgd", [sgd(0.1, 0.9, 0.01), sgd(0.05, 0.0, 0.0), sgd(0.1, 0.5, 0.1, factor=0.25)])
write("adam", [
    adam(0.01, False, 0.0),
    adam(0.01, False, 0.1),
    adam(0.01, True, 0.1),
    adam(0.02, True, 0.05, factor=0.5, beta1=0.8, beta2=0.99, epsilon=1e-3),
])
