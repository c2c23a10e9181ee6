"""Holds VGG-16 as torchvision has it to the program of docs/use.md, with torch, torchvision, safetensors, numpy and pillow installed:

    python3 tests/golden/vgg16_whole.py PROGRAM PHOTO [WEIGHTS]

Writes 550 MB of weights by torchvision's names into a temporary folder, drawn where no state_dict() is given as WEIGHTS (a file of torch.save),
and the middle 224 x 224 pixels of a photo; PROGRAM, build/release/tests/docs/use_torchvision, says its features. Ends with status 1 where they are
further than a 10,000th of the largest one from those that torch computes.
"""
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
import torchvision
from PIL import Image
from safetensors.torch import save_file

program, photo, *weights = sys.argv[1:]
torch.manual_seed(16)
model = torchvision.models.vgg16(weights=None).eval()
if weights:
    model.load_state_dict(torch.load(weights[0]))
else:
    for module in model.features:
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.normal_(module.bias, 0, 0.1)
picture = Image.open(photo).convert("RGB")
left, top = (picture.width - 224) // 2, (picture.height - 224) // 2
picture = picture.crop((left, top, left + 224, top + 224))
pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].double() / 255
mean, deviation = torch.tensor([0.485, 0.456, 0.406]).double(), torch.tensor([0.229, 0.224, 0.225]).double()
pixels = (pixels - mean[:, None, None]) / deviation[:, None, None]

with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    save_file(model.state_dict(), folder / "vgg16.safetensors")
    picture.save(folder / "photo.png")
    begun = time.perf_counter()
    subprocess.run([program, folder / "vgg16.safetensors", folder / "photo.png", folder / "features"], check=True)
    print(f"{(folder / 'vgg16.safetensors').stat().st_size} bytes read and one photo judged in {time.perf_counter() - begun:.1f} s")
    found = torch.from_numpy(np.fromfile(folder / "features", np.float32)).double()
with torch.no_grad():
    exact, swapped = model.double().features(pixels).flatten(), model.features(pixels.flip(1)).flatten()
    floats = model.float().features(pixels.float()).flatten().double()
largest = exact.abs().max()


def off(features):
    return float((features - exact).abs().max() / largest)


print(f"{found.numel()} features, the largest {largest:.4g}; furthest from torch in double, over the largest one: {off(found):.2g},")
print(f"torch's own in float {off(floats):.2g}, with blue first {off(swapped):.2g}")
sys.exit(off(found) > 1e-4)
