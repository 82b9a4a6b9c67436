#!/usr/bin/env bash
# Writes a clip, annotates it with the built-in model, and prints the path of the result.
set -euo pipefail
saliencyd=$1
mkdir -p out

"$saliencyd" sample out/sample.mp4 --force
# The default, Grad-CAM, has too few positions in the small built-in network to outline a ball.
"$saliencyd" annotate out/sample.mp4 --model builtin:motion --method guided-grad-cam \
    -o out/sample.saliency.mp4 --fit full --legend --force

cat <<'END'

The annotated clip:      out/sample.saliency.mp4
What was computed:       out/sample.saliency.json

The built-in network recognises motion: what moved here, and how. `make kinetics` installs the published network, which
recognises 400 human actions and is then the default. For your own video, or with a network of your own:

    .build/release/saliencyd annotate VIDEO
    .build/release/saliencyd annotate VIDEO --model CHECKPOINT
END
