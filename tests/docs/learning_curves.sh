#!/usr/bin/env bash
# learning_curves.sh <learning_curves.py> <folder of a training>: every figure is drawn, and mistakes are named. Needs matplotlib.
set -u
script=$1 run=$2
python3 -c 'import matplotlib' 2> /dev/null || { echo "matplotlib is not here"; exit 77; }
wrong=0
complain() { echo "$1" >&2; wrong=1; }
rm -f curves.png two.png
python3 "$script" curves.png "$run" > said || complain "one run is not drawn"
[ "$(head -c 4 curves.png | tail -c 3)" = PNG ] || complain "curves.png is no picture"
grep -q "^$run, attributes: effective attributes " said || complain "nothing is said of the weights"
python3 "$script" two.png --figures box.iou,attributes.loss one="$run" --stage small other="$run" > said || complain "two runs are not drawn"
[ -s two.png ] || complain "two.png is missing"
python3 "$script" none.png --figures box.iuo "$run" 2> said && complain "box.iuo is no figure"
grep -q 'no figure box.iuo is logged; there are .*box.iou' said || complain "box.iou is not offered"
python3 "$script" none.png --stage large "$run" 2> said && complain "large is no stage"
grep -q 'no stage large; there are small' said || complain "the stages are not named"
exit $wrong
