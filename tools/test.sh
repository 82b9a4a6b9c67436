#!/usr/bin/env bash
# Builds and runs every test, then prints one closing line: "N passed, N failed". Arguments go to `swift test`.
#
# Each target has a process of its own, one after another: many tests wait for servers, files and processes, and beside the
# engine's, which compute, they would wait for a thread until their time is over. Tests of live processes, which fall behind where
# they get no processor, come one by one. Of the others 32 run at once: they wait more than they compute, and all at once they
# held more descriptors (1,832 counted) than Foundation can list when it starts a process.
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT

swift build --build-tests 2>&1 | grep -vE '^\[[0-9]+/[0-9]+\]'
status=${PIPESTATUS[0]}

run() {
    swift test --disable-xctest --skip-build "$@" 2>&1 | tee -a "$log"
    [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
}

if [ "$status" -eq 0 ]; then
    if [ $# -gt 0 ]; then
        run "$@"
    else
        live='^DaemonTests\.(Watch|CameraRecovery|CameraViewers|CameraPassword|CameraEventsDaemon|CameraEquipment)'
        run --no-parallel --filter "$live"
        for folder in Tests/*Tests; do
            SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=32 run --filter "^$(basename "$folder")\." --skip "$live"
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
echo "$((total > failed + skipped ? total - failed - skipped : 0)) passed, $failed failed, $skipped skipped"
exit "$status"
