"""A daemon with temporary folders, for the soak tests."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

CONFIG = """
state: {state}
engine: {{jobs: {jobs}}}
http: {{enabled: false}}
logging: {{format: json}}
folders:
  inbox:
    {{folder: {root}/inbox, output: {output}, source: {source}, settle: 0.2, rescan: 1, backoff: 1}}
"""


class Daemon:
    def __init__(
        self, command: str, root: Path, jobs: int = 1, source: str = "keep", state: Path | None = None,
        output: Path | None = None, config: str = CONFIG,
    ) -> None:  # fmt: skip
        self.command, self.root = command, root.resolve()
        shutil.rmtree(self.root, ignore_errors=True)
        self.inbox = self.root / "inbox"
        self.inbox.mkdir(parents=True)
        self.output = output or self.root / "annotated"
        self.state = state or self.root / "state"
        self.config = self.root / "saliencyd.yaml"
        self.config.write_text(
            config.format(root=self.root, state=self.state, output=self.output, jobs=jobs, source=source)
        )
        self.log = (self.root / "log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, before: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
        """`before` runs in the new process before the daemon does."""
        self.process = subprocess.Popen(
            [self.command, "serve", "--config", self.config], stderr=self.log, preexec_fn=before
        )
        return self.process

    def stop(self) -> int:
        """Sends SIGTERM and returns the exit status."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)

    def query(self, sql: str) -> list[tuple]:
        ledger = self.state / "ledger.sqlite"
        if not ledger.exists():
            return []
        with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True, timeout=10) as database:
            # The file exists before its tables.
            if not database.execute("select 1 from sqlite_master where name = 'jobs'").fetchall():
                return []
            return database.execute(sql).fetchall()

    def counts(self) -> dict[str, int]:
        return dict(self.query("select state, count(*) from jobs group by state"))

    def wait(self, is_so: Callable[[], bool], seconds: float = 600) -> bool:
        """Whether `is_so` became true in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if is_so():
                return True
            time.sleep(0.2)
        return False

    def resident(self, field: str) -> float:
        """Megabytes: the current VmRSS and the peak VmHWM."""
        assert self.process
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1000
        return 0

    def descriptors(self) -> int:
        assert self.process
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))


def make_clip(path: Path, number: int, frames: int) -> None:
    """Creates a clip with unique content, which appears complete under its name."""
    hidden = path.with_name(f".{path.name}.part.mp4")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=s=160x120:r=25,hue=h={number * 7 % 360}",
         "-frames:v", str(frames), "-metadata", f"title={number}", hidden],
        check=True,
    )  # fmt: skip
    hidden.rename(path)


def frames_of(path: Path) -> int:
    answer = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-count_frames", "-show_entries", "stream=nb_read_frames",
         "-of", "csv=p=0", path],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(answer.stdout.split()[0].strip(","))
