# shellcheck shell=sh
# What each mode does.

# prepare: what all modes with a guest need.
prepare() {
  java_home=$("$lab_root/scripts/java-home") || exit 1
  begin_run
  require_tools
  require_kernel
  make_initramfs
}

# one_guest SCRIPT [ENVIRONMENT...]: boots one guest and returns its script's status.
one_guest() {
  started=$(date +%s)
  start_guest guest "$1"
  follow_guest guest "$guest_pid"
  result=0
  await_guest guest "$guest_pid" $((started + timeout)) || result=$?
  return "$result"
}

mode_exec() {
  : "${timeout:=900}"
  prepare
  mkdir -p "$run/guest"
  for word in "$@"; do
    printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
  done > "$run/guest/command"
  result=0
  one_guest exec.sh || result=$?
  cat "$run/guest/output"
  exit "$result"
}

mode_shell() {
  : "${timeout:=86400}"
  prepare
  say "Ctrl-A x ends QEMU; what you leave in /out is in $run/guest"
  start_guest guest shell
}

mode_install() {
  run=$(mktemp -d)
  missing=$(missing_packages)
  if [ -z "$missing" ]; then
    say "everything that the lab needs is installed"
  elif can_install; then
    require_tools
    say "installed"
  else
    say "as root: apt-get install --no-install-recommends $missing"
    rm -rf "$run"
    exit 1
  fi
  rm -rf "$run"
}

mode_clean() {
  cache_folder
  rm -rf "$lab_root/target/rdma-lab" "$cache" "$lab_root/target/rdma-lab-cache"
}
