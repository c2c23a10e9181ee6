#!/usr/bin/env bash
# small_celeba.sh PHOTO DATA NAME PART...: a folder in CelebA's layout with one copy of the photo for each part, 0 to train on, 1 to validate, 2 to test.
# NAME is that of the copies, with # for their number from 1. A person has two photos. Of the attributes the first is known and never there, the
# second unknown, the others change from photo to photo.
set -eu
photo=$(realpath "$1") data=$2 name=$3
shift 3
mkdir -p "$data/Img" "$data/Anno" "$data/Eval"
cd "$data"
names=$(printf '%s ' 5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair Blond_Hair Blurry \
    Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup High_Cheekbones Male Mouth_Slightly_Open Mustache \
    Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose Receding_Hairline Rosy_Cheeks Sideburns Smiling Straight_Hair Wavy_Hair \
    Wearing_Earrings Wearing_Hat Wearing_Lipstick Wearing_Necklace Wearing_Necktie Young)
printf '%d\n%s\n' $# "$names" > Anno/list_attr.txt
printf '%d\nimage_id x_1 y_1 width height\n' $# > Anno/list_bbox.txt
: > Anno/identity.txt
: > Eval/list_eval_partition.txt
i=0
for part in "$@"; do
    i=$((i + 1))
    copy="${name%%#*}$i${name#*#}"
    cp "$photo" "Img/$copy"
    echo "$copy -1 0 $(for k in $(seq 38); do [ $(((i + k) % 3)) -eq 0 ] && printf ' 1' || printf ' -1'; done)" >> Anno/list_attr.txt
    echo "$copy 25 15 30 30" >> Anno/list_bbox.txt
    echo "$copy $((i / 2))" >> Anno/identity.txt
    echo "$copy $part" >> Eval/list_eval_partition.txt
done
