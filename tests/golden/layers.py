"""Records the layers: python3 layers.py, with torch installed."""
import torch
import torch.nn.functional as F

from record import case, differentiate, draw, last, write


def convolution(name, batch, channels, height, width, out_channels, kernel, stride, pad, bias=True):
    x = draw(batch, channels, height, width).requires_grad_()
    w = draw(out_channels, channels, kernel, kernel).requires_grad_()
    b = draw(out_channels).requires_grad_() if bias else None
    y = F.conv2d(x, w, b, stride, pad)
    dy = draw(*y.shape)
    gradients = differentiate(y, dy, *([x, w, b] if bias else [x, w]))
    inputs = {"x": last(x), "weights": w}
    found = {"x": last(gradients[0]), "weights": gradients[1]}
    if bias:
        inputs["bias"], found["bias"] = b, gradients[2]
    numbers = dict(batch=batch, channels=channels, height=height, width=width, out_channels=out_channels, kernel=kernel,
                   stride=stride, pad=pad)
    return case(name, numbers, inputs, {"y": last(y)}, last(dy), found)


write("convolution", [
    convolution("3x3, stride 1, pad 1", 2, 3, 6, 5, 4, 3, 1, 1),
    convolution("3x3, stride 1, pad 1, no bias", 1, 5, 9, 11, 3, 3, 1, 1, bias=False),
    convolution("7x7, valid", 2, 3, 7, 7, 4, 7, 1, 0),
    convolution("5x5, stride 2, pad 2", 2, 2, 8, 7, 3, 5, 2, 2),
    convolution("1x1", 2, 5, 4, 3, 6, 1, 1, 0),
])


def rectifier():
    x = draw(2, 20).requires_grad_()
    y = F.relu(x)
    dy = draw(2, 20)
    return case("ReLU", dict(batch=2, size=20), {"x": x}, {"y": y}, dy, {"x": differentiate(y, dy, x)[0]})


write("rectifier", [rectifier()])


def parametric_rectifier():
    x, slope = draw(2, 3, 4, 5).requires_grad_(), draw(3).requires_grad_()
    y = F.prelu(x, slope)
    dy = draw(*y.shape)
    dx, dslope = differentiate(y, dy, x, slope)
    return case("PReLU", dict(batch=2, channels=3, pixels=20), {"x": last(x), "slope": slope}, {"y": last(y)}, last(dy),
                {"x": last(dx), "slope": dslope})


write("parametric_rectifier", [parametric_rectifier()])


def pooling(name, maximum, batch, channels, height, width, window, stride, pad):
    x = draw(batch, channels, height, width).requires_grad_()
    if maximum:
        y = F.max_pool2d(x, window, stride, pad)
    else:
        y = F.avg_pool2d(x, window, stride, pad, count_include_pad=False)
    dy = draw(*y.shape)
    numbers = dict(kind=0 if maximum else 1, batch=batch, channels=channels, height=height, width=width,
                   window_height=window[0], window_width=window[1], stride=stride, pad=pad)
    return case(name, numbers, {"x": last(x)}, {"y": last(y)}, last(dy), {"x": last(differentiate(y, dy, x)[0])})


write("pooling", [
    pooling("maximum 2x2", True, 2, 3, 6, 4, (2, 2), 2, 0),
    pooling("maximum 2x2, odd sizes", True, 1, 3, 7, 5, (2, 2), 2, 0),
    pooling("maximum 3x3, stride 2, pad 1", True, 2, 3, 7, 6, (3, 3), 2, 1),
    pooling("average 2x2", False, 2, 3, 6, 4, (2, 2), 2, 0),
    pooling("average 3x3, stride 2, pad 1", False, 2, 3, 7, 6, (3, 3), 2, 1),
    pooling("global average", False, 2, 5, 4, 6, (4, 6), 1, 0),
])


def batch_normalisation(name, training, epsilon, momentum, batch=3, channels=4, height=3, width=2):
    x = draw(batch, channels, height, width).requires_grad_()
    gamma, beta = draw(channels, low=0.5).requires_grad_(), draw(channels).requires_grad_()
    mean, variance = draw(channels), draw(channels, low=0.5)
    inputs = {"x": last(x), "gamma": gamma, "beta": beta, "running_mean": mean.clone(), "running_variance": variance.clone()}
    y = F.batch_norm(x, mean, variance, gamma, beta, training, momentum, epsilon)
    numbers = dict(batch=batch, channels=channels, pixels=height * width, epsilon=epsilon, momentum=momentum, training=int(training))
    if not training:
        return case(name, numbers, inputs, {"y": last(y)})
    dy = draw(*y.shape)
    dx, dgamma, dbeta = differentiate(y, dy, x, gamma, beta)
    return case(name, numbers, inputs, {"y": last(y), "running_mean": mean, "running_variance": variance}, last(dy),
                {"x": last(dx), "gamma": dgamma, "beta": dbeta})


write("batch_normalisation", [
    batch_normalisation("training", True, 1e-5, 0.1),
    batch_normalisation("training, other options", True, 1e-2, 0.25, batch=5, height=1, width=1),
    batch_normalisation("inference", False, 1e-5, 0.1),
])


def dense(name, batch, inputs, outputs, bias=True):
    x, w = draw(batch, inputs).requires_grad_(), draw(outputs, inputs).requires_grad_()
    b = draw(outputs).requires_grad_() if bias else None
    y = F.linear(x, w, b)
    dy = draw(*y.shape)
    gradients = differentiate(y, dy, *([x, w, b] if bias else [x, w]))
    given, found = {"x": x, "weights": w}, {"x": gradients[0], "weights": gradients[1]}
    if bias:
        given["bias"], found["bias"] = b, gradients[2]
    return case(name, dict({"batch": batch, "in": inputs, "out": outputs}), given, {"y": y}, dy, found)


write("dense", [dense("with bias", 3, 7, 5), dense("without bias", 1, 4, 6, bias=False)])


def flatten():
    x = draw(2, 3, 4, 5).requires_grad_()
    y = torch.flatten(x, 1)
    dy = draw(*y.shape)
    return case("flatten", dict(batch=2, channels=3, height=4, width=5), {"x": last(x)}, {"y": y}, dy,
                {"x": last(differentiate(y, dy, x)[0])})


write("flatten", [flatten()])


def random_unit(key, counter):
    """The library's counter-based numbers, written a second time from their definition (SplitMix64's finaliser)."""
    whole = (1 << 64) - 1

    def mix(z):
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & whole
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & whole
        return z ^ (z >> 31)

    golden = 0x9E3779B97F4A7C15
    return (mix((mix((key + golden) & whole) + (counter + 1) * golden) & whole) >> 40) / 2**24


def dropout(rate, key, batch=2, size=30):
    x = draw(batch, size).requires_grad_()
    kept = torch.tensor([float(random_unit(key, i) >= rate) for i in range(batch * size)]).reshape(batch, size)
    y = x * (kept / (1 - rate))  # what torch.nn.functional.dropout does with the mask it draws
    dy = draw(*y.shape)
    return case(f"rate {rate}", dict(batch=batch, size=size, rate=rate, key=key), {"x": x}, {"y": y}, dy,
                {"x": differentiate(y, dy, x)[0]})


write("dropout", [dropout(0.5, 1), dropout(0.3, 12345)])
