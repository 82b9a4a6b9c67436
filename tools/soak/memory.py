#!/usr/bin/env python3
"""Processes hostile and ordinary clips in a control group with little memory. Needs root.

A clip of a few kilobytes can be 8192x4352, last two hours, or have hours between two frames. The daemon may reject such a clip,
annotate it, or, if the kernel kills the daemon, set the clip aside; the ordinary clips must be done in any case. Whenever the
daemon is killed it is started again, as by systemd.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon import Daemon, make_clip

GROUPS = Path("/sys/fs/cgroup")

HOSTILE = {
    "8k.mp4": ["color=gray:s=8192x4352:r=25", "-frames:v", "80"],
    "black2h.mp4": ["color=black:s=16x16:r=1", "-frames:v", "7200"],
    # A frame every 500 s.
    "sparse.mp4": ["testsrc2=s=160x120:r=1/500", "-frames:v", "60"],
}


class MemoryGroup:
    """A control group with a limit, in either version of the kernel's interface."""

    def __init__(self, path: Path, is_unified: bool) -> None:
        self.path, self.is_unified = path, is_unified

    def enter(self) -> None:
        (self.path / "cgroup.procs").write_text(str(os.getpid()))

    def peak(self) -> float:
        """Megabytes, including the page cache."""
        name = "memory.peak" if self.is_unified else "memory.max_usage_in_bytes"
        file = self.path / name
        return int(file.read_text()) / 1e6 if file.exists() else 0

    def kills(self) -> int:
        """The number of processes that the kernel killed for lack of memory."""
        file = self.path / ("memory.events" if self.is_unified else "memory.oom_control")
        for line in file.read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
        return 0


@contextmanager
def memory_group(megabytes: int) -> Iterator[MemoryGroup]:
    is_unified = (GROUPS / "cgroup.controllers").exists()
    path = (GROUPS if is_unified else GROUPS / "memory") / f"saliencyd-soak-{os.getpid()}"
    path.mkdir()
    try:
        (path / ("memory.max" if is_unified else "memory.limit_in_bytes")).write_text(str(megabytes * 1_000_000))
        yield MemoryGroup(path, is_unified)
    finally:
        time.sleep(0.5)  # a process that has ended leaves its group a moment later
        path.rmdir()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default=".build/release/saliencyd")
    parser.add_argument("--root", type=Path, default=Path("out/soak/memory"))
    parser.add_argument("--limit", type=int, default=2000, help="megabytes")
    parser.add_argument("--clips", type=int, default=6, help="ordinary clips, dropped after the hostile ones")
    parser.add_argument("--files", type=Path, help="a folder with further hostile clips")
    parser.add_argument("--minutes", type=float, default=20, help="time limit in minutes")
    args = parser.parse_args()

    daemon = Daemon(args.command, args.root)
    for name, source in HOSTILE.items():
        target = daemon.inbox / name
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source[0], *source[1:], "-pix_fmt", "yuv420p", "-c:v", "libx264",
             "-preset", "ultrafast", target],
            check=True,
        )  # fmt: skip
        print(f"{name}: {target.stat().st_size / 1000:.0f} kB")
    for path in sorted(args.files.iterdir()) if args.files else []:
        if path.is_file():
            shutil.copy(path, daemon.inbox / f"given-{path.name}")
    ordinary = [f"clip{number}.mp4" for number in range(args.clips)]

    begin, starts, dropped = time.monotonic(), 0, False
    with memory_group(args.limit) as group:
        while time.monotonic() - begin < args.minutes * 60:
            starts += 1
            process = daemon.start(before=group.enter)
            if not dropped:
                for number, name in enumerate(ordinary):
                    make_clip(daemon.inbox / name, number, 100)
                dropped = True

            def is_over() -> bool:
                counts = daemon.counts()
                open_jobs = counts.get("queued", 0) + counts.get("running", 0)
                return process.poll() is not None or (counts.get("done", 0) >= args.clips and open_jobs == 0)

            daemon.wait(is_over, args.minutes * 60 - (time.monotonic() - begin))
            if process.poll() is None:
                break
        status = daemon.stop()
        peak, kills = group.peak(), group.kills()
    found = [] if status == 0 else [f"SIGTERM ended it with {status}"]
    for name, state, attempts, message in daemon.query("select source, state, attempts, failure_message from jobs order by id"):
        name = Path(name).name
        print(f"{name}: {state} after {attempts} attempts{': ' + message if message else ''}")
        if name in ordinary and state != "done":
            found.append(f"{name} is {state}")
        if state in ("queued", "running"):
            found.append(f"{name} has not come to an end")
    for problem in found:
        print(problem)
    print(
        f"{args.limit} MB, {time.monotonic() - begin:.0f} s: {starts} starts, {kills} kills for want of memory, {peak:.0f} MB at most, "
        f"{len(found)} problems"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
