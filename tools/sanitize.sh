#!/usr/bin/env bash
# Builds the tests with a sanitizer, in a separate folder, and runs the relevant ones:
#
#   tools/sanitize.sh address                             modules that read files and memory: Files, Media, Decode, Engine, Encode;
#                                                         before them the kernels' own tests, also with undefined behaviour checked
#   tools/sanitize.sh thread                              modules with concurrency: Concurrency, Jobs, Telemetry, Pipeline, Daemon
#   tools/sanitize.sh address --filter '^FilesTests\.'    a part of them: arguments go to `swift test`
#
# Suites with the tag `slow` are left out, since their networks have the published size. Suppressions, each with its reason, are in
# tools/sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:-}
[ $# -eq 0 ] || shift
case $kind in
address)
    export TEST_TARGETS="FilesTests MediaTests DecodeTests EngineTests EncodeTests" TEST_BUILD_OPTIONS="--scratch-path .build-asan --sanitize address"
    export ASAN_OPTIONS="detect_leaks=1:detect_stack_use_after_return=0"
    export LSAN_OPTIONS="suppressions=$PWD/tools/sanitizers/leaks.txt:print_suppressions=0"
    ;;
thread)
    export TEST_TARGETS="ConcurrencyTests JobsTests TelemetryTests PipelineTests DaemonTests" TEST_BUILD_OPTIONS="--scratch-path .build-tsan --sanitize thread"
    export TSAN_OPTIONS="suppressions=$PWD/tools/sanitizers/threads.txt:halt_on_error=0"
    ;;
*)
    sed -n '2,/^set/p' "$0" | grep '^#' | cut -c3- >&2
    exit 64
    ;;
esac
export TEST_WITHOUT=slow
# GNU gold, the toolchain's default, warns about every hidden symbol of the sanitizers' runtimes.
TEST_BUILD_OPTIONS+=" -Xswiftc -use-ld=lld"
if [ "$kind" = address ] && [ $# -eq 0 ]; then tools/test_kernels.sh sanitize; fi
exec tools/test.sh "$@"
