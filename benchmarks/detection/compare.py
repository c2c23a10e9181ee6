#!/usr/bin/env python3
"""Compares our detector with others on the same scenes and photos, in one run:

    python3 compare.py --build build/release --model examples/models/slim.safetensors --data LFW [--finder examples/models/finder.safetensors]
        [--peers mtcnn haar yunet scrfd libfacedetection] [--weights FOLDER] [--wider WIDER] [--rounds N]

Needs the packages of requirements.txt for the peers that are named; README.md says where the weights of yunet, scrfd and libfacedetection come from, and into
which FOLDER they go. All are scored by `evaluate_detection` and report what is doubtful too, for the curve. MTCNN, Haar and ours look for faces of
--smallest-face pixels on; behind a finder ours also does of 20 pixels. MTCNN's boxes are close around the face and the data's are squares, so it is also scored
with its boxes turned into such squares. Landmarks are compared on the faces that all find which have any. With --wider, a folder with Img/ and truth.jsonl,
each has WIDER FACE's three average precisions too. Milliseconds are the least of N rounds, which take turns.
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


NAMES = {"mtcnn": "MTCNN (facenet-pytorch)", "haar": "Haar cascade (OpenCV)", "yunet": "YuNet n (onnxruntime)", "scrfd": "SCRFD 500M (ncnn)",
         "libfacedetection": "libfacedetection (Highway)"}
NEEDS = {"mtcnn": "import facenet_pytorch", "haar": "import cv2; cv2.CascadeClassifier", "yunet": "import cv2, onnxruntime", "scrfd": "import cv2, ncnn",
         "libfacedetection": "import cv2, numpy"}


def check_peers(peers):
    """Ends at once, rather than after minutes, where a detector is missing. In a process of its own: what this one imports would count as memory of those it starts."""
    for peer in peers:
        if subprocess.run([sys.executable, "-c", NEEDS[peer]]).returncode != 0:
            sys.exit(f"{peer} is missing; see requirements.txt (OpenCV 5 has no CascadeClassifier any more)")


def least(row, name, value):
    row[name] = min(row.get(name, value), value)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release", help="folder that the presets build into")
    parser.add_argument("--model", required=True)
    parser.add_argument("--finder", help="weights of train_finder: ours is measured behind it too")
    parser.add_argument("--data", required=True)
    parser.add_argument("--other-faces", default=HERE / "lfw_other_faces.txt")
    parser.add_argument("--peers", default=["mtcnn", "haar"], nargs="+", choices=NAMES)
    parser.add_argument("--weights", default=".", type=pathlib.Path, help="folder of the peers' weights")
    parser.add_argument("--wider", type=pathlib.Path)
    parser.add_argument("--scenes", default=120, type=int)
    parser.add_argument("--singles", default=300, type=int)
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--smallest-face", default=40, type=int)
    parser.add_argument("--threads", default=[1, 2], type=int, nargs="+")
    parser.add_argument("--rounds", default=1, type=int)
    parser.add_argument("--json", help="also write the figures to this file")
    o = parser.parse_args()
    check_peers(o.peers)

    program = pathlib.Path(o.build) / "examples/evaluate_detection"
    base = [program, "--data", o.data, "--other-faces", o.other_faces, "--scenes", o.scenes, "--singles", o.singles, "--seed", o.seed]
    peers = [sys.executable, HERE / "peers.py"]
    ours = {f"mcfa {pathlib.Path(o.model).stem}, {o.smallest_face} px": ["--model", o.model, "--smallest-face", o.smallest_face]}
    if o.finder:
        for smallest in sorted({o.smallest_face, 20}, reverse=True):
            ours[f"the same behind {pathlib.Path(o.finder).stem}, {smallest} px"] = ["--model", o.model, "--finder", o.finder, "--smallest-face", smallest]
    rows = {name: {"detector": name} for name in [*ours, *(NAMES[p] for p in o.peers)]}
    details = {}
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        run(*base, "--photos", at / "pictures")

        for _ in range(o.rounds):
            for threads in o.threads:
                for name, options in ours.items():
                    details[name] = at / f"{len(options)}{options[-1]}.details"
                    _, peak = run(*base, *options, "--threads", threads, "--json", at / "ours.json", "--details", details[name])
                    found = json.loads((at / "ours.json").read_text())
                    rows[name] |= {k: found[k] for k in ("ap", "recall", "nme")} | {"peak_mb": peak}
                    least(rows[name], f"ms_{threads}", found["ms_per_photo"])
                for peer in o.peers:
                    text, _ = run(*peers, peer, at / "pictures", at / peer, o.smallest_face, threads, o.weights)
                    said = json.loads(text.strip().splitlines()[-1])
                    rows[NAMES[peer]]["peak_mb"] = said["peak_mb"]
                    least(rows[NAMES[peer]], f"ms_{threads}", said["ms_per_photo"])

        forms = {NAMES[peer]: peer for peer in o.peers}
        if "mtcnn" in o.peers:
            squared(at / "mtcnn", at / "squares")
            rows["squares"] = dict(rows[NAMES["mtcnn"]], detector="MTCNN, boxes as squares")
            forms["squares"] = "squares"
        for name, file in forms.items():
            run(*base, "--found", at / file, "--json", at / "found.json", "--details", at / (file + ".details"))
            found = json.loads((at / "found.json").read_text())
            rows[name] |= {k: found[k] for k in ("ap", "recall", "nme") if found.get(k) is not None}
            if name in NAMES.values() and "nme" in rows[name]:
                details[name] = at / (file + ".details")
        means, count = nme_on_common(list(details.values()))
        for name, mean in zip(details, means):
            rows[name]["nme_common"] = mean

        if o.wider:
            crowds = ["--most-candidates", 1000, "--threads", 1]
            doubtful = ["--finder-threshold", 0.02, "--thresholds", 0.5, "--thresholds", 0.5, "--thresholds", 0.02] # the curve needs them
            for name, options in ours.items():
                run(program, "--wider", o.wider, *options, *crowds, *(doubtful if "--finder" in options else []), "--json", at / "wider.json")
                rows[name] |= {k: json.loads((at / "wider.json").read_text())[k]["ap"] for k in ("easy", "medium", "hard")}
            for peer in o.peers:
                run(*peers, peer, o.wider / "Img", at / "found", o.smallest_face, 1, o.weights)
                run(program, "--wider", o.wider, "--found", at / "found", "--json", at / "wider.json")
                rows[NAMES[peer]] |= {k: json.loads((at / "wider.json").read_text())[k]["ap"] for k in ("easy", "medium", "hard")}

    columns = ["ap", "recall", "nme", "nme_common"] + [f"ms_{t}" for t in o.threads] + ["peak_mb"] + (["easy", "medium", "hard"] if o.wider else [])
    print("| detector | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for row in rows.values():
        cells = ["" if c not in row else f"{row[c]:.1f}" if c[:2] in ("ms", "pe") else f"{row[c]:.4f}" for c in columns]
        print(f"| {row['detector']} | " + " | ".join(cells) + " |")
    print(f"nme_common: landmark error on the {count} faces that all found which have landmarks")
    if o.json:
        pathlib.Path(o.json).write_text(json.dumps(list(rows.values()), indent=2) + "\n")


main()
