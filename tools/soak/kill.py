#!/usr/bin/env python3
"""Kills the daemon at random moments while it processes a folder, and checks whether anything was lost or done twice.

The seed reproduces clips and moments.
"""

import argparse
import json
import random
import signal
import sys
import time
from pathlib import Path

from daemon import Daemon, frames_of, make_clip


def problems(daemon: Daemon, expected: dict[str, int], source: str) -> list[str]:
    found = sorted(path.name for path in daemon.output.iterdir())
    wanted = sorted(f"{name}.saliency.{ending}" for name in expected for ending in ("mp4", "json", "vtt"))
    out = [f"missing: {name}" for name in sorted(set(wanted) - set(found))]
    out += [f"left over or done twice: {name}" for name in sorted(set(found) - set(wanted))]
    for name, frames in expected.items():
        video, record = (daemon.output / f"{name}.saliency.{ending}" for ending in ("mp4", "json"))
        if video.exists() and frames_of(video) != frames:
            out.append(f"{video.name} has not {frames} frames")
        if record.exists() and json.loads(record.read_text())["source"]["frames"] != frames:
            out.append(f"{record.name} does not tell of {frames} frames")
        sources = [daemon.root / place / f"{name}.mp4" for place in ("inbox", "inbox-done")]
        if sum(path.exists() for path in sources) != (0 if source == "delete" else 1):
            out.append(f"the source of {name} is there {sum(path.exists() for path in sources)} times")
    if daemon.counts() != {"done": len(expected)}:
        out.append(f"the ledger says {daemon.counts()}")
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", default=".build/release/saliencyd")
    parser.add_argument("--root", type=Path, default=Path("out/soak/kill"))
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--clips", type=int, default=600)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--source", default="move", choices=("keep", "move", "delete"))
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    rng = random.Random(args.seed)
    daemon = Daemon(args.command, args.root, args.jobs, args.source)
    expected: dict[str, int] = {}

    def drop(count: int) -> None:
        for _ in range(min(count, args.clips - len(expected))):
            name, frames = f"clip{len(expected):04}", rng.randrange(50, 500)
            make_clip(daemon.inbox / f"{name}.mp4", len(expected), frames)
            expected[name] = frames

    begin = time.monotonic()
    for kill in range(args.kills):
        process = daemon.start()
        drop(1 if kill % 4 else 3)
        time.sleep(rng.uniform(0.02, 1.5))
        if process.poll() is not None:
            print(f"the daemon ended by itself: {process.returncode}; see {daemon.root}/log")
            return 1
        process.send_signal(signal.SIGKILL)
        process.wait()
    seconds = time.monotonic() - begin
    drop(args.clips)
    daemon.start()
    # Waits as long as there is progress, since hundreds of clips take long on a slow machine.
    done = -1
    while done < (now := daemon.counts().get("done", 0)) < len(expected):
        done = now
        daemon.wait(lambda: daemon.counts().get("done", 0) > done, 120)
    # Sources are moved after the ledger's last change.
    time.sleep(3)
    found = [] if daemon.stop() == 0 else ["SIGTERM did not end it well"]
    found += problems(daemon, expected, args.source)
    log = (daemon.root / "log").read_text()
    begun, again = log.count('"job begins"'), log.count("starts again")
    for problem in found:
        print(problem)
    print(
        f"{args.kills} kills in {seconds:.0f} s, {len(expected)} clips, {args.jobs} jobs at once, seed {args.seed}: "
        f"{begun} attempts, {again} cut off, {len(found)} problems"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
