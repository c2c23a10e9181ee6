#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a folder in the plain layout, for train, out of WIDER FACE photos with a truth.jsonl:

    wider_folder.py --wider WIDER --out FOLDER

truth.jsonl holds a line of JSON for each photo: file (below Img/), boxes (left, top, width, height), and for each box blur, occlusion
and invalid, as WIDER FACE labels them. The layout knows one face a photo, so each face that is large and clear enough is a row of its
own, its photo a hard link; all others on the photo, the invalid ones too, are in Anno/list_other_faces.txt. A tenth of the photos, by a
hash of their names, is the validation part. Needs Python 3.9 and nothing else.
"""
import argparse
import json
import math
import os
import zlib

# The square that mcfa::data::face_around puts around a face's landmarks has its centre where WIDER FACE's box has it, about; the box is so
# many sides wide and high.
WIDTH, HEIGHT = 0.83, 1.09


def square(box):
    left, top, width, height = box
    side = math.sqrt(max(width, 1) * max(height, 1) / (WIDTH * HEIGHT))
    return left + width / 2 - side / 2, top + height / 2 - side / 2, side, side


def text(name, box):
    return name + ''.join(f' {number:.2f}' for number in square(box))


def write(path, header, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as out:
        out.write('\n'.join([*header, *rows]) + '\n')


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('--wider', required=True, help='folder with Img/ and truth.jsonl')
    options.add_argument('--out', required=True, help='folder to make; it must not be there, and lie on the same disk')
    options.add_argument('--smallest', type=float, default=30, help='side of the smallest face to learn, in pixels')
    o = options.parse_args()
    os.makedirs(o.out)

    attributes, boxes, others, parts = [], [], [], []
    with open(os.path.join(o.wider, 'truth.jsonl')) as lines:
        photos = [json.loads(line) for line in lines]
    for photo in photos:
        part = 1 if zlib.crc32(photo['file'].encode()) % 10 == 0 else 0
        for i, box in enumerate(photo['boxes']):
            clear = not photo['invalid'][i] and photo['blur'][i] < 2 and photo['occlusion'][i] < 2
            if not clear or square(box)[2] < o.smallest:
                continue
            stem, ending = os.path.splitext(photo['file'])
            name = f'{stem}.{i}{ending}'
            link = os.path.join(o.out, 'Img', name)
            os.makedirs(os.path.dirname(link), exist_ok=True)
            os.link(os.path.join(o.wider, 'Img', photo['file']), link)
            attributes.append(f'{name} 0')
            boxes.append(text(name, box))
            others += [text(name, other) for k, other in enumerate(photo['boxes']) if k != i]
            parts.append(f'{name} {part}')

    columns = 'image_id x_1 y_1 width height'
    write(os.path.join(o.out, 'Anno/list_attr.txt'), [str(len(attributes)), 'Male'], attributes)
    write(os.path.join(o.out, 'Anno/list_bbox.txt'), [str(len(boxes)), columns], boxes)
    write(os.path.join(o.out, 'Anno/list_other_faces.txt'), [str(len(others)), columns], others)
    write(os.path.join(o.out, 'Anno/source.txt'), [], ['faces all'])
    write(os.path.join(o.out, 'Eval/list_eval_partition.txt'), [], parts)
    print(f'{len(attributes)} faces of {len(photos)} photos, {len(others)} boxes of others beside them')


if __name__ == '__main__':
    main()
