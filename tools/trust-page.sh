#!/usr/bin/env bash
# Renders images of a trust report in a browser: on a screen, on a phone of 400 pixels, and on paper.
#   tools/trust-page.sh REPORT.html FOLDER
# For inspection by developers; needs Chromium (apt-get install chromium).
set -euo pipefail

report=$(realpath "$1")
folder=$2
mkdir -p "$folder"
folder=$(realpath "$folder")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

browse() {
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files \
        --user-data-dir="$work/profile" --virtual-time-budget=5000 "$@" 2>/dev/null
}

browse --window-size=1200,4000 --screenshot="$folder/screen.png" "file://$report"
# Browser windows are at least 500 pixels wide; a frame can be narrower.
printf '<body style="margin:0"><iframe src="file://%s" style="width:400px;height:4000px;border:0"></iframe>' "$report" \
    > "$work/phone.html"
browse --window-size=500,4000 --screenshot="$folder/phone.png" "file://$work/phone.html"
browse --no-pdf-header-footer --print-to-pdf="$folder/paper.pdf" "file://$report"
echo "$folder/screen.png $folder/phone.png $folder/paper.pdf"
