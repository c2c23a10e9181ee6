#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the last stage's threshold costs and saves on WIDER FACE's validation part:

    found_at_thresholds.py --wider WIDER --detect build/release/examples/detect [options of detect ...]

Takes every tenth photo of truth.jsonl, and prints at rising thresholds the share of the faces of the easy subset that are found, with an
intersection over union of 0.4 since boxes there are higher than wide, and the alarms a photo that touch no face. Needs Python 3.9 and
nothing else.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile


def iou(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('--wider', required=True, type=pathlib.Path)
    options.add_argument('--detect', required=True)
    o, others = options.parse_known_args()
    truth = [json.loads(line) for line in (o.wider / 'truth.jsonl').read_text().splitlines()][::10]
    with tempfile.TemporaryDirectory() as folder:
        for number, photo in enumerate(truth):
            (pathlib.Path(folder) / f'{number:05}.jpg').symlink_to((o.wider / 'Img' / photo['file']).resolve())
        lines = subprocess.run([o.detect, '--json', *others, folder], check=False, capture_output=True,
                               text=True).stdout.splitlines()
    found = {int(pathlib.Path(photo['photo']).stem): photo['faces'] for photo in map(json.loads, lines)}
    for threshold in (0.6, 0.7, 0.8, 0.9, 0.95, 0.98):
        faces = hits = alarms = 0
        for number, photo in enumerate(truth):
            boxes = [face['box'] for face in found.get(number, []) if face['probability'] >= threshold]
            easy = [box for box, counts in zip(photo['boxes'], photo['easy']) if counts]
            faces += len(easy)
            hits += sum(any(iou(box, other) > 0.4 for other in boxes) for box in easy)
            alarms += sum(all(iou(box, other) < 0.2 for other in photo['boxes']) for box in boxes)
        print(f'{threshold:4}  {hits / faces:.3f} of {faces} easy faces, {alarms / len(truth):.3f} alarms a photo')


if __name__ == '__main__':
    main()
