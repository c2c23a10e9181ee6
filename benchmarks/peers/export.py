"""export.py weights FILE WIDTH | inputs FILE BATCH | onnx WEIGHTS WIDTH BATCH FILE | ncnn WEIGHTS WIDTH FILE | truth WEIGHTS INPUTS WIDTH COUNT FILE

Writes the net for the peers; `truth` its logits in double for the first COUNT windows, as float64 (stage, window, logit)."""
import os
import sys

import torch
from safetensors.torch import load_file, save_file

import net


def fraction(text):
    top, _, bottom = text.partition("/")
    return int(top) / int(bottom or 1)


def windows(batch):
    return tuple(torch.zeros(batch, 3, side, side) for side in net.SIDES)


what, *arguments = sys.argv[1:]
if what == "weights":
    file, width = arguments
    save_file(net.draw_weights(fraction(width)), file)
elif what == "inputs":
    file, batch = arguments
    save_file(net.draw_inputs(int(batch)), file)
elif what == "onnx":
    weights, width, batch, file = arguments
    cascade = net.load(fraction(width), load_file(weights)).eval()
    torch.onnx.export(cascade, windows(int(batch)), file, input_names=["x0", "x1", "x2"], output_names=["z0", "z1", "z2"], dynamo=True,
                      external_data=False)
elif what == "ncnn":
    import pnnx
    weights, width, name = arguments
    cascade = net.load(fraction(width), load_file(weights)).eval()
    os.chdir(os.path.dirname(name))
    pnnx.export(cascade, os.path.basename(name) + ".pt", windows(1), fp16=False)
    os.remove(name + ".pt")
elif what == "truth":
    weights, inputs, width, count, file = arguments
    cascade = net.load(fraction(width), load_file(weights)).double().eval()
    arrays = load_file(inputs)
    with torch.inference_mode():
        z = cascade(*[arrays[f"windows{j}"][:int(count)].double().permute(0, 3, 1, 2) for j in range(3)])
    torch.stack(z).numpy().tofile(file)
else:
    sys.exit(__doc__)
