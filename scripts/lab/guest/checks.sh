# shellcheck shell=sh
# Sourced in a guest: checks that are shell commands, and how Java starts here.

results=/out/results.tsv

# As time passes in the guest.
uptime_seconds() { cut -d' ' -f1 /proc/uptime; }

part() {
  class=$1
  mkdir -p "/out/$class"
  echo "lab: Running $class"
}

# check NAME COMMAND...: runs a command; its output stays at /out/CLASS/NAME.log and is shown when it fails.
check() {
  name=$1
  shift
  log=/out/$class/$name.log
  from=$(uptime_seconds)
  if "$@" > "$log" 2>&1; then
    outcome=passed reason=
  else
    outcome=failed reason="status $?: $(tail -n 1 "$log" | tr '\t' ' ')"
    echo "lab:   FAILED $class $name"
    tail -n 20 "$log" | sed 's/^/lab:     /'
  fi
  seconds=$(echo "$from $(uptime_seconds)" | awk '{ printf "%.1f", $2 - $1 }')
  printf '%s\t%s\t%s\t%s\t%s\n' "$class" "$name" "$outcome" "$seconds" "$reason" >> "$results"
  [ "$outcome" = passed ]
}

export KOG_VERBS="${KOG_VERBS:-native}"

# Translated code is slow to compile and soon thrown away: the first compiler pays, the second does not.
java_flags() {
  printf '%s ' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss8m -Djdk.virtualThreadScheduler.parallelism=8 \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
}

# The command line. What a slow guest did not do in time is tried again: it is what is done that counts here.
kog() {
  tries=0
  while :; do
    tries=$((tries + 1))
    # shellcheck disable=SC2046 # several flags
    java $(java_flags) -Xlog:disable -Xlog:all=error:stderr -XX:AOTCache="$LAB_KOG/kog.aot" \
      -jar "$LAB_KOG/kog-cli.jar" "$@" && return
    kog_status=$?
    case $kog_status in
      5 | 11) [ "$tries" -lt 3 ] || return "$kog_status" ;;
      *) return "$kog_status" ;;
    esac
  done
}

# One hardware counter of rxe0.
counter() { cat "/sys/class/infiniband/rxe0/ports/1/hw_counters/$1"; }
