#!/usr/bin/env python3
"""Writes wider_score.json: photos with boxes and found faces drawn at random, and the average precision and recall of WIDER FACE's three subsets,
taken threshold by threshold as the evaluation of the data set is described (Yang, Luo, Loy, Tang, CVPR 2016)."""
import json
import pathlib
import random


def overlap(a, b):
    wide = min(a[0] + a[2] + 1, b[0] + b[2] + 1) - max(a[0], b[0])
    high = min(a[1] + a[3] + 1, b[1] + b[3] + 1) - max(a[1], b[1])
    shared = max(wide, 0) * max(high, 0)
    return shared / ((a[2] + 1) * (a[3] + 1) + (b[2] + 1) * (b[3] + 1) - shared)


def figures(photos, subset):
    scores = [s for p in photos for s in p['scores']]
    low, high = min(scores), max(scores)
    total = sum(sum(p[subset]) for p in photos)
    recall, precision = [0.0], [0.0]
    for t in range(1, 1001):
        hits = counted = 0
        for p in photos:
            met = set()
            order = sorted(range(len(p['scores'])), key=lambda i: -p['scores'][i])
            for i in order:
                if (p['scores'][i] - low) / (high - low) < 1 - t / 1000 or not p['boxes']:
                    continue
                shared = [overlap(p['found'][i], b) for b in p['boxes']]
                best = shared.index(max(shared))
                if shared[best] < 0.5:
                    counted += 1
                elif p[subset][best]:
                    counted += 1
                    hits += best not in met
                    met.add(best)
        recall.append(hits / total)
        precision.append(hits / counted if counted else 0.0)
    area = sum((recall[t] - recall[t - 1]) * max(precision[t:]) for t in range(1, 1001))
    return {'ap': area, 'recall': recall[-1]}


def main():
    draw = random.Random(5)
    photos = []
    for n in range(6):
        boxes = [[draw.randrange(200), draw.randrange(200), draw.randrange(4, 24), draw.randrange(4, 24)] for _ in range(0 if n == 3 else 7)]
        found = [[b[0] + draw.randrange(-3, 4), b[1] + draw.randrange(-3, 4), b[2] + draw.randrange(-2, 3), b[3] + draw.randrange(-2, 3)]
                 for b in boxes + boxes[:3]]
        found += [[draw.randrange(200), draw.randrange(200), 30, 30] for _ in range(4)]
        rank = [draw.random() for _ in boxes]
        photos.append({'boxes': boxes, 'found': found, 'scores': [round(draw.uniform(-3, 5), 4) for _ in found],
                       'easy': [int(r > 0.7) for r in rank], 'medium': [int(r > 0.4) for r in rank], 'hard': [int(r > 0.1) for r in rank]})
    expected = {name: figures(photos, name) for name in ('easy', 'medium', 'hard')}
    path = pathlib.Path(__file__).with_suffix('.json')
    path.write_text(json.dumps({'photos': photos, 'expected': expected}) + '\n')


if __name__ == '__main__':
    main()
