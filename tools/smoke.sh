#!/usr/bin/env bash
# A minimal test of a release build: writes a clip, annotates it, and reads the result back.
set -euo pipefail
saliencyd=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$saliencyd" --version
"$saliencyd" sample "$folder/sample.mp4" --seconds 2
"$saliencyd" annotate "$folder/sample.mp4" --model builtin:motion -o "$folder/annotated.mp4"

frames() {
    ffprobe -v error -select_streams v:0 -count_frames -show_entries stream=nb_read_frames -of csv=p=0 "$1"
}
given=$(frames "$folder/sample.mp4")
arrived=$(frames "$folder/annotated.mp4")
if [ "$given" -eq 0 ] || [ "$given" != "$arrived" ]; then
    echo "the clip has $given frames, the annotated one $arrived" >&2
    exit 1
fi
python3 - "$folder/annotated.json" <<'END'
import json, sys

sidecar = json.load(open(sys.argv[1], encoding="utf-8"))
if not sidecar["windows"]:
    sys.exit("the sidecar has no windows")
END
echo "annotated $arrived frames"
