#!/usr/bin/env bash
# bad_input.sh DETECT BAD_INPUT FOLDER: `detect` on a folder with bad input reports each bad file, goes on with the rest and says so by its status.
set -u
detect=$1 make=$2 folder=$3
"$make" "$folder" || exit 1
wrong=0
complain() { echo "$1" >&2; wrong=1; }

"$detect" --model "$folder/weights.safetensors" --json --threads 1 --out "$folder/drawn" "$folder/photos" "$folder/nothing" "$folder/missing.jpg" \
    > "$folder/lines.jsonl" 2> "$folder/messages"
status=$?
[ $status -eq 1 ] || complain "status $status, expected 1"
[ "$(wc -l < "$folder/lines.jsonl")" -eq 2 ] || complain "expected a line for each of the 2 readable photos"
grep -q '"photo":".*good.png"' "$folder/lines.jsonl" || complain "the good photo is missing"
grep -q '"faces":\[\].*one.png' "$folder/lines.jsonl" || complain "a photo of one pixel has no face"
[ -s "$folder/drawn/good.png.png" ] || complain "the annotated picture is missing"
expect() { grep -q "$1" "$folder/messages" || complain "no message like: $1"; }
expect 'empty.jpg: the file is empty'
expect 'truncated.jpg: '
expect 'huge.jpg: a photo of 20000x20000 has more than the limit of 100000000 pixels'
expect 'text.jpg: text, not a photo'
expect 'nothing: a folder without'
expect 'missing.jpg: no such file'
expect 'one.png: 1x1 pixels'
[ "$(wc -l < "$folder/messages")" -eq 7 ] || complain "expected 7 messages"

"$detect" --model "$folder/weights.safetensors" --json --threads 1 "$folder/photos/good.png" > /dev/null || complain "good input alone must succeed"
"$detect" --model "$folder/photos/good.png" "$folder/photos/good.png" 2> "$folder/messages" && complain "a photo is no weights"
expect 'good.png: '
[ $wrong -eq 0 ] || sed 's/^/said: /' "$folder/messages" >&2
exit $wrong
