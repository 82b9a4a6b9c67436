#!/usr/bin/env bash
# Prints the version of the command.
set -euo pipefail
file=$(dirname "$0")/../Sources/Pipeline/Version.swift
version=$(sed -nE 's/^public let saliencydVersion = "([0-9][A-Za-z0-9.+~-]*)"$/\1/p' "$file")
[ -n "$version" ] || { echo "no version in $file" >&2; exit 1; }
echo "$version"
