"""PyTorch. Forward forms: compiled (inductor, frozen weights), channels_last, mkldnn (weights packed once by oneDNN), traced (TorchScript,
frozen, optimised for inference), contiguous. Training forms: compiled, channels_last."""
from worker import Work, serve

import torch
from safetensors.torch import load_file

import net

work = Work.from_arguments()
torch.set_num_threads(work.threads)
torch.set_num_interop_threads(1)
cascade = net.load(work.width, load_file(work.weights))
last = work.form != "contiguous" and work.form != "mkldnn"
if last:
    cascade = cascade.to(memory_format=torch.channels_last)
arrays = load_file(work.inputs)
windows = []
for j in range(3):
    x = arrays[f"windows{j}"].permute(0, 3, 1, 2)  # is channels_last already
    windows.append(x if last else x.contiguous())

if work.kind == "train":
    optimiser = torch.optim.SGD(cascade.parameters(), lr=1e-5, momentum=0.9, fused=True)
    loss_of = lambda x0, x1, x2, targets: net.joint_loss(cascade(x0, x1, x2), targets)
    if work.form == "compiled":
        loss_of = torch.compile(loss_of)

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(*windows, arrays["targets"])
        loss.backward()
        optimiser.step()
        return loss

    def outputs():
        found = []
        for _ in range(2):
            loss = step().item()
            found += [loss, torch.sqrt(sum(p.grad.double().square().sum() for p in cascade.parameters())).item()]
        return found
else:
    cascade.eval().requires_grad_(False)
    if work.form == "compiled":
        import torch._inductor.config
        torch._inductor.config.freezing = True
        cascade = torch.compile(cascade)
    elif work.form == "traced":
        with torch.inference_mode():
            cascade = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(cascade, windows)))
    elif work.form == "mkldnn":
        from torch.utils import mkldnn
        cascade.stages = torch.nn.ModuleList([mkldnn.to_mkldnn(stage) for stage in cascade.stages])
        plain_stages = list(cascade.stages)

        class Dense(torch.nn.Module):  # features go back to plain tensors, where stages are joined
            def __init__(self, stage):
                super().__init__()
                self.stage = stage

            def forward(self, x):
                return self.stage(x.to_mkldnn()).to_dense()

        cascade.stages = torch.nn.ModuleList([Dense(stage) for stage in plain_stages])

    # Freezing asks for no_grad where it compiles; inference_mode is the leaner of the two elsewhere.
    guard = torch.no_grad if work.form == "compiled" else torch.inference_mode

    def step():
        with guard():
            return cascade(*windows)

    def outputs():
        return torch.cat([z.reshape(-1) for z in step()]).numpy()

if work.kind == "forward":
    step()  # training begins with the weights in the file
serve(step, outputs)
