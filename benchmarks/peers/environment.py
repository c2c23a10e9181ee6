"""The virtual environment with the peers, and the files that are exported for them. Imports nothing but Python's own library."""
import os
import pathlib
import subprocess
import sys
import venv

here = pathlib.Path(__file__).parent


def enter(folder, requirements="requirements.txt"):
    """Makes the environment where it is missing, and goes on inside it."""
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"installing the peers into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", here / requirements], check=True)
    if pathlib.Path(sys.prefix).resolve() != folder.resolve():
        os.execv(python, [python, *sys.argv])


class Files:
    """Weights, windows and nets on the disk, made when they are first asked for."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def weights(self, width):
        return self._made(f"weights_{_word(width)}.safetensors", "weights", None, width)

    def inputs(self, batch):
        return self._made(f"inputs_b{batch}.safetensors", "inputs", None, str(batch))

    def onnx(self, width, batch):
        return self._made(f"net_{_word(width)}_b{batch}.onnx", "onnx", self.weights(width), width, str(batch))

    def ncnn(self, width):
        name = self.folder / f"net_{_word(width)}"
        if not (self.folder / (name.name + ".ncnn.bin")).exists():
            self._run("ncnn", self.weights(width), width, str(name))
        return name

    def truth(self, width, batch):
        """Logits in double of the first windows (two where there are so many), (stage, window, logit)."""
        import numpy
        count = min(batch, 2)
        file = self.folder / f"truth_{_word(width)}_b{batch}.bin"
        if not file.exists():
            self._run("truth", self.weights(width), self.inputs(batch), width, str(count), str(file))
        return numpy.fromfile(file, dtype=numpy.float64).reshape(3, count, -1)

    def _made(self, name, what, source, *arguments):
        file = self.folder / name
        if not file.exists():
            if what in ("weights", "inputs"):
                self._run(what, str(file), *arguments)
            else:
                self._run(what, source, *arguments, str(file))
        return file

    def _run(self, *arguments):
        print("exporting:", *arguments, file=sys.stderr)
        with open(self.folder / "export.log", "a") as log:
            subprocess.run([sys.executable, str(here / "export.py"), *map(str, arguments)], check=True, stdout=log, stderr=log)


def _word(width):
    return "w" + width.replace("/", "_")
