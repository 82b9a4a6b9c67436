#!/usr/bin/env bash
# Compares the linked part of ICU's data (tools/icu_data.py) with all of it: Foundation must give the same results with both,
# whatever language and time zone the environment names.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tools/icu_data.py "$scratch/icu.o"
compile() { swiftc -static-stdlib -use-ld=lld -swift-version 6 tools/icu_probe.swift -o "$@"; }
compile "$scratch/all"
compile "$scratch/part" "$scratch/icu.o"
if [ "$(stat -c %s "$scratch/part")" -gt "$(($(stat -c %s "$scratch/all") - 25000000))" ]; then
    echo "the linker did not take the part of ICU's data for the whole" >&2
    exit 1
fi

for language in C en_US.UTF-8 de_DE.UTF-8 tr_TR.UTF-8 zh_CN.UTF-8; do
    for zone in UTC Europe/Berlin Asia/Kolkata; do
        for data in all part; do
            LANG=$language LC_ALL=$language TZ=$zone "$scratch/$data" >"$scratch/$data.txt"
        done
        if ! diff "$scratch/all.txt" "$scratch/part.txt"; then
            echo "Foundation answers otherwise with a part of ICU's data, with LANG=$language and TZ=$zone" >&2
            exit 1
        fi
    done
done
echo "Foundation answers alike: $(wc -l <"$scratch/part.txt") lines in 5 languages and 3 time zones"
