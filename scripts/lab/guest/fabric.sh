# shellcheck shell=sh
# A cluster whose nodes answer on the adapter's address: put, get, run, and what a GET costs.

home=/dev/shm/kog
text=/tmp/text
bytes=6000000

up() { kog up --detach --home "$home" --bind "$lab_address" --memory-nodes 2 --memory 256MiB; }

status() { kog status --home "$home" --json > "$1" && cat "$1"; }

# numbers NAME FILE: the values of a number in a status, one a line.
numbers() { grep -o "\"$1\" *: *[0-9]*" "$2" | sed 's/.*: *//'; }

sum() { awk '{ s += $1 } END { print s + 0 }'; }

status_says_native() { status /tmp/status.first && grep -q '"provider" *: *"native"' /tmp/status.first; }

put() {
  seq 1 1000000 | head -c "$bytes" > "$text"
  kog put --home "$home" "$text" > /tmp/ref && cat /tmp/ref
}

get() { kog get --home "$home" "$(cat /tmp/ref)" --output /tmp/copy && cmp "$text" /tmp/copy; }

# Each chunk is at least one READ, and each READ at least a packet for every 4096 bytes.
get_goes_over_the_adapter() {
  packets=$(counter rcvd_pkts)
  get || return 1
  packets=$(($(counter rcvd_pkts) - packets))
  echo "$packets packets for $bytes bytes"
  [ "$packets" -ge $((bytes / 4096)) ]
}

# A new client asks each memory node once for its description; its GETs ask nothing.
get_makes_no_calls() {
  status /tmp/status.before && get && status /tmp/status.after || return 1
  before=$(numbers calls /tmp/status.before | sum)
  after=$(numbers calls /tmp/status.after | sum)
  echo "calls answered: $before before, $after after"
  [ "$before" -gt 0 ] && [ $((after - before)) -le 2 ]
}

memory_nodes_see_no_completion() {
  [ "$(numbers completions /tmp/status.after | wc -l)" = 2 ] \
    && [ "$(numbers completions /tmp/status.after | sum)" = 0 ]
}

namespace() {
  cat > /tmp/count.kog <<END
/bin/wc   file $LAB_ROOT/computenode/programs/wc.wasm
/bin/sort file $LAB_ROOT/computenode/programs/sort.wasm
/bin/merge file $LAB_ROOT/computenode/programs/merge.wasm
/data     file $text
END
}

run_wc() { kog run --home "$home" --namespace /tmp/count.kog --json -- /bin/wc /data | tee /tmp/run; }

run_runs() { namespace; run_wc && grep -q '"disposition" *: *"run"' /tmp/run; }

run_again_hits() { run_wc && grep -q '"disposition" *: *"hit"' /tmp/run; }

run_is_right() {
  kog run --home "$home" --namespace /tmp/count.kog --cat -- /bin/wc /data > /tmp/ours && cat /tmp/ours
  # shellcheck disable=SC2046 # three numbers
  set -- $(wc < "$text")
  # shellcheck disable=SC2046
  [ "$(echo $(tr -s ' ' '\n' < /tmp/ours | grep -E '^[0-9]+$'))" = "$*" ]
}

down() { kog down --home "$home"; }

part lab.Fabric
if check up up; then
  check status-says-native status_says_native
  check put put
  check get get
  check get-goes-over-the-adapter get_goes_over_the_adapter
  check get-makes-no-calls get_makes_no_calls
  check memory-nodes-see-no-completion memory_nodes_see_no_completion
  check run run_runs
  check run-again-hits run_again_hits
  check run-is-right run_is_right
  check down down
fi
cp -r "$home/log" /out/lab.Fabric/ 2> /dev/null || true
