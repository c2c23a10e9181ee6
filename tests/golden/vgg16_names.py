"""Weights by torchvision's names: python3 vgg16_names.py, with torch and safetensors installed, writes vgg16_names.safetensors.

"plain." is torchvision's vgg16 and "normalised." its vgg16_bn, each with few channels, as their state_dict() has them: features.0.weight,
features.1.num_batches_tracked and so on, and one layer of the classifier. Beside them stand a photo of 32 x 32 pixels, red, green and blue
from 0 to 255, channels last, and what the features say of it: "plain" of the photo by torchvision's rule, "normalised" by that of VGG-Face in
Caffe.
"""
import pathlib

import torch
from safetensors.torch import save_file

torch.manual_seed(16)
HERE = pathlib.Path(__file__).parent
LAYERS = [2, 2, "pool", 3, 3, "pool", 4, 4, 4, "pool", 5, 5, 5, "pool", 5, 5, 5, "pool"]  # configuration D, with few channels


class VGG16(torch.nn.Module):
    def __init__(self, batch_norm):
        super().__init__()
        layers, before = [], 3
        for channels in LAYERS:
            if channels == "pool":
                layers.append(torch.nn.MaxPool2d(2, 2))
                continue
            layers.append(torch.nn.Conv2d(before, channels, 3, padding=1))
            if batch_norm:
                layers.append(torch.nn.BatchNorm2d(channels))
            layers.append(torch.nn.ReLU(inplace=True))
            before = channels
        self.features = torch.nn.Sequential(*layers)
        self.classifier = torch.nn.Sequential(torch.nn.Linear(before, 4))
        for module in self.features:
            if isinstance(module, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(module.weight)
                torch.nn.init.normal_(module.bias, 0, 0.1)
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = 1.0
                torch.nn.init.normal_(module.weight, 1, 0.2)
                torch.nn.init.normal_(module.bias, 0.2, 0.2)


photo = torch.randint(0, 256, (32, 32, 3)).double()
mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
seen = {
    "plain": (photo / 255 - mean.double()) / deviation.double(),
    "normalised": photo.flip(2) - torch.tensor([93.5940, 104.7624, 129.1863]).double(),
}
tensors = {"photo": photo.float()}
for name, window in seen.items():
    net = VGG16(batch_norm=name == "normalised")
    planes = window.permute(2, 0, 1)[None]
    with torch.no_grad():
        net.train().features(planes.float())  # measures the statistics of batch normalisation, and counts one batch
        tensors |= {f"{name}.{key}": value.clone() for key, value in net.state_dict().items()}
        net.double().eval()
        tensors[name] = net.features(planes).flatten().float()
        swapped = net.features(planes.flip(1)).flatten().float()  # it matters which colour comes first
        assert (swapped - tensors[name]).abs().max() > 0.05 * tensors[name].abs().max()
    print(name, tensors[name], swapped)
save_file(tensors, HERE / "vgg16_names.safetensors")
