#!/usr/bin/env bash
# Makes a clip and a small random network, annotates the one with the other, and says where the result lies.
set -euo pipefail
saliencyd=$1
mkdir -p out

"$saliencyd" sample out/sample.mp4 --force
"$saliencyd" model untrained out/untrained.safetensors --width 0.25 --classes 10 --window 32 --size 112 --force
"$saliencyd" annotate out/sample.mp4 --model out/untrained.safetensors -o out/sample.saliency.mp4 --fit full \
    --burn-labels --force

cat <<'END'

The annotated clip:      out/sample.saliency.mp4
What was computed:       out/sample.saliency.json

The network of this demo is random: its answers mean nothing, and its heat shows no more than edges and motion. With a
checkpoint of your own or a published one:

    .build/release/saliencyd annotate VIDEO --model CHECKPOINT
END
