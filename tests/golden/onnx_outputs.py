"""What onnxruntime and OpenCV make of the ONNX files that the library writes, with onnx, onnxruntime, opencv-python-headless,
safetensors and numpy installed. The test writes the files of its net first:

    MCFA_WRITE_ONNX=tests/golden build/release/tests/io/test_onnx
    python3 tests/golden/onnx_outputs.py

writes onnx_outputs.safetensors: windows and a plane, channels last, and the logits that belong to them by onnxruntime. OpenCV's must be
the same within 1e-5, else nothing is written. Files in int8 are onnxruntime's alone: OpenCV 5.0 reads them and refuses to compute them.
"""
import pathlib

import cv2
import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
draw = np.random.default_rng(2018)


def planes(*shape):
    """Multiples of 1/64, as ONNX has them: channels first."""
    return (draw.integers(-128, 129, shape) / 64).astype(np.float32)


def run(file, inputs, by_opencv=True):
    path = str(HERE / file)
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    found = dict(zip(names, session.run(names, inputs)))
    if not by_opencv:
        return found
    other = cv2.dnn.readNetFromONNX(path)
    for name, values in inputs.items():
        other.setInput(values, name)
    worst = max(float(np.abs(values - found[name]).max()) for name, values in zip(names, other.forward(names)))
    print(f"{file}: largest difference between onnxruntime and OpenCV {worst:.2g}")
    if worst > 1e-5:
        raise SystemExit(1)
    return found


def last(values):
    return np.ascontiguousarray(np.moveaxis(values, 1, -1))


windows = {"small": planes(3, 3, 12, 12), "large": planes(3, 3, 16, 16), "third": planes(3, 3, 8, 8)}
stored = {name: last(values) for name, values in windows.items()}
stored |= run("onnx_cascade.onnx", windows)
plane = planes(1, 3, 29, 38)
stored["plane"] = last(plane)
for name, values in run("onnx_first_stage.onnx", {"small": plane}).items():
    stored[name.replace("small.", "plane.")] = last(values)
for name, values in run("onnx_int8_cascade.onnx", windows, by_opencv=False).items():
    stored["int8." + name] = values
for name, values in run("onnx_int8_first_stage.onnx", {"small": plane}, by_opencv=False).items():
    stored["int8." + name.replace("small.", "plane.")] = last(values)
save_file(stored, HERE / "onnx_outputs.safetensors")
