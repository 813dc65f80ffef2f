# shellcheck shell=sh
# What all parts of the lab use: messages, the folder of this run, and its end.

say() { printf 'rdma-lab: %s\n' "$*"; }

misuse() {
  printf 'rdma-lab: %s\nrdma-lab: try scripts/rdma-lab --help\n' "$*" >&2
  exit 2
}

fail() {
  printf 'rdma-lab: %s\n' "$*" >&2
  exit 1
}

# The lab cannot work here: automake's status for a skipped test.
skip() {
  printf 'rdma-lab: skipped: %s\n' "$*" >&2
  exit 77
}

has() { command -v "$1" > /dev/null 2>&1; }

# A folder of our own for each run, so that runs at the same time do not meet.
begin_run() {
  runs=$lab_root/target/rdma-lab
  mkdir -p "$runs" || fail "cannot write to $runs"
  # The latest few stay for whoever looks for a reason; never one that may still be going on.
  find "$runs" -mindepth 1 -maxdepth 1 -type d -name '*-*-*' -mmin +90 | sort -t- -k2 -r | tail -n +9 \
    | while read -r old; do rm -rf "$old"; done
  run=$runs/$mode-$(date +%Y%m%d%H%M%S)-$$
  mkdir "$run" || fail "cannot make $run"
  ln -sfn "$(basename "$run")" "$runs/last"
  guests=
  trap end_run EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# However the run ends, no guest outlives it.
end_run() {
  status=$?
  trap - EXIT INT TERM HUP
  for pid in $guests; do
    kill -KILL "$pid" 2> /dev/null || true
  done
  exit "$status"
}
