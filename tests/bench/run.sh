#!/bin/sh
# Builds the programs of this folder, then measures: one JSON object a line on standard output.
# FIGURE=name (of a group, see figures.mjs) measures that group only. The daemon is the release
# build; LIBS are its libraries, as the Makefile names them.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory -s VARIANT=release all build/release/libcore.a
out=build/bench
mkdir -p "$out"
flags="-std=c17 -O2 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
       -Wmissing-prototypes -D_GNU_SOURCE -Iinclude -Itests/bench"
build() {
    name=$1
    shift
    # shellcheck disable=SC2086
    ${CC:-gcc} $flags -o "$out/$name" "tests/bench/$name.c" tests/bench/bench.c "$@"
}
build load
build sse
build port
# shellcheck disable=SC2086
build bus30 build/release/libhallcall.a build/release/libcore.a $LIBS
build ceiling_sse
build ceiling_mhd -lmicrohttpd -lsqlite3 -lpthread
build ceiling_sqlite -lsqlite3
build bench_core build/release/libcore.a -lm
build bench_forecast build/release/libhallcall.a build/release/libcore.a -lm
exec node tests/bench/bench.mjs "${FIGURE:-}"
