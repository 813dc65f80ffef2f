# shellcheck shell=sh
# What each mode does.

# What all modes with a guest need.
prepare() {
  : "${timeout:=$1}"
  java_home=$("$lab_root/scripts/java-home") || exit 1
  begin_run
  require_tools
  if [ "$accel" = kvm ] && [ ! -w /dev/kvm ]; then skip "--accel kvm: /dev/kvm cannot be used"; fi
  require_kernel
  make_initramfs
}

# one_guest SCRIPT: boots one guest, shows what it says and returns its script's status.
one_guest() {
  started=$(date +%s)
  start_guest guest "$1"
  follow_guest guest "$guest_pid" ''
  result=0
  await_guest guest "$guest_pid" $((started + timeout)) || result=$?
  wait "$follower" || true
  return "$result"
}

mode_run() {
  parts=${only:-devices,conformance,transport,fabric}
  prepare 900
  build_command_line
  build_suites
  say "booting Linux $kernel_version with rxe in QEMU ($accel); logs in $run"
  result=0
  one_guest run.sh || result=$?
  conclude "$result" "$run/guest/results.tsv"
}

mode_pair() {
  prepare 900
  build_suites
  say "booting two guests with Linux $kernel_version on one wire; logs in $run"
  wire='-device virtio-net-pci,netdev=n0,status=off,mac=52:54:00:77:00'
  started=$(date +%s)
  # shellcheck disable=SC2086 # several arguments
  start_guest a pair.sh -netdev stream,id=n0,server=on,addr.type=unix,addr.path=wire $wire:01
  first=$guest_pid
  follow_guest a "$first" 'a: '
  until [ -S "$run/wire" ]; do
    is_running "$first" || { cat "$run/a/qemu.log" >&2; fail "the first guest does not start"; }
    sleep 0.1
  done
  # shellcheck disable=SC2086
  start_guest b pair.sh -netdev stream,id=n0,server=off,addr.type=unix,addr.path=wire $wire:02
  second=$guest_pid
  follow_guest b "$second" 'b: '
  result=0
  await_guest b "$second" $((started + timeout)) || result=$?
  # However b ended: a need not wait for it.
  echo yes > "$run/a/finished"
  await_guest a "$first" $((started + timeout)) || result=$?
  wait "$follower" || true
  conclude "$result" "$run/a/results.tsv" "$run/b/results.tsv"
}

# conclude STATUS RESULTS...
conclude() {
  status=$1
  shift
  touch "$@"
  print_totals "$@" || status=1
  [ "$status" = 0 ] || say "FAILED (status $status); logs in $run" >&2
  exit "$status"
}

mode_doctor() {
  prepare 300
  build_command_line
  result=0
  one_guest doctor.sh || result=$?
  cat "$run/guest/output"
  exit "$result"
}

mode_exec() {
  prepare 900
  mkdir -p "$run/guest"
  for word in "$@"; do
    printf '%s ' "$(quoted "$word")"
  done > "$run/guest/command"
  result=0
  one_guest exec.sh || result=$?
  cat "$run/guest/output" 2> /dev/null || true
  exit "$result"
}

mode_shell() {
  prepare 86400
  build_command_line
  say "Ctrl-A x ends QEMU; what you leave in /out is in $run/guest"
  start_guest guest shell.sh
}

mode_install() {
  missing=$(missing_packages)
  if [ -z "$missing" ]; then
    say "everything that the lab needs is installed"
  elif can_install; then
    run=$(mktemp -d)
    require_tools
    rm -rf "$run"
    say "installed"
  else
    fail "missing: as root, apt-get install --no-install-recommends $missing"
  fi
}

mode_clean() {
  cache_folder
  rm -rf "$lab_root/target/rdma-lab" "$lab_root/target/rdma-lab-jars" "$cache" "$lab_root/target/rdma-lab-cache"
}
