#!/usr/bin/env bash
# train_finder.sh <train_finder> <detect> <photos> <weights> <folder>: a training of one epoch on two photos writes weights that detect takes, goes on from
# them, and names the line of a list that is wrong.
set -euo pipefail
train=$1 detect=$2 photos=$3 weights=$4 folder=$5
rm -rf "$folder"
mkdir -p "$folder/faces/Img" "$folder/wrong/Img"
cp "$photos"/*.jpg "$folder/faces/Img"
cat > "$folder/faces/truth.jsonl" <<'LIST'
{"file": "astronaut.jpg", "boxes": [[180, 57, 92, 120], [0, 0, 30, 30]], "invalid": [0, 1]}
{"file": "grace_hopper.jpg", "boxes": [[168, 96, 195, 256]]}
LIST
cd "$folder"
"$train" --data faces --out finder.safetensors --epochs 1 --batch 2 --threads 1 > log
grep -q "^2 photos, 2 faces; 330082 parameters" log
grep -q "^epoch 1: face [0-9.]*, box [0-9.]*;" log
"$train" --data faces --init finder.safetensors --out more.safetensors --epochs 1 --batch 2 --threads 1 > log
grep -q "^epoch 1" log
"$detect" --model "$weights" --finder more.safetensors --verbose "$photos/astronaut.jpg" > log 2>&1
grep -q "windows proposed by more.safetensors" log
echo '{"file": "astronaut.jpg"}' > wrong/truth.jsonl
if "$train" --data wrong --out none.safetensors 2> error; then exit 1; fi
grep -q "truth.jsonl:1: boxes is missing" error
[[ ! -e none.safetensors ]]
if "$detect" --finder "$weights" "$photos/astronaut.jpg" 2> error; then exit 1; fi # the weights of another net
grep -q "$weights" error
