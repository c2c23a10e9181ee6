#!/usr/bin/env bash
# evaluate.sh EVALUATE STORE PREDICT BAD_INPUT FOLDER: figures, thresholds and report of untrained weights on six photos of three persons.
set -u
evaluate=$1 store=$2 predict=$3 make=$4 folder=$5
"$make" "$folder" || exit 1
cd "$folder" || exit 1
wrong=0
complain() { echo "$1" >&2; wrong=1; }
holds() { grep -qF -- "$2" "$1" || complain "$1 does not hold: $2"; }

mkdir -p data/Img data/Anno data/Eval
names=$(printf '%s ' 5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair Blond_Hair Blurry \
    Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup High_Cheekbones Male Mouth_Slightly_Open Mustache \
    Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose Receding_Hairline Rosy_Cheeks Sideburns Smiling Straight_Hair Wavy_Hair \
    Wearing_Earrings Wearing_Hat Wearing_Lipstick Wearing_Necklace Wearing_Necktie Young)
printf '6\n%s\n' "$names" > data/Anno/list_attr.txt
printf '6\nimage_id x_1 y_1 width height\n' > data/Anno/list_bbox.txt
for i in 1 2 3 4 5 6; do
    cp photos/good.png "data/Img/a<$i>&.png"
    # The first attribute is known and never there, the second unknown, the others change from photo to photo.
    echo "a<$i>&.png -1 0 $(for k in $(seq 38); do [ $(((i + k) % 3)) -eq 0 ] && printf ' 1' || printf ' -1'; done)" >> data/Anno/list_attr.txt
    echo "a<$i>&.png 25 15 30 30" >> data/Anno/list_bbox.txt
    echo "a<$i>&.png $((i / 2))" >> data/Anno/identity.txt
    echo "a<$i>&.png $((i <= 2 ? 1 : 2))" >> data/Eval/list_eval_partition.txt
done

"$evaluate" --model weights.safetensors --data data --threads 1 --replicates 50 --choose-thresholds balanced_accuracy \
    --write-thresholds thresholds.txt --json figures.json --report page.html > table || complain "evaluate failed"
holds table 'bootstrap over 3 persons'
holds table 'thresholds: chosen on the validation part by balanced_accuracy'
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
