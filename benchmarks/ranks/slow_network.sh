#!/usr/bin/env bash
# slow_network.sh <rate> <ranks> <program> [argument]...: a program on ranks of Open MPI that reach each other by TCP over a loopback of so many
# bits a second, as tc says it: 1gbit. The loopback is one of its own, so nothing else is slowed down. Needs root, iproute2 and Linux.
set -euo pipefail
rate=$1 ranks=$2
shift 2
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
unshare --net bash -c '
    set -e
    ip link set lo up
    tc qdisc add dev lo root tbf rate "$1" burst 1mb latency 1s
    ranks=$2
    shift 2
    exec mpirun --oversubscribe --mca btl tcp,self --mca btl_tcp_if_include lo --mca oob_tcp_if_include lo -n "$ranks" "$@"
' slow_network "$rate" "$ranks" "$@"
