#!/usr/bin/env bash
# hosts.sh <rate> <delay> <loss> <ranks> <folder> <program> [argument]...: a program of benchmarks/ranks, built into the folder, on ranks of Open MPI,
# each on a host of its own: a network namespace with its own name and one veth device.
#     sudo bash benchmarks/ranks/hosts.sh 1gbit 1 0.1 2 build/benchmarks/ranks step_rate batch 16
# A device sends no faster than the rate, as tc says it; `wire` hands every packet on after the delay, in ms, and loses it with the chance, in percent.
# Needs root, iproute2 and Linux.
set -euo pipefail
rate=$1 delay=$2 loss=$3 ranks=$4 folder=$(cd "$5" && pwd) program=$6
shift 6
id=mcfa$$
hosts=$(mktemp -d)
remove() {
    if [[ -n ${wire:-} ]]; then kill "$wire" 2>/dev/null || true; fi
    for ((r = 0; r < ranks; ++r)); do ip netns delete "$id-$r" 2>/dev/null || true; done # and their devices
    ip netns delete "$id" 2>/dev/null || true
    rm -rf "$hosts"
}
trap remove EXIT

ip netns add "$id" # the switch
ports=()
for ((r = 0; r < ranks; ++r)); do
    ip netns add "$id-$r"
    ip -n "$id-$r" link add wire type veth peer name "port$r" netns "$id"
    ip netns exec "$id" sysctl -qw "net.ipv6.conf.port$r.disable_ipv6=1"
    ip -n "$id-$r" address add "10.77.0.$((r + 1))/24" dev wire
    ip -n "$id-$r" link set lo up
    ip -n "$id-$r" link set wire up
    ip -n "$id" link set "port$r" up
    tc -n "$id-$r" qdisc add dev wire root tbf rate "$rate" burst 128kb latency 200ms
    ports+=("port$r")
    echo "host$r slots=1" >>"$hosts/list"
done
ip netns exec "$id" "$folder/wire" "$delay" "$loss" "${ports[@]}" >"$hosts/wire" &
wire=$!
until grep -q ready "$hosts/wire"; do
    kill -0 "$wire"
    sleep 0.1
done

# What mpirun starts in place of ssh: the host's name and a command.
cat >"$hosts/start" <<END
#!/usr/bin/env bash
name=\$1
shift
exec ip netns exec "$id-\${name#host}" unshare --uts bash -c 'hostname "\$0"; eval "\$*"' "\$name" "\$@"
END
chmod +x "$hosts/start"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
"$hosts/start" host0 mpirun --hostfile "$hosts/list" --mca plm_rsh_agent "$hosts/start" --mca plm_rsh_no_tree_spawn 1 --bind-to none \
    --mca btl tcp,self --mca btl_tcp_if_include wire --mca oob_tcp_if_include wire -n "$ranks" "$folder/$program" "$@"
