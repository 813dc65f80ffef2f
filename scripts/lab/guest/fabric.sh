# shellcheck shell=sh
# A cluster whose nodes answer on the adapter's address: put, get, run, and what a GET costs. Each command is
# a process of its own, so there are no more of them than needed.

home=/dev/shm/kog
text=/tmp/text
bytes=6000000

up() { kog up --detach --home "$home" --bind "${lab_address:?}" --memory-nodes 2 --memory 256MiB; }

status() { kog status --home "$home" --json > "$1" && cat "$1"; }

# numbers NAME FILE: the values of a number in a status, one a line.
numbers() { grep -o "\"$1\" *: *[0-9]*" "$2" | sed 's/.*: *//'; }

sum() { awk '{ s += $1 } END { print s + 0 }'; }

put() {
  seq 1 1000000 | head -c "$bytes" > "$text"
  kog put --home "$home" "$text" > /tmp/ref && cat /tmp/ref
}

get() {
  packets=$(counter rcvd_pkts)
  kog get --home "$home" "$(cat /tmp/ref)" --output /tmp/copy && cmp "$text" /tmp/copy || return 1
  attempts=${tries:?}
  packets=$(($(counter rcvd_pkts) - packets))
}

# Each READ is at least a packet for every 4096 bytes.
get_goes_over_the_adapter() {
  echo "$packets packets for $bytes bytes"
  [ "$packets" -ge $((bytes / 4096)) ]
}

status_says_native() {
  grep '"provider"' /tmp/status.after && ! grep '"provider"' /tmp/status.after | grep -qv '"native"'
}

# A new client asks each memory node once for its description; its GETs ask nothing.
get_makes_no_calls() {
  before=$(numbers calls /tmp/status.before | sum)
  after=$(numbers calls /tmp/status.after | sum)
  echo "calls answered: $before before, $after after"
  [ "$before" -gt 0 ] && [ $((after - before)) -le $((2 * attempts)) ]
}

memory_nodes_see_no_completion() {
  [ "$(numbers completions /tmp/status.after | wc -l)" = 2 ] \
    && [ "$(numbers completions /tmp/status.after | sum)" = 0 ]
}

namespace() {
  programs=$LAB_ROOT/computenode/programs
  printf '/bin/%s file %s\n' wc "$programs/wc.wasm"
  printf '/data file %s\n' "$text"
}

run_runs() {
  namespace > /tmp/count.kog
  kog run --home "$home" --namespace /tmp/count.kog --json -- /bin/wc /data | tee /tmp/run
  grep -q '"disposition" *: *"run"' /tmp/run
}

run_again_is_right() {
  kog run --home "$home" --namespace /tmp/count.kog --cat -- /bin/wc /data > /tmp/ours && cat /tmp/ours
  [ "$(cat /tmp/ours)" = "$(wc < "$text" | awk '{ print $1, $2, $3 }') /data" ]
}

run_again_hit() { status /tmp/status.last && [ "$(numbers hit /tmp/status.last | sum)" -ge 1 ] \
  && [ "$(numbers run /tmp/status.last | sum)" = 1 ]; }

down() { kog down --home "$home"; }

part lab.Fabric
if check up up; then
  check put put
  check status status /tmp/status.before
  check get get
  check get-goes-over-the-adapter get_goes_over_the_adapter
  check status-again status /tmp/status.after
  check status-says-native status_says_native
  check get-makes-no-calls get_makes_no_calls
  check memory-nodes-see-no-completion memory_nodes_see_no_completion
  check run run_runs
  check run-again-is-right run_again_is_right
  check run-again-hit run_again_hit
  check down down
fi
cp -r "$home/log" /out/lab.Fabric/ 2> /dev/null || true
