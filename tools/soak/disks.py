#!/usr/bin/env python3
"""Full and read-only disks: small file systems in memory under the output folder and under the ledger. As root."""

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
    return names == ["clip.saliency.json", "clip.saliency.mp4"] and (
        frames_of(daemon.output / "clip.saliency.mp4") == FRAMES
    )


def waits(daemon: Daemon) -> bool:
    """The job is queued again, with the reason."""
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
    args = parser.parse_args()
    results = {
        "output disk full": output_disk(args.command, args.root, "size=16k", "size=4m", "space"),
        "output disk read-only": output_disk(args.command, args.root, "ro", "rw", "ead-only"),
        "ledger disk full": ledger_disk(args.command, args.root),
    }
    for name, found in results.items():
        print(f"{name}: {'; '.join(found) if found else 'waited, then done'}")
    return 1 if any(results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
