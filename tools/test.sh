#!/usr/bin/env bash
# Builds and runs every test, then prints one closing line: "N passed, N failed".
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test --disable-xctest "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

# Swift Testing closes with "Test run with 120 tests in 14 suites passed after 3.1 seconds."
# or "… failed after 3.1 seconds with 2 issues."
total=$(grep -oE 'Test run with [0-9]+ tests?' "$log" | tail -n 1 | grep -oE '[0-9]+')
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
