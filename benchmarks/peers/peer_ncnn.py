"""ncnn, float32 (half precision off), packed layouts, GEMM convolutions. Forms: winograd, gemm. ncnn computes one window at a time, so a batch
is a loop, in which every window has all threads."""
from worker import Work, serve

import ncnn
import numpy

work = Work.from_arguments()
net = ncnn.Net()
option = net.opt
option.num_threads = work.threads
option.lightmode = True
option.use_vulkan_compute = False
option.use_winograd_convolution = work.form == "winograd"
option.use_sgemm_convolution = True
option.use_packing_layout = True
for half in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage", "use_bf16_packed"):
    if hasattr(option, half):
        setattr(option, half, False)
if net.load_param(work.exported + ".ncnn.param") or net.load_model(work.exported + ".ncnn.bin"):
    raise RuntimeError("ncnn cannot read " + work.exported)
inputs = net.input_names()
arrays = work.windows()  # a Mat refers to the memory of its array until it is cloned
windows = [[ncnn.Mat(x[n]).clone() for x in arrays] for n in range(work.batch)]


def one(mats):
    extractor = net.create_extractor()
    for name, mat in zip(inputs, mats):
        extractor.input(name, mat)
    return [extractor.extract(name)[1] for name in net.output_names()]


def step():
    return [one(mats) for mats in windows]


def outputs():
    found = numpy.array([[numpy.array(z).reshape(-1) for z in row] for row in step()])  # window, stage, logit
    return found.transpose(1, 0, 2).reshape(-1)


step()
serve(step, outputs)
