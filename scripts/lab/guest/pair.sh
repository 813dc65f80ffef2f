# shellcheck shell=sh
# One of two guests on a wire: 'a' listens, 'b' connects and has the wire cut.
if [ "$LAB_NAME" = a ]; then LAB_ADDRESS=10.77.0.1 peer=10.77.0.2; else LAB_ADDRESS=10.77.0.2 peer=10.77.0.1; fi
LAB_DEVICE=eth0
load() { /usr/sbin/modprobe -d "$LAB_MODULES" "$@"; }
load virtio_net
# shellcheck source=scripts/lab/guest/rxe.sh
. "$LAB_ROOT/scripts/lab/guest/rxe.sh"
# shellcheck source=scripts/lab/guest/checks.sh
. "$LAB_ROOT/scripts/lab/guest/checks.sh"
# shellcheck source=scripts/lab/guest/suite.sh
. "$LAB_ROOT/scripts/lab/guest/suite.sh"
: > "$results"

hears_the_other() {
  waited=0
  until ping -c 1 -W 1 "$peer"; do
    waited=$((waited + 1))
    [ "$waited" -lt 60 ] || return 1
  done
}

part "lab.Pair.$LAB_NAME"
check wire hears_the_other
