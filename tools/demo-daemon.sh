#!/usr/bin/env bash
# Starts the daemon with a temporary folder, drops a clip into it, waits, and shows the daemon's reports.
set -euo pipefail
saliencyd=$(realpath "$1")
port=${PORT:-8787}
root=$PWD/out/daemon
rm -rf "$root"
mkdir -p "$root/inbox"

cat >"$root/saliencyd.yaml" <<END
state: $root/state
http:
  port: $port
folders:
  inbox:
    folder: $root/inbox
    output: $root/annotated
    settle: 1
    fit: full
    burn-labels: true
END

"$saliencyd" serve --config "$root/saliencyd.yaml" 2>"$root/log" &
daemon=$!
trap 'kill $daemon 2>/dev/null; wait $daemon || true' EXIT
until grep -q ready "$root/log"; do
    kill -0 $daemon 2>/dev/null || { cat "$root/log" >&2; exit 1; }
    sleep 0.1
done

"$saliencyd" sample "$root/clip.mp4"
# Equivalent to copying the file to the inbox, and works from any machine.
"$saliencyd" jobs add "$root/clip.mp4" --folder inbox --wait --config "$root/saliencyd.yaml"

echo
"$saliencyd" jobs list --config "$root/saliencyd.yaml"
echo
curl -fsS "http://127.0.0.1:$port/metrics" | grep -E '^saliencyd_(jobs|frames|windows|ledger)' || true

cat <<END

The annotated clip:      out/daemon/annotated/clip.saliency.mp4
The configuration:       out/daemon/saliencyd.yaml; systemd/saliencyd.yaml explains every setting
The log:                 out/daemon/log

To start it again:

    .build/release/saliencyd serve --config out/daemon/saliencyd.yaml
END
