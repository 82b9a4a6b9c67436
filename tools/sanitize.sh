#!/usr/bin/env bash
# Builds the tests with a sanitizer, in a separate folder, and runs the relevant ones:
#
#   tools/sanitize.sh address                             modules that read files and memory: Files, Media, Decode, Engine, Encode;
#                                                         before them the kernels' own tests, also with undefined behaviour checked
#   tools/sanitize.sh thread                              modules with concurrency: Concurrency, Jobs, Telemetry, Pipeline, Daemon
#   tools/sanitize.sh address --filter '^FilesTests\.'    a part of them: arguments go to `swift test`
#
# Suites with the tag `slow` are left out: their networks are of the published size. Suppressions, each with its reason, are in
# tools/sanitizers; findings are printed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:-}
[ $# -eq 0 ] || shift
case $kind in
address)
    scratch=$PWD/.build-asan
    export TEST_TARGETS="FilesTests MediaTests DecodeTests EngineTests LinearAlgebraTests EncodeTests"
    export ASAN_OPTIONS="detect_leaks=1:detect_stack_use_after_return=0:log_path=$scratch/reports/address"
    export LSAN_OPTIONS="suppressions=$PWD/tools/sanitizers/leaks.txt:print_suppressions=0"
    ;;
thread)
    scratch=$PWD/.build-tsan
    export TEST_TARGETS="ConcurrencyTests JobsTests TelemetryTests PipelineTests DaemonTests"
    export TSAN_OPTIONS="suppressions=$PWD/tools/sanitizers/threads.txt:halt_on_error=0:log_path=$scratch/reports/thread"
    ;;
*)
    sed -n '2,/^set/p' "$0" | grep '^#' | cut -c3- >&2
    exit 64
    ;;
esac
rm -rf "$scratch/reports"
mkdir -p "$scratch/reports"
# GNU gold, the toolchain's default, warns of every symbol that the sanitizers' runtimes keep to themselves.
export TEST_BUILD_OPTIONS="--scratch-path $scratch --sanitize $kind -Xswiftc -use-ld=lld"
export TEST_WITHOUT=slow
if [ "$kind" = thread ]; then
    "$(dirname "$(readlink -f "$(command -v swift)")")/clang" -std=c2x -O1 -Wall -Wextra -Werror \
        -c tools/sanitizers/mutex.c -o "$scratch/mutex.o"
    TEST_BUILD_OPTIONS+=" -Xlinker $scratch/mutex.o"
fi
if [ "$kind" = address ] && [ $# -eq 0 ]; then tools/test_kernels.sh sanitize; fi
status=0
tools/test.sh "$@" || status=$?
# A process that finds something writes a file: the tests do not look at all that each `saliencyd` says that they start, nor
# at the exit status of one that they kill.
reports=("$scratch"/reports/*)
if [ -e "${reports[0]}" ]; then
    cat "${reports[@]}"
    echo "findings of ${#reports[@]} processes: $scratch/reports" >&2
    [ "$status" -ne 0 ] || status=1
fi
exit "$status"
