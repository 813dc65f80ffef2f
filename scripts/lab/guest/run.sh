# shellcheck shell=sh
# The parts of 'scripts/rdma-lab run', one after the other; LAB_PARTS says which.
# shellcheck source=scripts/lab/guest/rxe.sh
. "$LAB_ROOT/scripts/lab/guest/rxe.sh"
# shellcheck source=scripts/lab/guest/checks.sh
. "$LAB_ROOT/scripts/lab/guest/checks.sh"
# shellcheck source=scripts/lab/guest/suite.sh
. "$LAB_ROOT/scripts/lab/guest/suite.sh"
: > "$results"

for wanted in $(printf '%s' "$LAB_PARTS" | tr ',' ' '); do
  # shellcheck disable=SC1090 # one of those beside this file
  . "$LAB_ROOT/scripts/lab/guest/$wanted.sh"
done

{
  rdma link
  rdma statistic show link rxe0/1
  rdma resource show
} > /out/counters.log 2>&1
echo "lab: $(cut -d. -f1 /proc/uptime) s after boot"
