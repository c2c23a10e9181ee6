#!/usr/bin/env bash
# evaluate_detection.sh EVALUATE BAD_INPUT FOLDER: figures of untrained weights on a few scenes, and of nothing found.
# Needs the folder of LFW in CelebA's layout in MCFA_DATA, and is skipped (status 77) without it.
set -u
evaluate=$1 make=$2 folder=$3
if [ -z "${MCFA_DATA:-}" ] || [ ! -d "$MCFA_DATA/Img" ]; then
    echo "skipped: set MCFA_DATA to the folder of LFW in CelebA's layout to run this test"
    exit 77
fi
"$make" "$folder" || exit 1
base=("$evaluate" --data "$MCFA_DATA" --scenes 2 --singles 2 --threads 1)
"${base[@]}" --model "$folder/weights.safetensors" --json "$folder/figures.json" --details "$folder/details.jsonl" || exit 1
for name in ap recall mean_accuracy mean_accuracy_given_windows ms_per_photo; do
    grep -q "\"$name\"" "$folder/figures.json" || [ "${name#mean}" != "$name" ] || { echo "no $name" >&2; exit 1; }
done
"${base[@]}" --model "$folder/weights.safetensors" --vary 2 > "$folder/changes.txt" 2>&1 ||
    grep -q 'vary: no face is found' "$folder/changes.txt" || { cat "$folder/changes.txt" >&2; exit 1; }
photo=$(ls "$MCFA_DATA/Img" | head -1)
mkdir -p "$folder/wider" && ln -sfn "$MCFA_DATA/Img" "$folder/wider/Img"
echo "{\"file\": \"$photo\", \"boxes\": [[60, 60, 100, 130]], \"easy\": [1], \"medium\": [1], \"hard\": [1]}" > "$folder/wider/truth.jsonl"
"$evaluate" --wider "$folder/wider" --model "$folder/weights.safetensors" --json "$folder/wider.json" || exit 1
grep -q '"easy"' "$folder/wider.json" || { echo "no figures of WIDER FACE" >&2; exit 1; }
"${base[@]}" --photos "$folder/pictures" || exit 1
for name in scene-0 scene-1 single-; do
    ls "$folder/pictures/$name"*.png > /dev/null || { echo "no picture $name" >&2; exit 1; }
done
for picture in "$folder"/pictures/*.png; do echo "{\"photo\": \"$(basename "$picture" .png)\", \"faces\": []}"; done > "$folder/found.jsonl"
"${base[@]}" --found "$folder/found.jsonl" --json "$folder/found.json" --report "$folder/found.html" || exit 1
faces=$(grep -o '"faces": [0-9]*' "$folder/found.json" | grep -o '[0-9]*')
grep -q ">$faces faces missed<" "$folder/found.html" || { echo "the report does not say that all $faces faces are missed" >&2; exit 1; }
[ "$(grep -o 'data:image/jpeg' "$folder/found.html" | wc -l)" = "$faces" ] || { echo "not a picture for each missed face" >&2; exit 1; }
grep -q '"ap": 0.0' "$folder/found.json" || { echo "nothing found must give ap 0" >&2; exit 1; }
head -2 "$folder/found.jsonl" > "$folder/few.jsonl"
"${base[@]}" --found "$folder/few.jsonl" 2> "$folder/messages" && { echo "pictures that the file leaves out must be refused" >&2; exit 1; }
grep -q 'says nothing of' "$folder/messages"
