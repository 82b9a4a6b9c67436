#!/usr/bin/env bash
# Checks the units: systemd understands every line of them, and their sandboxes are as tight as was decided.
set -euo pipefail
cd "$(dirname "$0")"

# As `systemd-analyze security` counts, from 0 (safe) to 10, times ten.
limit=15

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The command may not be installed here, and what verify asks is whether its file can be executed.
printf '#!/bin/sh\n' >"$scratch/saliencyd"
chmod +x "$scratch/saliencyd"

# check NAME FILE [DROP-IN]: the unit FILE under the name NAME, and with the drop-in, if there is one.
check() {
    local unit=$scratch/$1 words report
    sed "s|/usr/bin/saliencyd|$scratch/saliencyd|" "$2" >"$unit"
    if [ $# -gt 2 ]; then install -D -m 644 "$3" "$unit.d/$3"; fi

    # Warnings leave the exit status 0, so any word counts; what it says of this machine's other units does not.
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

# The account and the folders, made in an empty root: both programs check their files on the way.
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
