"""What the peers' processes share: the requests of compare.py, one a line, and the files they work on.

    run N         -> "times" and N times in milliseconds
    outputs FILE  -> float32 values: logits (stage, window, logit), or loss and gradient norm of two steps; then "done"
"""
import dataclasses
import os
import sys
import time

import numpy

# Libraries print what they like on standard output, so the answers get a channel of their own.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


@dataclasses.dataclass
class Work:
    kind: str  # forward or train
    width: float
    batch: int
    threads: int
    weights: str
    inputs: str
    exported: str  # name of exported nets, without their ending
    form: str  # which of the peer's settings

    @staticmethod
    def from_arguments():
        kind, width, batch, threads, *rest = sys.argv[1:]
        top, _, bottom = width.partition("/")
        return Work(kind, int(top) / int(bottom or 1), int(batch), int(threads), *rest)

    def windows(self):
        """(n, 3, side, side) of the three sides, contiguous."""
        from safetensors.numpy import load_file
        arrays = load_file(self.inputs)
        return [numpy.ascontiguousarray(arrays[f"windows{j}"].transpose(0, 3, 1, 2)) for j in range(3)]


def serve(step, outputs):
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        request, argument = line.split(maxsplit=1)
        if request == "run":
            times = []
            for _ in range(int(argument)):
                start = time.perf_counter()
                step()
                times.append((time.perf_counter() - start) * 1e3)
            print("times", *times, file=answers, flush=True)
        elif request == "outputs":
            numpy.asarray(outputs(), dtype=numpy.float32).tofile(argument.rstrip("\n"))
            print("done", file=answers, flush=True)
        else:
            raise ValueError(f"no request is named {request}")
