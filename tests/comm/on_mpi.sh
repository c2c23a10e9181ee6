#!/usr/bin/env bash
# on_mpi.sh <program> <case>: what the program `on_mpi` does on ranks of MPI. Cases: equal, resumed, threw, hung,
# killed [times], survived [times].
# 1 to 4 ranks share the cores that there are. $MPIRUN is the launcher of the program's MPI; without it the script ends with status 77.
set -euo pipefail
program=$1 case=$2 times=${3:-5}
mpirun=${MPIRUN:-mpirun}
command -v "$mpirun" >/dev/null || { echo "skipped: there is no mpirun"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 PRTE_ALLOW_RUN_AS_ROOT=1 PRTE_ALLOW_RUN_AS_ROOT_CONFIRM=1 # in containers
oversubscribe=$("$mpirun" --version | grep -qE "Open MPI|OpenRTE" && echo --oversubscribe || true)
on() { # <ranks> <argument>...
    local ranks=$1
    shift
    "$mpirun" $oversubscribe -n "$ranks" "$program" "$@"
}
fail() { echo "$*" >&2; exit 1; }
timeless() { sed -E 's/"(seconds|images_per_second)":[^,}]*,?//g' "$1/log.jsonl"; }
same() { # <folder> <folder>
    for file in last.safetensors best.safetensors; do
        cmp "$1/$file" "$2/$file" || fail "$2/$file differs from $1/$file"
    done
    diff <(timeless "$1") <(timeless "$2") || fail "the logs of $1 and $2 differ"
}
lines() { grep -oE "epoch [0-9]/3  [0-9]+ s" "$1" | wc -l; } # of the report; mpirun gives its ranks a terminal, so there is a progress bar too
left_over() { pgrep -f "$program $folder" || true; }

case $case in
equal) # the same files on 1 to 4 ranks, and on 1 without mpirun, for two optimisers and rules
    for optimiser in sgd adamw; do
        "$program" "$folder/$optimiser" 3 $optimiser >"$folder/said" || fail "without mpirun"
        [[ $(lines "$folder/said") == 3 ]] || fail "3 epochs are not 3 lines"
        for ranks in 1 2 3 4; do
            on $ranks "$folder/$optimiser$ranks" 3 $optimiser >"$folder/said"
            [[ $(lines "$folder/said") == 3 ]] || fail "of $ranks ranks more than one reports"
            same "$folder/$optimiser" "$folder/$optimiser$ranks"
        done
    done
    if cmp -s "$folder/sgd/last.safetensors" "$folder/adamw/last.safetensors"; then fail "two optimisers, one result"; fi
    ;;
resumed) # 4 ranks, then 1, then 3
    on 2 "$folder/straight" 3 >/dev/null
    on 4 "$folder/changing" 1 >/dev/null
    on 1 "$folder/changing" 2 >/dev/null
    on 3 "$folder/changing" 3 >/dev/null
    same "$folder/straight" "$folder/changing"
    ;;
threw | hung) # every rank in turn; one line says which and why, and all ranks end
    for rank in 0 1 2; do
        rm -rf "$folder/run"
        begin=$SECONDS
        if timeout 60 bash -c "$(declare -f on); program=$program mpirun=$mpirun oversubscribe=$oversubscribe; on 3 $folder/run 3 sgd $case $rank" \
            >"$folder/said" 2>"$folder/errors"; then fail "rank $rank $case and the job went well"; fi
        reason="rank $rank of 3: photos/7.jpg: is torn"
        [[ $case == hung ]] && reason="rank [0-2] of 3: rank $rank has not answered for 3 s"
        [[ $(grep -cE "^$reason\$" "$folder/errors") == 1 ]] || { cat "$folder/errors" >&2; fail "not one line '$reason'"; }
        (( SECONDS - begin < 30 )) || fail "it took $((SECONDS - begin)) s"
        sleep 1
        [[ -z $(left_over) ]] || fail "processes are left: $(left_over)"
    done
    on 2 "$folder/run" 3 >/dev/null # which goes on from the first epoch
    "$program" "$folder/straight" 3 >/dev/null
    same "$folder/straight" "$folder/run"
    ;;
killed) # any rank at any time: nothing is left, and the files are good to go on with
    epochs=30
    "$program" "$folder/straight" $epochs >/dev/null
    for ((i = 0; i < times; ++i)); do
        rm -rf "$folder/run"
        on 3 "$folder/run" $epochs >/dev/null 2>"$folder/errors" &
        job=$!
        sleep "$((RANDOM % 4)).$((RANDOM % 10))"
        mapfile -t ranks < <(pgrep -f "^$program $folder/run" || true)
        if ((${#ranks[@]})); then
            kill -KILL "${ranks[RANDOM % ${#ranks[@]}]}" && kills=$((${kills:-0} + 1))
        fi
        wait $job || true
        sleep 1
        [[ -z $(left_over) ]] || fail "processes are left: $(left_over)"
        reached=$(wc -l <"$folder/run/log.jsonl" 2>/dev/null || echo 0)
        on 2 "$folder/run" $epochs >/dev/null || fail "it does not resume after $reached epochs"
        same "$folder/straight" "$folder/run"
        echo "killed after $reached epochs"
    done
    echo "${kills:-0} of $times jobs were killed"
    ;;
survived) # a rank of 4 is killed at any time, and then another: the rest go on, to the same files, in one job
    [[ -n $oversubscribe ]] || { echo "skipped: of this MPI, which is no Open MPI, it is not known how a job goes on"; exit 77; }
    epochs=30
    oversubscribe="--with-ft ulfm $oversubscribe"
    "$program" "$folder/straight" $epochs >/dev/null
    for ((i = 0; i < times; ++i)); do
        rm -rf "$folder/run"
        on 4 "$folder/run" $epochs sgd survives >"$folder/said" 2>"$folder/errors" &
        job=$!
        killed=0
        until [[ -e $folder/run/log.jsonl ]] || ! kill -0 $job 2>/dev/null; do sleep 0.1; done # MPI must have started: before, nothing survives
        for ((k = 0; k < 2; ++k)); do
            sleep "$((RANDOM % 3)).$((RANDOM % 10))"
            mapfile -t ranks < <(pgrep -f "^$program $folder/run" || true)
            if ((${#ranks[@]} > 1)) && kill -KILL "${ranks[RANDOM % ${#ranks[@]}]}" 2>/dev/null; then killed=$((killed + 1)); fi
        done
        wait $job || { cat "$folder/errors" >&2; fail "the job did not go on"; }
        sleep 1
        [[ -z $(left_over) ]] || fail "processes are left: $(left_over)"
        same "$folder/straight" "$folder/run"
        lost=$(grep -cE "^rank [0-3]: its process is lost; [1-3] ranks? (is|are) left" "$folder/errors" || true)
        echo "killed $killed ranks, $lost times the rest went on"
        total=$((${total:-0} + lost))
    done
    ((total > 0)) || fail "no rank was lost before the job had finished"
    ;;
*) fail "no case '$case'" ;;
esac
