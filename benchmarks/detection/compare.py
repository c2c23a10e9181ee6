#!/usr/bin/env python3
"""Compares our detector with MTCNN of facenet-pytorch and OpenCV's Haar cascade on the same scenes and photos, in one run:

    python3 compare.py --build build/release --model examples/models/slim.safetensors --data LFW

Needs the packages of requirements.txt, and facenet-pytorch installed with `pip install --no-deps facenet-pytorch`, since it asks for a torch of long ago; the weights
of both come with the packages. All are scored by `evaluate_detection`, look for faces
from the same size on and, for the curve, report what is doubtful too. MTCNN's boxes are close around the face and the data's are squares, so it is also scored
with its boxes turned into such squares. Its landmarks and ours are compared on the faces that both find.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent


def run(*command):
    """Output of a command, and the peak memory of its process in MB."""
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("failed: " + " ".join(map(str, command)))
    return text, usage.ru_maxrss / 1024


def squared(source, target):
    """MTCNN's boxes as squares around the same centre, 0.945 times as long as their longer side, as benchmarks/detection/other_faces.py has them."""
    with open(source) as lines, open(target, "w") as out:
        for line in lines:
            row = json.loads(line)
            for face in row["faces"]:
                left, top, width, height = face["box"]
                longer = max(width, height)
                side = 0.945 * longer
                face["box"] = [left + width / 2 - side / 2, top + height / 2 - 0.02 * longer - side / 2, side, side]
            out.write(json.dumps(row) + "\n")


def nme_on_common(details):
    """Mean landmark error of each on the faces that all found."""
    tables = [{(row["photo"], row["face"]): row["nme"] for row in map(json.loads, open(d)) if "nme" in row} for d in details]
    common = set.intersection(*(set(t) for t in tables))
    return [sum(t[k] for k in common) / len(common) for t in tables], len(common)


def check_peers():
    """Ends at once, rather than after minutes, where a detector is missing. In a process of its own: what this one imports would count as memory of those it starts."""
    if subprocess.run([sys.executable, "-c", "import facenet_pytorch, cv2; cv2.CascadeClassifier"]).returncode != 0:
        sys.exit("a detector to compare with is missing; see requirements.txt (OpenCV 5 has no CascadeClassifier any more)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release", help="folder that the presets build into")
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--other-faces", default=HERE / "lfw_other_faces.txt")
    parser.add_argument("--scenes", default=120, type=int)
    parser.add_argument("--singles", default=300, type=int)
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--smallest-face", default=40, type=int)
    parser.add_argument("--threads", default=[1, 2], type=int, nargs="+")
    parser.add_argument("--json", help="also write the figures to this file")
    o = parser.parse_args()
    check_peers()

    program = pathlib.Path(o.build) / "examples/evaluate_detection"
    base = [program, "--data", o.data, "--other-faces", o.other_faces, "--scenes", o.scenes, "--singles", o.singles, "--seed", o.seed]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        run(*base, "--photos", at / "pictures")

        ours = {"detector": "mcfa " + pathlib.Path(o.model).stem}
        for threads in o.threads:
            _, peak = run(*base, "--model", o.model, "--smallest-face", o.smallest_face, "--threads", threads, "--json", at / "ours.json", "--details",
                          at / "ours.details")
            found = json.loads((at / "ours.json").read_text())
            ours |= {k: found[k] for k in ("ap", "recall", "nme")} | {f"ms_{threads}": found["ms_per_photo"], "peak_mb": peak}
        rows.append(ours)

        for which in ("mtcnn", "haar"):
            row = {"detector": {"mtcnn": "MTCNN (facenet-pytorch)", "haar": "Haar cascade (OpenCV)"}[which]}
            for threads in o.threads:
                text, _ = run(sys.executable, HERE / "peers.py", which, at / "pictures", at / which, o.smallest_face, threads)
                said = json.loads(text.strip().splitlines()[-1])
                row |= {f"ms_{threads}": said["ms_per_photo"], "peak_mb": said["peak_mb"]}
            forms = [(row, which)]
            if which == "mtcnn":
                squared(at / which, at / "squares")
                forms.append((dict(row, detector="the same, boxes as squares"), "squares"))
            for form, name in forms:
                run(*base, "--found", at / name, "--json", at / "found.json", "--details", at / (name + ".details"))
                found = json.loads((at / "found.json").read_text())
                form |= {k: found[k] for k in ("ap", "recall", "nme") if k in found}
                rows.append(form)
        (rows[0]["nme_common"], rows[1]["nme_common"]), count = nme_on_common([at / "ours.details", at / "mtcnn.details"])

    columns = ["ap", "recall", "nme", "nme_common"] + [f"ms_{t}" for t in o.threads] + ["peak_mb"]
    print("| detector | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for row in rows:
        cells = ["" if c not in row else f"{row[c]:.1f}" if c[:2] in ("ms", "pe") else f"{row[c]:.4f}" for c in columns]
        print(f"| {row['detector']} | " + " | ".join(cells) + " |")
    print(f"nme_common: landmark error on the {count} faces that ours and MTCNN found")
    if o.json:
        pathlib.Path(o.json).write_text(json.dumps(rows, indent=2) + "\n")


main()
