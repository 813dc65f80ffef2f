# shellcheck shell=sh
# What runs in the guests is built here: nothing is compiled there.

native_library=libkog-ibverbs.so

# Sets kog_app to the folder of the command line's jars. scripts/kog builds it when sources have changed; it
# must be built again when there was no compiler for the native library at that time.
build_command_line() {
  run_kog_build
  if ! "$java_home/bin/jar" tf "$kog_app"/kog-rdma-ibverbs-*.jar | grep -q "/$native_library\$"; then
    rm -f "$lab_root/target/kog/current"
    run_kog_build
    "$java_home/bin/jar" tf "$kog_app"/kog-rdma-ibverbs-*.jar | grep -q "/$native_library\$" \
      || fail "the command line was built without the native provider; see $lab_root/target/kog/build.log"
  fi
}

run_kog_build() {
  "$lab_root/scripts/kog" version > "$run/build-kog.log" 2>&1 \
    || { tail -n 20 "$run/build-kog.log" >&2; fail "the command line cannot be built; see $run/build-kog.log"; }
  kog_app=$lab_root/target/kog/$(cat "$lab_root/target/kog/current")
}

# Compiles the suites, and writes to $run/suite.classpath what it takes to run them. Jars that lie outside
# the project are copied into it, because the guest sees no more.
build_suites() {
  modules=rdma/conformance,rdma/transport,memnode/server
  (cd "$lab_root" && JAVA_HOME=$java_home sh ./mvnw -B -ntp -q -Dquick -pl "$modules" -am test-compile \
    dependency:build-classpath -Dmdep.outputFile=target/lab.classpath -Dmdep.includeScope=test) \
    > "$run/build-suites.log" 2>&1 \
    || { tail -n 20 "$run/build-suites.log" >&2; fail "the suites cannot be built; see $run/build-suites.log"; }
  find "$lab_root/rdma/ibverbs/target/classes" -name "$native_library" | grep -q . \
    || fail "the suites were built without the native provider; see $run/build-suites.log"
  jars=$lab_root/target/rdma-lab-jars
  mkdir -p "$jars"
  for module in $(printf '%s' "$modules" | tr ',' ' '); do
    printf '%s\n' "$lab_root/$module/target/test-classes" "$lab_root/$module/target/classes"
    tr ':' '\n' < "$lab_root/$module/target/lab.classpath"
    echo
  done | awk 'NF && !seen[$0]++' | while read -r entry; do
    case $entry in
      "$lab_root"/*) ;;
      *)
        if [ ! -e "$jars/${entry##*/}" ]; then
          cp -p "$entry" "$jars/.$$" && mv "$jars/.$$" "$jars/${entry##*/}"
        fi
        entry=$jars/${entry##*/}
        ;;
    esac
    printf '%s:' "$entry"
  done > "$run/suite.classpath"
}
