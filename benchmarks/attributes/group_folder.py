#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a folder of one group of another folder's test photos, so that `evaluate` gives the figures of that group:

    group_folder.py --data MTFL --out FOLDER Male=1            # men; Male=-1: women
    group_folder.py --data MTFL --out FOLDER pose=1,5          # by Anno/pose.txt: 1 left profile, 2 left, 3 frontal, 4 right, 5 right profile

Lists are copied line by line for the photos that fulfil every condition; Img is a link. Needs Python 3.9 and nothing else.
"""
import argparse
import pathlib
import sys


def rows(path, header):
    """The header lines and the photos' lines by their names."""
    lines = path.read_text().splitlines()
    return lines[:header], {line.split()[0]: line for line in lines[header:] if line.strip()}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('--data', required=True, type=pathlib.Path)
    options.add_argument('--out', required=True, type=pathlib.Path)
    options.add_argument('condition', nargs='+')
    o = options.parse_args()
    _, parts = rows(o.data / 'Eval/list_eval_partition.txt', 0)
    kept = {name for name, line in parts.items() if line.split()[1] == '2'}
    header, labels = rows(o.data / 'Anno/list_attr.txt', 2)
    names = header[1].split()
    for condition in o.condition:
        name, _, wanted = condition.partition('=')
        if name == 'pose':
            _, values = rows(o.data / 'Anno/pose.txt', 0)
            column = 1
        elif name in names:
            values, column = labels, 1 + names.index(name)
        else:
            sys.exit(f'group_folder.py: {name}: neither pose nor an attribute of {o.data}')
        kept = {photo for photo in kept if values[photo].split()[column] in wanted.split(',')}
    if not kept:
        sys.exit(f'group_folder.py: no test photo of {o.data} is {" ".join(o.condition)}')
    for folder in ('Anno', 'Eval'):
        (o.out / folder).mkdir(parents=True)
    (o.out / 'Img').symlink_to((o.data / 'Img').resolve())
    for path, lines in (('Anno/list_attr.txt', 2), ('Anno/list_bbox.txt', 2), ('Anno/list_landmarks.txt', 2), ('Anno/identity.txt', 0),
                        ('Eval/list_eval_partition.txt', 0)):
        if not (o.data / path).exists():
            continue
        header, all_rows = rows(o.data / path, lines)
        chosen = [line for name, line in all_rows.items() if name in kept]
        if header:
            header[0] = str(len(chosen))
        (o.out / path).write_text('\n'.join([*header, *chosen]) + '\n')
    if (o.data / 'Anno/source.txt').exists():
        (o.out / 'Anno/source.txt').write_text((o.data / 'Anno/source.txt').read_text())
    print(f'{len(kept)} photos')


if __name__ == '__main__':
    main()
