# shellcheck shell=sh
# 'kog doctor' with an adapter there.
# shellcheck source=scripts/lab/guest/rxe.sh
. "$LAB_ROOT/scripts/lab/guest/rxe.sh"
# shellcheck source=scripts/lab/guest/checks.sh
. "$LAB_ROOT/scripts/lab/guest/checks.sh"
kog doctor --timeout 5m --home /dev/shm/kog --memory 256MiB > /out/output 2>&1
