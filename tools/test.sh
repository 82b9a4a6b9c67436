#!/usr/bin/env bash
# Builds and runs every test, then prints one closing line: "N passed, N failed". Arguments go to `swift test`.
#
# Each target runs in a separate process, one after another: many tests wait for servers, files and processes, and in parallel
# with the engine's tests, which compute, they would not get a thread before their time limit. Suites with the tag `live`, which
# need CPU time to keep up, run first, one test at a time. Of the others 32 run in parallel: they wait more than they compute, and
# without a limit they used more descriptors (1,832 counted) than Foundation can list when it starts a process.
#
# Variables that tools/sanitize.sh and tools/coverage.py set for their own runs:
#   TEST_TARGETS         the targets to run (default: all)
#   TEST_BUILD_OPTIONS   options of both `swift build` and `swift test`
#   TEST_WITHOUT         a tag whose suites are left out
#   TEST_PROFILES        where processes of an instrumented build write their profiles (LLVM_PROFILE_FILE)
set -uo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
data=$(mktemp -d)
trap 'rm -rf "$log" "$data"' EXIT
# No model that the user has installed becomes a command's default.
export XDG_DATA_HOME=$data

read -ra options <<<"${TEST_BUILD_OPTIONS:-}"
read -ra targets <<<"${TEST_TARGETS:-$(basename -a Tests/*Tests | tr '\n' ' ')}"
# Swift 6.3 selects only by name, so the names of tagged suites are looked up.
live=$(python3 tools/test_suites.py filter live) || exit 1
skipped_suites=$live
if [ -n "${TEST_WITHOUT:-}" ]; then
    without=$(python3 tools/test_suites.py filter "$TEST_WITHOUT") || exit 1
    skipped_suites="$live|$without"
fi

build=(${options[@]+"${options[@]}"})
if [ -n "${TEST_PROFILES:-}" ]; then
    # Not passed to `swift test`, which would use a new file for each run and discard the previous one.
    build+=(--enable-code-coverage)
    export LLVM_PROFILE_FILE=$TEST_PROFILES
fi

swift build --build-tests ${build[@]+"${build[@]}"} 2>&1 | grep -vE '^\[[0-9]+/[0-9]+\]'
status=${PIPESTATUS[0]}

run() {
    swift test ${options[@]+"${options[@]}"} --disable-xctest --skip-build "$@" 2>&1 | tee -a "$log"
    [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
}

if [ "$status" -eq 0 ]; then
    if [ $# -gt 0 ]; then
        run "$@"
    else
        for target in "${targets[@]}"; do
            one_by_one=$(python3 tools/test_suites.py filter live --target "$target")
            [ -z "$one_by_one" ] || run --no-parallel --filter "$one_by_one"
        done
        for target in "${targets[@]}"; do
            SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=32 run --filter "^$target\." --skip "$skipped_suites"
        done
    fi
fi

# Swift Testing closes each with "Test run with 120 tests in 14 suites passed after 3.1 seconds."
# or "… failed after 3.1 seconds with 2 issues."
total=$(grep -oE 'Test run with [0-9]+ tests?' "$log" | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }')
skipped=$(grep -cE '^[^ ]+ Test .+ skipped(:|\.|$)' "$log")
failed=$(grep -E '^[^ ]+ Test .+ failed after' "$log" | grep -cv ' Test run with ')
total=${total:-0}
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
if [ "$total" -eq 0 ]; then
    echo "no test ran" >&2
    status=1
fi
if [ "$status" -ne 0 ]; then
    # Once more at the end, where they are found: the output above has thousands of lines.
    echo "What failed:"
    grep -E '^[^ ]+ (Test .+ (recorded an issue|failed after)|Suite .+ failed after)|error: ' "$log" | grep -v ' Test run with ' | head -n 60
fi
echo "$((total > failed + skipped ? total - failed - skipped : 0)) passed, $failed failed, $skipped skipped"
exit "$status"
