#!/usr/bin/env python3
"""Drops a thousand small files at once on a daemon with four parallel jobs; measures completeness, speed, order and memory."""

import argparse
import statistics
import sys
import time
from pathlib import Path

from daemon import Daemon, make_clip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", default=".build/release/saliencyd")
    parser.add_argument("--root", type=Path, default=Path("out/soak/crowd"))
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=4)
    args = parser.parse_args()

    daemon = Daemon(args.command, args.root, args.jobs)
    template = daemon.root / "template.mp4"
    make_clip(template, 0, 16)
    daemon.start()
    # The memory of one job, before the thousand files.
    make_clip(daemon.inbox / "first.mp4", 1, 16)
    if not daemon.wait(lambda: daemon.counts().get("done") == 1):
        print("the first clip was not annotated")
        return 1
    before = daemon.resident("VmHWM")

    begin = time.monotonic()
    for number in range(args.files):
        hidden = daemon.inbox / f".{number}"
        # A box that players skip makes each file different.
        hidden.write_bytes(template.read_bytes() + (16).to_bytes(4, "big") + b"free" + number.to_bytes(8, "big"))
        hidden.rename(daemon.inbox / f"clip{number:04}.mp4")
    served = daemon.wait(lambda: daemon.counts() == {"done": args.files + 1}, 1800)
    seconds = time.monotonic() - begin
    peak = daemon.resident("VmHWM")
    ended = [row[0] for row in daemon.query("select id from jobs where id > 1 order by finished_at, id")]
    out_of_turn = [abs(place + 2 - job) for place, job in enumerate(ended)]
    status = daemon.stop()
    print(
        f"{args.files} files, {args.jobs} jobs at once: {daemon.counts()}, {seconds:.0f} s, {args.files / seconds:.1f} "
        f"files/s; jobs ended at most {max(out_of_turn)} places out of turn (median {statistics.median(out_of_turn):.0f}); "
        f"memory {before:.0f} MB with one job, {peak:.0f} MB at most; SIGTERM ended with {status}"
    )
    return 0 if served and status == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
