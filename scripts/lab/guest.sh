# shellcheck shell=sh
# Starting a guest, following what it says, and ending it.

accelerator() {
  case $accel in
    kvm)
      [ -w /dev/kvm ] || fail "--accel kvm: /dev/kvm cannot be used"
      printf '%s' '-accel kvm -cpu host' ;;
    # Without pclmulqdq rxe computes its checksums by table, which is faster in translated code.
    *) printf '%s' "-accel tcg,thread=multi,tb-size=512 -cpu $([ "$machine" = x86_64 ] && echo max,-pclmulqdq || echo max)" ;;
  esac
}

# share TAG PATH WRITABLE
share() {
  printf '%s' "-fsdev local,id=$1,path=$2,security_model=none$([ "$3" = rw ] || echo ,readonly=on) \
-device virtio-9p-pci,fsdev=$1,mount_tag=$1"
}

# start_guest NAME SCRIPT [QEMU ARGUMENT...]: boots a guest that runs guest/SCRIPT with its out folder at
# $run/NAME. Sets guest_pid.
start_guest() {
  name=$1
  script=$2
  shift 2
  out=$run/$name
  mkdir -p "$out"
  case $machine in
    x86_64) board=q35 tty=ttyS0 ;;
    aarch64) board=virt tty=ttyAMA0 ;;
  esac
  for folder in "$lab_root" "$run" "$java_home"; do
    case $folder in *[[:space:],]*) fail "QEMU cannot share '$folder': a comma or a space in its name" ;; esac
  done
  mkfifo "$out/monitor"
  append="console=$tty panic=-1 mitigations=off quiet loglevel=4 lab.root=$lab_root lab.script=$script"
  append="$append lab.name=$name lab.java=$java_home"
  if [ "$mode" = shell ]; then serial=mon:stdio monitor=none; else serial=file:$out/console.log monitor=stdio; fi
  # shellcheck disable=SC2046 # these print several arguments
  set -- $(accelerator) -machine "$board" -smp "$cpus" -m "$memory" -nodefaults -no-user-config \
    -display none -no-reboot -serial "$serial" -monitor "$monitor" \
    -kernel "$vmlinuz" -initrd "$run/initramfs.gz" -append "$append" \
    $(share usr /usr ro) $(share etc /etc ro) $(share lab "$lab_root" ro) $(share java "$java_home" ro) \
    $(share out "$out" rw) -device virtio-rng-pci "$@"
  printf '%s\n' "$qemu $*" > "$out/qemu.command"
  if [ "$mode" = shell ]; then
    "$qemu" "$@"
    return
  fi
  # Held open for both, so that neither end sees an end of file.
  "$qemu" "$@" <> "$out/monitor" > "$out/monitor.log" 2> "$out/qemu.log" &
  guest_pid=$!
  guests="$guests $guest_pid"
}

# What the guest says for people goes to our output as it comes.
follow_guest() {
  : >> "$run/$1/console.log"
  tail -n +1 -f --pid="$2" "$run/$1/console.log" 2> /dev/null \
    | sed -u -n 's/\r$//; s/^lab: //p' | sed -u "s/^/${3:-}/" &
}

is_running() { kill -0 "$1" 2> /dev/null; }

# await_guest NAME PID DEADLINE: returns the status of the guest's script; ends a guest that is late.
await_guest() {
  while is_running "$2"; do
    if [ "$(date +%s)" -ge "$3" ]; then
      kill -KILL "$2" 2> /dev/null || true
      wait "$2" 2> /dev/null || true
      sed 's/\r$//' "$run/$1/console.log" | tail -n 40 >&2
      say "guest '$1' was ended after $timeout s; its console is in $run/$1/console.log" >&2
      return 1
    fi
    sleep 0.5
  done
  wait "$2" 2> /dev/null || true
  if ! status=$(cat "$run/$1/status" 2> /dev/null) || [ -z "$status" ]; then
    cat "$run/$1/qemu.log" >&2
    sed 's/\r$//' "$run/$1/console.log" | tail -n 40 >&2
    say "guest '$1' stopped before its script had ended; its console is in $run/$1/console.log" >&2
    return 1
  fi
  return "$status"
}
