#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the faces that a detector finds where there are none:

    no_face.py --photos FOLDER --detect build/release/examples/detect [options of detect ...]

FOLDER is github.com/EliSchwartz/imagenet-sample-images, one photo of each of ImageNet's classes. Its first 400 by name are animals, of which
378 show no person. Prints the alarms at rising thresholds of the last stage, and names the photos of those at 0.95. Needs Python 3.9 and
nothing else.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

# Photos among the first 400 on which a person is seen, or a part of one.
WITH_PEOPLE = """
n01494475_hammerhead n02066245_grey_whale n02087046_toy_terrier n02088094_Afghan_hound n02088466_bloodhound n02093859_Kerry_blue_terrier
n02097298_Scotch_terrier n02098286_West_Highland_white_terrier n02098413_Lhasa n02102040_English_springer n02105641_Old_English_sheepdog
n02107908_Appenzeller n02108422_bull_mastiff n02111129_Leonberg n02111500_Great_Pyrenees n02113712_miniature_poodle n02398521_hippopotamus
n02514041_barracouta n02536864_coho n02640242_sturgeon n02641379_gar n02667093_abaya""".split()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('--photos', required=True, type=pathlib.Path)
    options.add_argument('--detect', required=True)
    o, others = options.parse_known_args()
    photos = [p for p in sorted(o.photos.glob('*.JPEG'))[:400] if p.stem not in WITH_PEOPLE]
    if len(photos) != 378:
        sys.exit(f'no_face.py: {o.photos} has {len(photos)} of the 378 photos')
    with tempfile.TemporaryDirectory() as folder:
        for photo in photos:
            (pathlib.Path(folder) / photo.name).symlink_to(photo.resolve())
        lines = subprocess.run([o.detect, '--json', *others, folder], check=True, capture_output=True, text=True).stdout.splitlines()
    found = [(face['probability'], pathlib.Path(photo['photo']).stem) for photo in map(json.loads, lines) for face in photo['faces']]
    for threshold in (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98):
        alarms = sum(probability >= threshold for probability, _ in found)
        print(f'{threshold:4}  {alarms:3} alarms on {len(photos)} photos' + (f', 1 in {len(photos) / alarms:.0f}' if alarms else ''))
    for probability, name in sorted(found, reverse=True):
        if probability >= 0.95:
            print(f'{probability:.3f}  {name}')


if __name__ == '__main__':
    main()
