"""OpenVINO, CPU plugin, float32, one stream. Forms: the hints latency and throughput."""
from worker import Work, serve

import numpy
import openvino

work = Work.from_arguments()
core = openvino.Core()
compiled = core.compile_model(core.read_model(work.exported + ".onnx"), "CPU", {
    "PERFORMANCE_HINT": work.form.upper(), "NUM_STREAMS": "1", "INFERENCE_NUM_THREADS": str(work.threads), "INFERENCE_PRECISION_HINT": "f32"})
request = compiled.create_infer_request()
tensors = [openvino.Tensor(x, shared_memory=True) for x in work.windows()]
for j, tensor in enumerate(tensors):
    request.set_input_tensor(j, tensor)


def step():
    request.infer()


def outputs():
    step()
    return numpy.concatenate([request.get_output_tensor(j).data.reshape(-1) for j in range(3)])


step()
serve(step, outputs)
