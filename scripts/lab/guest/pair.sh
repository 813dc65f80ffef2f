# shellcheck shell=sh
# One of two guests on a wire: 'a' serves memory, 'b' reads it and has the wire cut in the middle.
if [ "$LAB_NAME" = a ]; then LAB_ADDRESS=10.77.0.1 peer=10.77.0.2; else LAB_ADDRESS=10.77.0.2 peer=10.77.0.1; fi
LAB_DEVICE=eth0
/usr/sbin/modprobe -d "$LAB_MODULES" virtio_net
# shellcheck source=scripts/lab/guest/rxe.sh
. "$LAB_ROOT/scripts/lab/guest/rxe.sh"
# shellcheck source=scripts/lab/guest/checks.sh
. "$LAB_ROOT/scripts/lab/guest/checks.sh"
# shellcheck source=scripts/lab/guest/suite.sh
. "$LAB_ROOT/scripts/lab/guest/suite.sh"
: > "$results"
server=10.77.0.1
port=7471
said=/out/cable.log

cable() {
  # shellcheck disable=SC2046 # several flags
  java $(suite_flags) io.kogluktualuk.rdma.conformance.CableRun "$@"
}

# await TEXT FILE SECONDS
await() {
  waited=0
  until grep -q "$1" "$2" 2> /dev/null; do
    waited=$((waited + 1))
    [ "$waited" -lt $(($3 * 5)) ] || { echo "no '$1' in $2 after $3 s"; return 1; }
    sleep 0.2
  done
}

hears_the_other() {
  waited=0
  until /run/busybox ping -c 1 -W 1 "$peer"; do
    sleep 0.5
    waited=$((waited + 1))
    [ "$waited" -lt 60 ] || return 1
  done
}

# The passive side: it goes on listening until the other one has told the host that it is done.
serves() {
  mkfifo /tmp/input
  cable serve "$server" "$port" <> /tmp/input > "$said" 2>&1 &
  serving=$!
  await SERVING "$said" 120 && touch /out/serving && await . /out/finished 300
  result=$?
  echo > /tmp/input
  wait "$serving" && cat "$said" && [ "$result" = 0 ]
}

# The active side must be told of the end by the status of its requests, and connect no more.
reads_until_the_wire_is_cut() {
  await . /out/serving 180 || return 1
  cable transfer "$server" "$port" > "$said" 2>&1 &
  transferring=$!
  await TRANSFERRING "$said" 120 && touch /out/cut
  wait "$transferring"
  result=$?
  cat "$said"
  return "$result"
}

mended() {
  touch /out/mend
  hears_the_other
}

part "lab.Pair.$LAB_NAME"
if check wire hears_the_other; then
  if [ "$LAB_NAME" = a ]; then
    check serves serves
  else
    check reads-until-the-wire-is-cut reads_until_the_wire_is_cut
    check wire-can-be-mended mended
    echo yes > /out/finished
  fi
fi
