#!/bin/sh
# Compiles the programs in this folder to WebAssembly, each beside its source.
#
#   build.sh [TARGET-FOLDER]
#
# Needs Debian's clang, lld, wasi-libc and libclang-rt-dev-wasm32. With the versions of Debian 12
# (clang 14, wasi-libc 0.0~git20220510) the bits are those in the repository, which a test checks.
set -eu
cd "$(dirname "$0")"
target=${1:-.}
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
# Two steps, because a linking clang that is given -O runs wasm-opt where there is one.
for source in *.c; do
  name=${source%.c}
  clang --target=wasm32-wasi -O2 -mbulk-memory -ftls-model=local-exec \
    -Wall -Wextra -Wno-sign-compare -Wno-unused-function -Werror -c -o "$objects/$name.o" "$source"
  clang --target=wasm32-wasi -Wl,--strip-all -o "$target/$name.wasm" "$objects/$name.o"
done
