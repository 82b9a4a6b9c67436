#!/usr/bin/env bash
# Checks the units: systemd must accept every line, and the exposure of their sandboxes must stay below the limit.
set -euo pipefail
cd "$(dirname "$0")"

# The exposure of `systemd-analyze security`, from 0 (safe) to 10, times ten.
limit=15

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The command may not be installed here; verify requires only an executable file.
printf '#!/bin/sh\n' >"$scratch/saliencyd"
chmod +x "$scratch/saliencyd"

# check NAME FILE [DROP-IN]: checks the unit FILE under the name NAME, with the drop-in if given.
check() {
    local unit=$scratch/$1 words report
    sed "s|/usr/bin/saliencyd|$scratch/saliencyd|" "$2" >"$unit"
    if [ $# -gt 2 ]; then install -D -m 644 "$3" "$unit.d/$3"; fi

    # Warnings do not change the exit status, so any output about these units counts; messages about other units do not.
    words=$(systemd-analyze verify --man=no --recursive-errors=no "$unit" 2>&1) || true
    if grep -F saliencyd <<<"$words" >&2; then
        echo "systemd/$2 ${3:-}: systemd-analyze verify is not clean" >&2
        exit 1
    fi

    report=$(systemd-analyze security --offline=yes --no-pager --threshold="$limit" "$unit") || {
        grep -E '^✗|Overall' <<<"$report" >&2
        echo "systemd/$2 ${3:-}: the exposure is above $((limit / 10)).$((limit % 10))" >&2
        exit 1
    }
    echo "$(grep -oE 'Overall exposure level for .*: [0-9.]+' <<<"$report")${3:+ with $3}"
}

check saliencyd.service saliencyd.service
check saliencyd.service saliencyd.service cameras.conf
check saliencyd-camera@gate.service saliencyd-camera@.service

# Creates the account and the folders in an empty root, which also checks the files of both programs.
mkdir -p "$scratch/tree/etc"
systemd-sysusers --root="$scratch/tree" "$PWD/saliencyd.sysusers" >"$scratch/words" 2>&1 || {
    cat "$scratch/words" >&2
    exit 1
}
grep -q '^saliencyd:' "$scratch/tree/etc/passwd"
if [ "$(id -u)" -eq 0 ]; then # only root may give files away
    systemd-tmpfiles --root="$scratch/tree" --create "$PWD/saliencyd.tmpfiles"
    for folder in inbox outbox failed models; do test -d "$scratch/tree/var/lib/saliencyd/$folder"; done
fi
