#!/bin/sh
# Compiles C programs to WebAssembly, each beside its source.
#
#   build.sh [SOURCE-FOLDER [TARGET-FOLDER]]
#
# Needs Debian's clang, lld, wasi-libc and libclang-rt-dev-wasm32. With the versions of Debian 12
# (clang 14, wasi-libc 0.0~git20220510) the bits are those in the repository, which a test checks.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source_folder=${1:-$here}
target=${2:-$source_folder}
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
for source in "$source_folder"/*.c; do
  name=$(basename "$source" .c)
  # In two steps, because a linking clang that is given -O runs wasm-opt where there is one.
  clang --target=wasm32-wasi -O2 -mbulk-memory -ftls-model=local-exec -I "$here" \
    -Wall -Wextra -Wno-sign-compare -Wno-unused-function -Wno-infinite-recursion -Werror \
    -c -o "$objects/$name.o" "$source"
  clang --target=wasm32-wasi -Wl,--strip-all -o "$target/$name.wasm" "$objects/$name.o"
done
