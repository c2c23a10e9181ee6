#!/usr/bin/env bash
# train.sh TRAIN DETECT SMALL_CELEBA PHOTO WEIGHTS FINDER_WEIGHTS FOLDER: a training of one epoch on copies of a photo goes on from weights, keeps frozen stages,
# and refuses what does not fit.
set -eu
train=$1 detect=$2 small=$3 photo=$(realpath "$4") weights=$(realpath "$5") other=$(realpath "$6") folder=$7
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
bash "$small" "$photo" faces 'face#.jpg' 0 0 1
mine=(--data faces --net slim --epochs 1 --batch 2 --threads 1)

# At so small a rate the weights stay those of --init, which find the face; drawn ones would not.
"$train" "${mine[@]}" --init "$weights" --frozen slim_s --frozen slim_m --rate 1e-7 --corrupt 0.1 --out more > log
"$detect" --model more/best.safetensors --thresholds 0.5 --thresholds 0.5 --thresholds 0.9 --json "$photo" > found
grep -q '"landmarks"' found || { echo "what was trained on from --init finds no face"; exit 1; }

refuses() { # message, then options
    local expected=$1
    shift
    if "$train" "${mine[@]}" --out refused "$@" > log 2> error; then echo "not refused: $*"; exit 1; fi
    grep -qF -- "$expected" error || { echo "no message like: $expected"; cat error; exit 1; }
}
refuses 'corrupt: 2 are given for 1 folders; give one for each, or one for all' --corrupt 0.1 --corrupt 0
refuses "frozen: 'slim_x' names" --frozen slim_x
refuses "scale: 'attributes' is not a task and a factor" --scale attributes
refuses 'scale' --scale hats=2
refuses "$other" --init "$other"
refuses 'nowhere.safetensors' --init nowhere.safetensors
[ ! -e refused/best.safetensors ] || { echo 'a refused training wrote weights'; exit 1; }
