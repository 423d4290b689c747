#!/usr/bin/env bash
# Runs the tests and sums them up.
#
#   tests/run.sh all      every suite; minutes from an empty build folder
#   tests/run.sh check    the quick ones; under a minute when everything is built
#
# One line a suite when all is well; the whole output of a suite that fails. The last line is always
# "N passed, N failed"; the exit status is 1 when something failed or when a suite ran nothing. What each suite
# printed stays in build/test/.
#
# The sanitized programs run without address randomisation (setarch -R): the thread sanitizer of Debian 12 needs
# that on newer kernels.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
# The tests start make themselves, from whatever make started them.
unset MAKEFLAGS MFLAGS MAKELEVEL VARIANT STRICT
export LC_ALL=C.UTF-8
export ASAN_OPTIONS=detect_stack_use_after_return=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=0:exitcode=66

readonly what=${1:-all}
readonly logs=build/test
readonly fuzz_seconds=6
passed=0
failed=0
asides=()

# suite NAME COMMAND...: COMMAND prints its counts as its last line, "N passed, N failed", or as TAP. A command
# that fails without saying how many counts as one failure, and so does one that ran nothing.
suite()
{
    run "$@"
    report "$1"
}

# The same beside the suites that follow, until gather: for those that mostly wait.
aside()
{
    run "$@" &
    asides+=("$1")
}

gather()
{
    local name
    wait
    for name in "${asides[@]}"; do
        report "$name"
    done
    asides=()
}

log_of()
{
    echo "$logs/${1//[ \/]/-}.log"
}

run()
{
    local log status=0 started=$SECONDS
    log=$(log_of "$1")
    shift
    "$@" >"$log" 2>&1 </dev/null || status=$?
    echo "$status $((SECONDS - started))" >"$log.end"
}

report()
{
    local name=$1 log status seconds good bad
    log=$(log_of "$name")
    read -r status seconds <"$log.end"
    read -r good bad < <(count "$log")
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
        echo "$name: ended with status $status" >>"$log"
    elif [ $((good + bad)) -eq 0 ]; then
        bad=1
        echo "$name: ran nothing" >>"$log"
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    if [ "$bad" -ne 0 ]; then
        cat "$log"
    fi
    printf '%-28s %5d passed %3d failed %4d s\n' "$name" "$good" "$bad" "$seconds"
}

# What a log says: "PASSED FAILED". A test that was skipped counts as neither.
count()
{
    awk '
        /^[0-9]+ passed, [0-9]+ failed$/ { good = $1; bad = $3 }
        /^# (pass|fail|cancelled) [0-9]+$/ { if ($2 == "pass") good += $3; else bad += $3 }
        END { print good + 0, bad + 0 }' "$1"
}

# build VARIANT [MAKE ARGUMENT]...: nothing else makes sense when this fails.
build()
{
    local variant=$1 started=$SECONDS
    shift
    if ! make -j2 STRICT=1 VARIANT="$variant" "$@" >"$logs/build-$variant.log" 2>&1; then
        cat "$logs/build-$variant.log"
        echo "the $variant build failed"
        finish 1
    fi
    printf '%-28s %29d s\n' "build $variant" $((SECONDS - started))
}

finish()
{
    failed=$((failed + ${1:-0}))
    echo "$passed passed, $failed failed"
    exit $((failed > 0))
}

