#!/usr/bin/env python3
"""Reads the JSON lines of ours.cpp and pytorch.py and prints one row a work: ours, PyTorch's fastest variant, their ratio, the share of the GEMM
ceiling, memory. Ends with one JSON line.
    table.py <file of lines>... [--note key=value]...
"""
import argparse
import json
import pathlib

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("files", nargs="+", type=pathlib.Path)
parser.add_argument("--note", action="append", default=[])
options = parser.parse_args()

lines = []
for path in options.files:
    for line in path.read_text().splitlines():
        if line.startswith("{"):
            lines.append(json.loads(line))

ceiling = {l["precision"]: l["tflops"] for l in lines if l["who"] == "ceiling"}
rows = {}
for l in lines:
    if "failed" in l or l["who"] == "ceiling":
        continue
    best = rows.setdefault((l["what"], l["precision"], l["batch"]), {})
    if l["who"] not in best or l["ms"] < best[l["who"]]["ms"]:
        best[l["who"]] = l

print(f"{'work':14} {'precision':9} {'batch':>5} {'ours ms':>10} {'PyTorch ms':>11} {'variant':9} {'ratio':>6} {'of ceiling':>10} {'ours MB':>8} {'PyTorch MB':>10}")
for (what, precision, batch), best in rows.items():
    ours, theirs = best.get("mcfa"), best.get("PyTorch")
    number = lambda l, key, form: format(l[key], form) if l else "-"
    ratio = f"{theirs['ms'] / ours['ms']:.2f}" if ours and theirs else "-"
    share = f"{100 * ours['tflops'] / ceiling[precision]:.0f} %" if ours and precision in ceiling else "-"
    print(f"{what:14} {precision:9} {batch:5} {number(ours, 'ms', '.3f'):>10} {number(theirs, 'ms', '.3f'):>11} "
          f"{theirs['variant'] if theirs else '-':9} {ratio:>6} {share:>10} {number(ours, 'mb', '.0f'):>8} {number(theirs, 'mb', '.0f'):>10}")
for l in lines:
    if "failed" in l:
        print(f"left out: {l['failed']}: {l['why']}")
print(json.dumps({"notes": dict(note.split("=", 1) for note in options.note), "ceiling_tflops": ceiling,
                  "rows": [{"what": k[0], "precision": k[1], "batch": k[2], **{who: l["ms"] for who, l in v.items()}} for k, v in rows.items()]}))
