#!/usr/bin/env python3
"""Tests full and read-only disks: small file systems in memory for the output folder and the ledger. Needs root."""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon import Daemon, frames_of, make_clip

FRAMES = 100


@contextmanager
def small_disk(path: Path, size: str) -> Iterator[None]:
    path.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "soak", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def remount(path: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", path], check=True)


def is_annotated(daemon: Daemon) -> bool:
    names = sorted(path.name for path in daemon.output.iterdir())
    return names == [f"clip.saliency.{ending}" for ending in ("json", "mp4", "vtt")] and (
        frames_of(daemon.output / "clip.saliency.mp4") == FRAMES
    )


def waits(daemon: Daemon) -> bool:
    """Whether the job is queued again, with the reason."""
    return daemon.query("select count(*) from jobs where state = 'queued' and failure_message is not null") == [(1,)]


def output_disk(command: str, root: Path, broken: str, mended: str, mention: str) -> list[str]:
    disk = root.resolve() / "disk"
    daemon = Daemon(command, root, output=disk / "annotated")
    with small_disk(disk, "4m"):
        daemon.output.mkdir()
        remount(disk, broken)
        make_clip(daemon.inbox / "clip.mp4", 1, FRAMES)
        daemon.start()
        found = [] if daemon.wait(lambda: waits(daemon), 60) else [f"did not wait: {daemon.counts()}"]
        message = daemon.query("select failure_message from jobs")
        if mention not in str(message):
            found.append(f"{mention!r} is not in {message}")
        if list(daemon.output.iterdir()):
            found.append(f"left behind: {[path.name for path in daemon.output.iterdir()]}")
        remount(disk, mended)
        if not daemon.wait(lambda: daemon.counts() == {"done": 1}, 120):
            found.append(f"not done afterwards: {daemon.counts()}")
        if daemon.stop() != 0:
            found.append("SIGTERM did not end it well")
        return found if is_annotated(daemon) else found + ["the video is not complete"]


def broken_for_long(command: str, root: Path, minutes: float) -> list[str]:
    """Several clips whose output cannot be written for longer than all attempts take: they wait, and the sources do not move."""
    disk = root.resolve() / "disk"
    daemon = Daemon(command, root, output=disk / "annotated", source="move")
    names = [f"clip{number}" for number in range(5)]
    with small_disk(disk, "8m"):
        daemon.output.mkdir()
        remount(disk, "ro")
        for number, name in enumerate(names):
            make_clip(daemon.inbox / f"{name}.mp4", number, FRAMES)
        daemon.start()
        found = []
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end and not found:
            time.sleep(min(5, max(0, end - time.monotonic())))
            counts = daemon.counts()
            if set(counts) - {"queued", "running", "waiting"}:
                found.append(f"{counts} while nothing could be written")
            if any(not (daemon.inbox / f"{name}.mp4").exists() for name in names):
                found.append("a source was moved")
            if daemon.process and daemon.process.poll() is not None:
                found.append("the daemon ended")
        remount(disk, "rw")
        mended = time.monotonic()
        if not daemon.wait(lambda: daemon.counts() == {"done": len(names)}, 10 if found else 4000):
            found.append(f"not done afterwards: {daemon.counts()}")
        print(f"done {time.monotonic() - mended:.0f} s after the disk could be written")
        if daemon.stop() != 0:
            found.append("SIGTERM did not end it well")
        for name in names:
            video = daemon.output / f"{name}.saliency.mp4"
            if not video.exists() or frames_of(video) != FRAMES:
                found.append(f"{video.name} is not complete")
    return found


def ledger_disk(command: str, root: Path) -> list[str]:
    disk = root.resolve() / "disk"
    daemon = Daemon(command, root, state=disk / "state")
    with small_disk(disk, "8m"):
        daemon.start()
        daemon.wait(lambda: daemon.query("select 1") == [(1,)], 30)
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        make_clip(daemon.inbox / "clip.mp4", 1, FRAMES)
        time.sleep(5)
        found = [] if daemon.process and daemon.process.poll() is None else ["the daemon ended"]
        if not (daemon.inbox / "clip.mp4").exists():
            found.append("the source is gone")
        filler.unlink()
        if not daemon.wait(lambda: daemon.counts() == {"done": 1}, 120):
            found.append(f"not done afterwards: {daemon.counts()}")
        if daemon.stop() != 0:
            found.append("SIGTERM did not end it well")
        return found if is_annotated(daemon) else found + ["the video is not complete"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", default=".build/release/saliencyd")
    parser.add_argument("--root", type=Path, default=Path("out/soak/disks"))
    parser.add_argument("--broken", type=float, metavar="MINUTES", help="only test an output that cannot be written for this long")
    args = parser.parse_args()
    if args.broken:
        found = broken_for_long(args.command, args.root, args.broken)
        print(f"output broken for {args.broken:g} minutes: {'; '.join(found) if found else 'waited, then done'}")
        return 1 if found else 0
    results = {
        "output disk full": output_disk(args.command, args.root, "size=16k", "size=4m", "space"),
        "output disk read-only": output_disk(args.command, args.root, "ro", "rw", "ead-only"),
        "output disk read-only for 90 s": broken_for_long(args.command, args.root, 1.5),
        "ledger disk full": ledger_disk(args.command, args.root),
    }
    for name, found in results.items():
        print(f"{name}: {'; '.join(found) if found else 'waited, then done'}")
    return 1 if any(results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