# unit VARIANT TEST...: cmocka programs of a variant; prints the output of those that fail. With PRELOAD set,
# that library is loaded before them.
unit()
{
    local variant=$1 good=0 bad=0 test out run ok status
    shift
    for test in "$@"; do
        status=0
        out=$(LD_PRELOAD=${PRELOAD:-} timeout 300 setarch -R "build/$variant/tests/$test" 2>&1) || status=$?
        read -r run ok < <(awk '
            /^\[==========\] [0-9]+ test\(s\) run\./ { run += $2 }
            /^\[  PASSED  \] [0-9]+ test\(s\)/ { ok += $4 }
            END { print run + 0, ok + 0 }' <<<"$out")
        if [ "$status" -ne 0 ] || [ "$run" -eq 0 ]; then
            printf '%s\n%s ended with status %d\n' "$out" "$test" "$status"
            # A crash leaves no count behind.
            [ "$run" -gt "$ok" ] || run=$((ok + 1))
        fi
        good=$((good + ok))
        bad=$((bad + run - ok))
    done
    echo "$good passed, $bad failed"
    [ "$bad" -eq 0 ]
}

unit_names()
{
    local source
    for source in tests/unit/test_*.c; do
        basename "$source" .c
    done
}

# Those of the given tests that have threads and exist.
threaded_names()
{
    unit_names | grep -xE 'test_(mailbox|bus|engine|engine_press|reader|device|device_health|device_storm|device_fault|device_pad|log)'
}

# scripts PATTERN...: files of node's test runner. A suite that hangs is ended, and has failed.
scripts()
{
    timeout 300 node --test --test-reporter=tap "$@"
}

# Every page in a real browser, two files at a time: each has a hall of its own, and sentences are spoken in their
# own time.
pages()
{
    timeout 900 node --test --test-concurrency=2 --test-reporter=tap tests/browser/*.test.mjs
}

# with VARIANT PATTERN...: the same against the program of another variant.
with()
{
    local variant=$1
    shift
    HALLCALL=$PWD/build/$variant/hallcall timeout 600 setarch -R node --test --test-reporter=tap "$@"
}

# The real serial library on pseudo-terminals.
device()
{
    make -j2 STRICT=1 device-tests >/dev/null && PRELOAD=$PWD/build/release/tests/ptyshim.so unit release serial_test serial_fault_test serial_print_test
}

# Seconds for each parser: finds little that is new, but proves that the target works and that what was found
# before stays right. The words of the parsers themselves are the dictionary; inputs that reached new code stay in
# the build folder and are tried again.
fuzz()
{
    local source name good=0 bad=0 seeds
    grep -ohE '"[A-Za-z_.:-]{2,24}"' src/wire/*.c src/core/*.c | sort -u >"$logs/words.dict"
    for source in tests/fuzz/fuzz_*.c; do
        name=$(basename "$source" .c)
        seeds=(tests/fuzz/seeds/"${name#fuzz_}"/)
        [ "$name" != fuzz_wire_config ] || seeds+=(src/demo/)
        [ -d "${seeds[0]}" ] || seeds=("${seeds[@]:1}")
        mkdir -p "$logs/corpus/$name"
        echo "== $name"
        if "build/fuzz/fuzz/$name" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
            -dict="$logs/words.dict" -print_final_stats=1 -artifact_prefix="$logs/$name-" "$logs/corpus/$name" \
            "${seeds[@]}"; then
            good=$((good + 1))
        else
            bad=$((bad + 1))
        fi
    done
    echo "$good passed, $bad failed"
    [ "$bad" -eq 0 ]
}

node_modules()
{
    [ tests/node_modules/.package-lock.json -nt tests/package-lock.json ] && return
    echo "npm ci in tests/"
    (cd tests && npm ci --silent --no-progress) || finish 1
}

# Arguments that are lists of names are meant to be split.
# shellcheck disable=SC2046
check_suites()
{
    build release all unit
    aside unit unit release $(unit_names)
    suite tidy node tests/tidy/tidy.mjs
    suite "tidy rules" scripts tests/tidy/*.test.mjs
    suite sql scripts tests/sql/*.test.mjs
    # Long statistics are for the whole run.
    suite "simulate traces" scripts tests/sim/trace.test.mjs
    suite cli scripts tests/cli/*.test.mjs
    suite http scripts tests/http/*.test.mjs
    gather
}

# shellcheck disable=SC2046
all_suites()
{
    node_modules
    check_suites
    build release sim-tests
    aside simulate scripts $(find tests/sim -name "*.test.mjs" ! -name trace.test.mjs | sort)
    suite crash scripts tests/crash/*.test.mjs
    gather
    aside device device
    suite browser pages
    gather
    build asan all unit
    aside "http asan" with asan tests/http/*.test.mjs
    suite "unit asan" unit asan $(unit_names)
    build tsan all $(threaded_names | sed 's,^,build/tsan/tests/,')
    suite "unit tsan" unit tsan $(threaded_names)
    suite "load tsan" with tsan tests/crash/{race,guard,day,space}.test.mjs
    build fuzz CC=clang fuzz-programs
    suite fuzz fuzz
    gather
}

# In a function, so that the whole script is read before anything of it runs.
main()
{
    mkdir -p "$logs"
    case $what in
    all) all_suites ;;
    check) check_suites ;;
    *)
        echo "usage: tests/run.sh all|check" >&2
        exit 2
        ;;
    esac
    finish
}

main
