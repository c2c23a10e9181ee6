"""ONNX Runtime, CPU provider. Forms: all (every graph optimisation, with NCHWc convolutions where they are made for this CPU), extended (all
but the change of layout)."""
from worker import Work, serve

import numpy
import onnxruntime

work = Work.from_arguments()
options = onnxruntime.SessionOptions()
levels = onnxruntime.GraphOptimizationLevel
options.graph_optimization_level = levels.ORT_ENABLE_ALL if work.form == "all" else levels.ORT_ENABLE_EXTENDED
options.intra_op_num_threads = work.threads
options.inter_op_num_threads = 1
options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
session = onnxruntime.InferenceSession(work.exported + ".onnx", options, providers=["CPUExecutionProvider"])
feed = dict(zip((i.name for i in session.get_inputs()), work.windows()))


def step():
    return session.run(None, feed)


def outputs():
    return numpy.concatenate([z.reshape(-1) for z in step()])


step()
serve(step, outputs)
