#!/usr/bin/env bash
# ablation.sh ABLATION BAD_INPUT FOLDER: two rules on nine photos, an interruption, and going on.
set -u
ablation=$1 make=$2 folder=$3
rm -rf "$folder"
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
printf '9\n%s\n' "$names" > data/Anno/list_attr.txt
printf '9\nimage_id x_1 y_1 width height\n' > data/Anno/list_bbox.txt
for i in 1 2 3 4 5 6 7 8 9; do
    cp photos/good.png "data/Img/$i.png"
    echo "$i.png -1 0 $(for k in $(seq 38); do [ $(((i + k) % 3)) -eq 0 ] && printf ' 1' || printf ' -1'; done)" >> data/Anno/list_attr.txt
    echo "$i.png 25 15 30 30" >> data/Anno/list_bbox.txt
    echo "$i.png $((i / 2))" >> data/Anno/identity.txt
    echo "$i.png $(((i - 1) / 3))" >> data/Eval/list_eval_partition.txt
done

ablate() { "$ablation" --data data --out out --rules uniform,harder_first,fixed:harder_first --seeds 1 --epochs 1 --width 1/8 --batch 2 --threads 1 "$@"; }
ablate > first 2> problems || complain "ablation failed: $(cat problems)"
holds first '[3/3] SM, fixed:harder_first, seed 1'
holds out/report.html '<svg'
holds out/report.html 'Stages SM'
holds out/report.json '"hardest_p_of_persons"'
cp out/report.json whole.json
ablate > again 2>&1 && complain "an earlier ablation was overwritten"
holds again 'go on with it by --resume'

# What was interrupted before its answers were there is finished, the rest is not trained again.
rm out/runs/SM/harder_first/1/answers.json
ablate --resume > resumed || complain "going on failed"
holds resumed '[1/3] SM, uniform, seed 1: finished earlier'
cmp -s out/report.json whole.json || complain "the report after an interruption differs"

"$ablation" --data data --out other --rules nonsense 2> problems && complain "an unknown rule was taken"
holds problems "no rule is named 'nonsense'"
exit $wrong
