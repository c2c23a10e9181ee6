#!/usr/bin/env bash
# train_in_bfloat16.sh TRAIN PHOTO FOLDER: a training in bfloat16, with a round of mining, that goes on in float.
set -u
train=$1 photo=$(realpath "$2") folder=$3
small_celeba=$(cd "$(dirname "$0")" && pwd)/small_celeba.sh
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder" || exit 1
wrong=0
complain() { echo "$1" >&2; wrong=1; }
holds() { grep -qF -- "$2" "$1" || complain "$1 does not hold: $2"; }

"$small_celeba" "$photo" data 'a#.jpg' 0 0 0 0 1 1 || exit 1
"$train" --data data --net slim --out run --batch 4 --threads 1 --epochs 2 --mine 1 --arithmetic bfloat16 > narrow || complain "train failed in bfloat16"
holds narrow 'products in bfloat16'
holds narrow 'round 1 of mining: '
holds narrow 'epoch 2/2'
grep -qa '"arithmetic":"bfloat16"' run/last.safetensors || complain "the checkpoint does not name its arithmetic"
"$train" --data data --net slim --out run --batch 4 --threads 1 --epochs 3 --mine 1 --resume > wide || complain "train does not go on in float"
holds wide 'products in float'
holds wide 'resumed after epoch 2'
holds wide 'epoch 3/3'
"$train" --data data --net slim --out other --arithmetic int4 > refused 2>&1 && complain "an unknown arithmetic is taken"
holds refused 'int4 not in {float,bfloat16}'
exit $wrong
