"""Processes that compute the same work, each stopped except when it is asked."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import numpy

here = pathlib.Path(__file__).parent

# Settings to try for each kind of work; the fastest in a short trial takes part.
FORMS = {
    "torch": {"forward": ["compiled", "channels_last", "mkldnn", "traced", "contiguous"], "train": ["compiled", "channels_last"]},
    "onnxruntime": {"forward": ["all", "extended"], "train": []},
    "openvino": {"forward": ["latency", "throughput"], "train": []},
    "ncnn": {"forward": ["winograd", "gemm"], "train": []},
}


class Contestant:
    """Started, warmed up and stopped by the constructor. Raises RuntimeError, with the end of its log, where it does not get so far."""

    def __init__(self, name, form, command, threads, log, environment=None):
        self.name, self.form, self.log = name, form, log
        self.times = []
        variables = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads), **(environment or {}))
        with open(log, "w") as errors:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                            text=True, env=variables, start_new_session=True)
        self._expect("ready")
        self._stop()

    def ask(self, request):
        """The words of the answer. The process runs only meanwhile, so that no idle thread of it spins."""
        os.killpg(self.process.pid, signal.SIGCONT)
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        words = self._expect("times" if request.startswith("run") else "done")
        self._stop()
        return words

    def run(self, count):
        """Times in ms of one run that finds nothing of its own in the caches, and of `count` further ones."""
        return [float(t) for t in self.ask(f"run {count + 1}")[1:]]

    def outputs(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "outputs")
            self.ask(f"outputs {file}")
            return numpy.fromfile(file, dtype=numpy.float32)

    def peak_mb(self):
        """Most memory that the process has had at once since its start (VmHWM), in units of 10^6 bytes."""
        with open(f"/proc/{self.process.pid}/status") as status:
            kib = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        return kib * 1024 / 1e6

    def end(self):
        if self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGCONT)
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _stop(self):
        os.killpg(self.process.pid, signal.SIGSTOP)

    def _expect(self, first):
        line = self.process.stdout.readline()
        words = line.split()
        if not words or words[0] != first:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            end = pathlib.Path(self.log).read_text().strip().splitlines()[-1:] or ["no message"]
            raise RuntimeError(f"{self.name} ({self.form}): {end[0]}")
        return words


def start(name, form, work, threads, files, program):
    """`work` has kind, width and batch."""
    common = [work.kind, work.width, work.batch, threads, files.weights(work.width), files.inputs(work.batch)]
    log = files.folder / f"log_{name}_{form}.txt"
    if name.startswith("ours"):
        return Contestant(name, form, [program, work.kind + name.removeprefix("ours"), *common[1:]], threads, log)
    exported = files.folder / "none"
    if name in ("onnxruntime", "openvino"):
        exported = files.onnx(work.width, work.batch).with_suffix("")
    elif name == "ncnn":
        exported = files.ncnn(work.width)
    cache = {"TORCHINDUCTOR_CACHE_DIR": str(files.folder / "inductor"), "TORCHINDUCTOR_COMPILE_THREADS": "1"} if name == "torch" else {}
    return Contestant(name, form, [sys.executable, here / f"peer_{name}.py", *common, exported, form], threads, log, cache)
