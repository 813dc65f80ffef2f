# shellcheck shell=sh
# Sourced in a guest: runs test classes on the native provider.

# The JVM's flags and the class path.
suite_flags() {
  printf '%s ' "$(java_flags)" -Xmx1g -XX:MaxDirectMemorySize=1g -Xlog:disable -Xlog:all=error:stderr \
    "-Djava.util.logging.config.file=$LAB_ROOT/.mvn/test-logging.properties" -Djava.io.tmpdir=/dev/shm \
    "-Dkog.rdma.provider=$KOG_VERBS" "-Dkog.rdma.address=${lab_address:?}" -Dkog.rdma.patience=30 \
    "${LAB_SUITE_FLAGS:-}" -cp "$LAB_CLASSPATH"
}

# suite NAME CLASS...: appends to the results; what it prints is at /out/NAME.log.
suite() {
  suite=$1
  shift
  # shellcheck disable=SC2046 # several flags
  java $(suite_flags) io.kogluktualuk.rdma.conformance.ConformanceRun --results "/out/$suite.tsv" "$@" \
    > "/out/$suite.log" 2>&1 &
  job=$!
  tail -n +1 -f --pid="$job" "/out/$suite.log" \
    | sed -u -n 's/^\(Running\|Tests run:.* -- in\|  FAILED\|  skipped\)/lab: \1/p'
  wait "$job"
  status=$?
  [ ! -s "/out/$suite.tsv" ] || cat "/out/$suite.tsv" >> "${results:?}"
  # A JVM that dies has said nothing about the tests.
  if [ "$status" -ne 0 ] && ! grep -q "$(printf '\tfailed\t')" "/out/$suite.tsv" 2> /dev/null; then
    tail -n 20 "/out/$suite.log" | sed 's/^/lab:   /'
    printf '%s\t%s\tfailed\t0\t%s\n' "lab.$suite" "$suite" "ended with status $status; see $suite.log" >> "$results"
  fi
}
