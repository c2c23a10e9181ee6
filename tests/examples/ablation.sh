#!/usr/bin/env bash
# ablation.sh ABLATION BAD_INPUT FOLDER: rules, stages, tasks and single-task nets on nine photos, an interruption, and going on.
set -u
ablation=$1 make=$2 folder=$3
small_celeba=$(cd "$(dirname "$0")" && pwd)/small_celeba.sh
rm -rf "$folder"
"$make" "$folder" || exit 1
cd "$folder" || exit 1
wrong=0
complain() { echo "$1" >&2; wrong=1; }
holds() { grep -qF -- "$2" "$1" || complain "$1 does not hold: $2"; }

"$small_celeba" photos/good.png data '#.png' 0 0 0 1 1 1 2 2 2 || exit 1

ablate() { "$ablation" --data data --seeds 1 --epochs 1 --width 1/8 --batch 2 --threads 1 "$@"; }
rules="--rules uniform,harder_first,fixed:harder_first"
ablate --out out $rules > first 2> problems || complain "ablation failed: $(cat problems)"
holds first '[3/3] SM, fixed:harder_first, seed 1'
holds out/report.html '<svg'
holds out/report.html 'Stages SM'
holds out/report.json '"hardest_p_of_persons"'
grep -qE 'commit ([0-9a-f]{12}(-dirty)?|unknown);' out/report.html || complain "the report names no commit"
cp out/report.json whole.json
ablate --out out $rules > again 2>&1 && complain "an earlier ablation was overwritten"
holds again 'go on with it by --resume'

# What was interrupted before its answers were there is finished, the rest is not trained again.
rm out/runs/SM/harder_first/1/answers.json
ablate --out out $rules --resume > resumed || complain "going on failed"
holds resumed '[1/3] SM, uniform, seed 1: finished earlier'
cmp -s out/report.json whole.json || complain "the report after an interruption differs"

# Runs of earlier programs, whose answers say less, are taken up; those that were trained with other options are not.
for answers in out/runs/SM/*/1/answers.json; do
    sed -i -E 's/"(commit|tasks)":"[^"]*",//g; s/,"options":\{[^}]*\}//; s/"options":\{[^}]*\},//' "$answers"
    grep -qE '"(commit|tasks|options)"' "$answers" && complain "the test does not make an earlier program's answers: $(head -c 300 "$answers")"
done
ablate --out out $rules --resume > resumed || complain "runs of an earlier program were not taken up"
holds resumed '[3/3] SM, fixed:harder_first, seed 1: finished earlier'
holds out/report.html 'some runs were trained by commit unknown'
rm out/runs/SM/uniform/1/answers.json
ablate --out out $rules --resume > resumed || complain "going on failed"
ablate --out out $rules --resume --rate 0.001 > resumed 2>&1 && complain "a run of another rate was taken for one of this"
holds resumed 'rate: out/runs/SM/uniform/1/answers.json was trained with 0.002, not 0.001'

# Stages, tasks and single-task nets.
ablate --out nets --rules uniform --stages S,SM --tasks all,attributes --single Smiling,Male > nets.txt 2> problems || complain "ablation failed: $(cat problems)"
holds nets.txt '[1/8] S, uniform, seed 1'
holds nets.txt '[4/8] SM, attributes alone, uniform, seed 1'
holds nets.txt '[8/8] SM, Male alone, seed 1'
for part in 'Stages S<' 'Stages S, attributes alone<' 'Stages SM, attributes alone<' 'Differences from S,' 'Δm F1 %' 'F1 % by attribute, stages SM'; do
    holds nets/report.html "$part"
done
holds nets/report.json '"single_tasks"'

# A net is trained on what it learns alone.
loss_of() { grep -o "\"$2\":{[^}]*}" "nets/runs/$1/uniform/1/log.jsonl" | grep -o '"loss":[^,}]*' | sort -u; }
[ "$(loss_of S-attributes face)" = '"loss":null' ] || complain "attributes alone: the face was learned"
grep -q '"loss":[0-9]' <<< "$(loss_of S-attributes Smiling)" || complain "attributes alone: no attribute was learned"
grep -q '"loss":[0-9]' <<< "$(loss_of S face)" || complain "all tasks: the face was not learned"
mv nets/runs/S-single/Smiling nets/runs/S-single/uniform
[ "$(loss_of S-single Male)" = '"loss":null' ] || complain "Smiling alone: Male was learned"
grep -q '"loss":[0-9]' <<< "$(loss_of S-single Smiling)" || complain "Smiling alone: Smiling was not learned"

refused() { # WORDS OPTION...
    local words=$1
    shift
    ablate --out other "$@" 2> problems && complain "$* was taken"
    holds problems "$words"
}
refused "no rule is named 'nonsense'" --rules nonsense
refused "stages: 'M', must be S, SM or SML" --stages M
refused "tasks: 'face', must be all or attributes" --tasks face
refused "tasks: single-task nets are asked for by --single" --tasks single
refused "single: 'Beauty' is no attribute" --single Beauty
refused "rules: fixed weights are those of another rule" --rules fixed
exit $wrong
