# shellcheck shell=sh
# Sourced in a guest: checks that are shell commands, and how Java starts here.

results=/out/results.tsv

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
  from=$(date +%s.%N)
  if "$@" > "$log" 2>&1; then
    outcome=passed reason=
  else
    outcome=failed reason="status $?: $(tail -n 1 "$log" | tr '\t' ' ')"
    echo "lab:   FAILED $class $name"
    tail -n 20 "$log" | sed 's/^/lab:     /'
  fi
  seconds=$(echo "$from $(date +%s.%N)" | awk '{ printf "%.1f", $2 - $1 }')
  printf '%s\t%s\t%s\t%s\t%s\n' "$class" "$name" "$outcome" "$seconds" "$reason" >> "$results"
  [ "$outcome" = passed ]
}

# skipped NAME REASON
skipped() {
  printf '%s\t%s\tskipped\t0\t%s\n' "$class" "$1" "$2" >> "$results"
  echo "lab:   skipped $class $1: $2"
}

# Translated code is slow to compile and quick to be thrown away: the first compiler pays, the second not.
java_flags() {
  printf '%s ' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss8m -Djdk.virtualThreadScheduler.parallelism=8 \
    --add-exports java.base/sun.nio.ch=ALL-UNNAMED --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow "-Dkog.rdma.provider=${LAB_PROVIDER:-native}"
}

kog() {
  # shellcheck disable=SC2046 # several flags
  java $(java_flags) -Xlog:disable -Xlog:all=error:stderr -XX:AOTCache="$LAB_KOG/kog.aot" -jar "$LAB_KOG/kog-cli.jar" "$@"
}

# Adds up one hardware counter of rxe0.
counter() { cat "/sys/class/infiniband/rxe0/ports/1/hw_counters/$1"; }
