#!/usr/bin/env bash
# evaluate.sh EVALUATE STORE PREDICT BAD_INPUT FOLDER: figures, thresholds and report of untrained weights on six photos of three persons.
set -u
evaluate=$1 store=$2 predict=$3 make=$4 folder=$5
small_celeba=$(cd "$(dirname "$0")" && pwd)/small_celeba.sh
"$make" "$folder" || exit 1
cd "$folder" || exit 1
wrong=0
complain() { echo "$1" >&2; wrong=1; }
holds() { grep -qF -- "$2" "$1" || complain "$1 does not hold: $2"; }

"$small_celeba" photos/good.png data 'a<#>&.png' 1 1 2 2 2 2 || exit 1

"$evaluate" --model weights.safetensors --data data --threads 1 --replicates 50 --choose-thresholds balanced_accuracy \
    --write-thresholds thresholds.txt --json figures.json --report page.html > table || complain "evaluate failed"
holds table 'bootstrap over 3 persons'
holds table 'thresholds: chosen on the validation part by balanced_accuracy'
[ "$(sed -n '/^thresholds: /,/^$/p' table | grep -cE '^[0-9A-Z][A-Za-z_0-9]* (0|1|0\.[0-9]+)$')" -eq 40 ] || complain "40 thresholds are printed"
[ "$(grep -c '^Arched_Eyebrows *- *- *- *- *- *- *- *- *-$' table)" -eq 1 ] || complain "an attribute without a label has figures"
tr -d ' \n' < figures.json > flat
grep -q '"f1":null[^{]*{[^}]*}[^}]*"name":"5_o_Clock_Shadow"' flat || complain "F1 without a positive face is not null"
holds flat '"persons":3'
holds flat '"thresholds_by":"balanced_accuracy"'
[ "$(wc -l < thresholds.txt)" -eq 40 ] || complain "expected 40 thresholds"
holds thresholds.txt 'Arched_Eyebrows 0.5'

# The page needs nothing else, and no name is markup.
holds page.html '<svg'
holds page.html 'data:image/jpeg;base64,/9j/'
holds page.html '&lt;3&gt;&amp;.png'
grep -qE '<3>|https?://[^w]|<script|<link' page.html && complain "the page refers to something, or a name is markup"

# Thresholds go into the weights, and decide what is said.
sed -i 's/^Smiling .*/Smiling 0/; s/^Male .*/Male 1/' thresholds.txt
"$store" --model weights.safetensors --out with.safetensors --attribute-thresholds thresholds.txt > /dev/null || complain "store failed"
"$predict" --model with.safetensors --threads 1 --json photos/good.png > said || complain "predict failed"
grep -q '"said":\[[^]]*"Smiling"' said || complain "Smiling is above its threshold and not said"
grep -q '"said":\[[^]]*"Male"' said && complain "Male is not above its threshold and said"
"$evaluate" --model with.safetensors --data data --threads 1 --replicates 0 > table || complain "evaluate failed on weights with thresholds"
holds table 'thresholds: of the weights'

# Mistakes are named.
sed -i '$d' thresholds.txt
"$store" --model weights.safetensors --out other.safetensors --attribute-thresholds thresholds.txt 2> messages && complain "39 thresholds are too few"
holds messages 'thresholds.txt:39: the file ends without Young'
echo 'Beauty 0.5' >> thresholds.txt
"$store" --model weights.safetensors --out other.safetensors --attribute-thresholds thresholds.txt 2> messages && complain "Beauty is no attribute"
holds messages "thresholds.txt:40: 'Beauty' is no attribute of the net"
"$evaluate" --model weights.safetensors --data data --write-thresholds t.txt 2> messages && complain "nothing is chosen"
holds messages 'write-thresholds: nothing is chosen'
exit $wrong
