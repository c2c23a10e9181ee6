"""Records convolutions with groups and dilation: python3 grouped_convolution.py, with torch installed."""
import torch.nn.functional as F

from record import case, differentiate, draw, last, write


def convolution(name, x, w, bias, **options):
    x.requires_grad_(), w.requires_grad_()
    b = draw(w.shape[0]).requires_grad_() if bias else None
    y = F.conv2d(x, w, b, **options)
    dy = draw(*y.shape)
    gradients = differentiate(y, dy, *([x, w, b] if bias else [x, w]))
    inputs, found = {"x": last(x), "weights": w}, {"x": last(gradients[0]), "weights": gradients[1]}
    if bias:
        inputs["bias"], found["bias"] = b, gradients[2]
    return case(name, {}, inputs, {"y": last(y)}, last(dy), found)


write("grouped_convolution", [
    convolution("two groups", draw(2, 4, 6, 5), draw(6, 2, 3, 3), True, padding=1, groups=2),
    convolution("dilation 2", draw(2, 2, 7, 6), draw(3, 2, 3, 3), False, padding=2, dilation=2),
    convolution("two groups, dilation 3, stride 2", draw(2, 6, 9, 8), draw(4, 3, 3, 3), True, padding=3, stride=2, groups=2, dilation=3),
])
