"""Records the losses, each in the middle of wider rows and with masks: python3 losses.py, with torch installed."""
import torch
import torch.nn.functional as F

from record import case, draw, write


def loss(name, kind, length, targets, terms, batch=4, before=2, after=1):
    logits = draw(batch, before + length + after, low=-4, high=4)
    mine = logits[:, before:before + length].clone().requires_grad_()
    mask = torch.ones(batch, terms + 3)
    mask[1, 1:1 + terms] = 0
    mask[2, 1] = 0
    mask[3, 1] = 0.5
    target_rows = draw(batch, targets + 2)
    factors = draw(terms, low=0.5)
    if kind == 0:
        target_rows[:, 1] = torch.tensor([0.0, -1.0, 2.0, 1.0])  # -1 stands where the mask is 0
        classes = target_rows[:, 1].long().clamp(min=0)
        values = F.cross_entropy(mine, classes, reduction="none")[:, None]
    elif kind == 1:
        values = F.mse_loss(mine, target_rows[:, 1:1 + targets], reduction="none").sum(1, keepdim=True)
    else:
        target_rows = torch.randint(0, 5, target_rows.shape) / 4.0
        values = F.binary_cross_entropy_with_logits(mine, target_rows[:, 1:1 + targets], reduction="none")
    values = values * mask[:, 1:1 + terms]
    gradient = torch.autograd.grad((values * factors).sum(), mine)[0]

    def placed(part, width, first):
        whole = torch.zeros(batch, width)
        whole[:, first:first + part.shape[1]] = part
        return whole

    numbers = dict(kind=kind, batch=batch, length=length, targets=targets, terms=terms, logits_width=logits.shape[1],
                   logits_first=before, targets_width=targets + 2, targets_first=1, terms_width=terms + 3, terms_first=1)
    return case(name, numbers, {"logits": logits, "targets": target_rows, "mask": mask},
                {"y": placed(values, terms + 3, 1)}, placed(factors.expand(batch, terms), terms + 3, 1),
                {"logits": placed(gradient, logits.shape[1], before)})


write("loss", [
    loss("softmax cross entropy", 0, 3, 1, 1),
    loss("squared error", 1, 4, 4, 1),
    loss("binary cross entropy", 2, 5, 5, 5),
])
