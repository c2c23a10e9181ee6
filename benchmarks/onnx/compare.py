"""What onnxruntime makes of the shipped net's ONNX files, beside this library: in float and in int8, on windows of photos.

    python3 benchmarks/onnx/compare.py build/release/benchmarks/onnx_windows CelebA 1024

Needs onnx, onnxruntime, safetensors and numpy. Numbers are of the last stage's logits.
"""
import collections
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file


def session_of(path, optimised):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.optimized_model_filepath = str(optimised)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def compare(name, found, expected, attributes):
    off = np.abs(found - expected)
    said = ((found[:, attributes] > 0) == (expected[:, attributes] > 0)).mean()
    print(f"{name:38} mean {off.mean():.2g}, largest {off.max():.2g}; attributes said alike {100 * said:.3f} %")


program, photos, count = sys.argv[1:4]
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    subprocess.run([program, photos, count, str(folder)], check=True)
    given = load_file(folder / "windows.safetensors")
    by_onnxruntime = {}
    for kind in "float", "int8":
        onnx.checker.check_model(str(folder / f"{kind}.onnx"), full_check=True)
        session = session_of(folder / f"{kind}.onnx", folder / "optimised.onnx")
        inputs = {each.name: np.moveaxis(given[each.name], -1, 1).copy() for each in session.get_inputs()}
        last = session.get_inputs()[-1].name
        names = [each.name for each in session.get_outputs() if each.name.startswith(last + ".")]
        parts = session.run(names, inputs)
        attributes = slice(sum(part.shape[1] for part in parts[:-1]), None)
        by_onnxruntime[kind] = np.concatenate(parts, axis=1)
        ops = collections.Counter(node.op_type for node in onnx.load(folder / "optimised.onnx").graph.node)
        print(f"{kind}.onnx: {(folder / f'{kind}.onnx').stat().st_size} bytes; onnxruntime computes", dict(ops))
    assert names[-1].endswith(".attributes")
    print(f"onnxruntime {onnxruntime.__version__}, {len(given['float'])} windows, logits to {np.abs(given['float']).max():.1f}")
    compare("float: onnxruntime and this library", by_onnxruntime["float"], given["float"], attributes)
    compare("int8: onnxruntime and this library", by_onnxruntime["int8"], given["int8"], attributes)
    compare("onnxruntime in int8, library in float", by_onnxruntime["int8"], given["float"], attributes)
    compare("library in int8 and in float", given["int8"], given["float"], attributes)
