# shellcheck shell=sh
# Starting a guest, following what it says, and ending it.

accelerator() {
  case $accel-$machine in
    kvm-*) printf '%s' '-accel kvm -cpu host' ;;
    # Without pclmulqdq rxe computes its checksums by table, which is faster in translated code.
    *-x86_64) printf '%s' '-accel tcg,thread=multi,tb-size=512 -cpu max,-pclmulqdq' ;;
    *) printf '%s' '-accel tcg,thread=multi,tb-size=512 -cpu max' ;;
  esac
}

# share TAG PATH WRITABLE
share() {
  printf '%s' "-fsdev local,id=$1,path=$2,security_model=none$([ "$3" = rw ] || echo ,readonly=on) \
-device virtio-9p-pci,fsdev=$1,mount_tag=$1"
}

quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

# What the guest's init reads, from its out folder.
write_settings() {
  {
    printf 'export LAB_ROOT=%s\n' "$(quoted "$lab_root")"
    printf 'export JAVA_HOME=%s\n' "$(quoted "$java_home")"
    printf 'export LAB_NAME=%s LAB_SCRIPT=%s\n' "$1" "$2"
    printf 'export LAB_KOG=%s\n' "$(quoted "${kog_app:-}")"
    printf 'export LAB_CLASSPATH=%s\n' "$(quoted "$(cat "$run/suite.classpath" 2> /dev/null)")"
    printf 'export LAB_PARTS=%s\n' "$(quoted "${parts:-}")"
  } > "$run/$1/settings"
}

# start_guest NAME SCRIPT [QEMU ARGUMENT...]: boots a guest that runs guest/SCRIPT, with its out folder at
# $run/NAME. Sets guest_pid. A shell runs in the foreground instead.
start_guest() {
  name=$1
  script=$2
  shift 2
  out=$run/$name
  mkdir -p "$out"
  write_settings "$name" "$script"
  case $machine in
    aarch64) board=virt tty=ttyAMA0 ;;
    *) board=q35 tty=ttyS0 ;;
  esac
  for folder in "$run" "$java_home"; do
    case $folder in *[[:space:],]*) fail "QEMU cannot share '$folder': a comma or a space in its name" ;; esac
  done
  if [ "$script" = shell.sh ]; then serial=mon:stdio monitor=none; else serial=file:$out/console.log monitor=stdio; fi
  # A guest that gets little time must not take its own clock for broken.
  # shellcheck disable=SC2046 # these print several arguments
  set -- $(accelerator) -machine "$board" -smp "$cpus" -m "$memory" -nodefaults -no-user-config \
    -display none -no-reboot -serial "$serial" -monitor "$monitor" -kernel "$vmlinuz" \
    -initrd "$run/initramfs.gz" -append "console=$tty panic=-1 mitigations=off no_timer_check nowatchdog quiet loglevel=4" \
    $(share usr /usr ro) $(share etc /etc ro) $(share lab "$lab_root" ro) $(share java "$java_home" ro) \
    $(share out "$out" rw) -device virtio-rng-pci "$@"
  printf '%s\n' "$qemu $*" > "$out/qemu.command"
  if [ "$script" = shell.sh ]; then
    (cd "$run" && exec "$qemu" "$@")
    return
  fi
  mkfifo "$out/monitor"
  # From the run's folder, because the name of a socket must be short. The monitor's pipe is held open for
  # both directions, so that neither end sees an end of file.
  (cd "$run" && exec "$qemu" "$@") <> "$out/monitor" > "$out/monitor.log" 2> "$out/qemu.log" &
  guest_pid=$!
  guests="$guests $guest_pid"
}

# follow_guest NAME PID PREFIX: what the guest says for people goes to our output as it comes.
follow_guest() {
  : >> "$run/$1/console.log"
  tail -n +1 -f --pid="$2" "$run/$1/console.log" 2> /dev/null \
    | sed -u -n "s/\r\$//; s/^lab: /$3/p" &
  follower=$!
}

is_running() { kill -0 "$1" 2> /dev/null; }

# Guests ask for something by making a file in their out folders: the wire of a pair is cut or mended, and one
# is told what the other has come to.
serve_wishes() {
  for wish in cut:off mend:on; do
    [ -e "$run/$1/${wish%:*}" ] || continue
    mv "$run/$1/${wish%:*}" "$run/$1/${wish%:*}.done"
    printf 'set_link n0 %s\n' "${wish#*:}" > "$run/$1/monitor"
    say "wire: ${wish%:*} at the wish of '$1'"
  done
  pass_on serving a b
  pass_on finished b a
}

# pass_on NEWS FROM TO
pass_on() {
  if [ -e "$run/$2/$1" ] && [ ! -e "$run/$3/$1" ]; then
    echo yes > "$run/$3/$1"
  fi
}

# await_guest NAME PID DEADLINE: returns the status of the guest's script; ends a guest that is late.
await_guest() {
  while is_running "$2"; do
    if [ "$(date +%s)" -ge "$3" ]; then
      kill -KILL "$2" 2> /dev/null || true
      wait "$2" 2> /dev/null || true
      show_console "$1"
      say "guest '$1' was ended after $timeout s; all that it said is in $run/$1/console.log" >&2
      return 1
    fi
    serve_wishes "$1"
    sleep 0.2
  done
  wait "$2" 2> /dev/null || true
  if ! guest_status=$(cat "$run/$1/status" 2> /dev/null) || [ -z "$guest_status" ]; then
    cat "$run/$1/qemu.log" >&2
    show_console "$1"
    say "guest '$1' stopped before its script had ended; all that it said is in $run/$1/console.log" >&2
    return 1
  fi
  return "$guest_status"
}

show_console() { sed 's/\r$//' "$run/$1/console.log" | tail -n 40 >&2; }
