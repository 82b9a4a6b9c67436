"""Checks of a camera's record and recording, valid after any disturbance."""

from __future__ import annotations

import itertools
import json
import subprocess
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

# Seconds. A wall clock derived from arrivals is corrected when frames arrive with a shorter delay than any before.
CLOCK = 0.5
# Seconds between two frames that count as a gap, whose duration is not known from garbled time stamps.
GAP = 1.0


def moment(text: str) -> float:
    """Seconds since 1970."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Record:
    """A camera's NDJSON file, read as it grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[dict[str, Any]] = []
        self.position = 0
        self.lock = threading.Lock()

    def read(self) -> list[dict[str, Any]]:
        with self.lock:
            if self.path.exists():
                with self.path.open("rb") as file:
                    file.seek(self.position)
                    for line in file:
                        # The last line may still be incomplete.
                        if not line.endswith(b"\n"):
                            break
                        self.position += len(line)
                        self.lines.append(json.loads(line))
            return self.lines

    def has_window_since(self, time: float) -> bool:
        """Whether there is a window whose frames were all taken after `time`."""
        newest = next((line for line in reversed(self.read()) if line["kind"] == "window"), None)
        return newest is not None and moment(newest["start"]) >= time

    def count(self, kind: str) -> int:
        return sum(line["kind"] == kind for line in self.read())


@dataclass
class Findings:
    problems: list[str] = field(default_factory=list)
    # The largest step backwards, in seconds.
    largest_step_back: float = 0


def check_record(lines: list[dict[str, Any]]) -> Findings:
    """Every window is within its connection, every connection after the previous one, and times never decrease."""
    out = Findings()
    connection, standing = 0, False
    before: dict[str, Any] | None = None

    def problem(line: dict[str, Any], text: str) -> None:
        out.problems.append(f"{text}: {json.dumps(line)}")

    def in_order(line: dict[str, Any], earlier: float, later: float, what: str) -> None:
        out.largest_step_back = max(out.largest_step_back, earlier - later)
        if earlier - later > CLOCK:
            problem(line, f"{what} {earlier - later:.2f} s back")

    for line in lines:
        match line["kind"]:
            case "began":
                if standing:
                    problem(line, f"begins before connection {connection} has ended")
                if line["connection"] <= connection:
                    problem(line, f"follows connection {connection}")
                connection, standing = line["connection"], True
                continue
            case _ if not standing or line["connection"] != connection:
                problem(line, f"is not of connection {connection}" if standing else "is of no connection")
            case "ended":
                standing = False
                if before:
                    in_order(line, moment(before["end"]), moment(line["time"]), "ended before its last window:")
            case "window":
                start, end = moment(line["start"]), moment(line["end"])
                if end <= start or line["source_end"] <= line["source_start"]:
                    problem(line, "ends before it begins")
                if before and before["connection"] == connection:
                    if line["index"] != before["index"] + 1:
                        problem(line, f"follows window {before['index']}")
                    if line["source_start"] <= before["source_start"]:
                        problem(line, "the source's time runs backwards")
                    in_order(line, moment(before["start"]), start, "starts")
                    in_order(line, moment(before["end"]), end, "ends")
                else:
                    if line["index"] != 0:
                        problem(line, "is not the first of its connection")
                    # None of its frames may be from the previous connection.
                    if before:
                        in_order(line, moment(before["end"]), start, "starts before the last connection's last window ends:")
                before = line
    if standing:
        out.problems.append(f"connection {connection} has not ended")
    return out


def check_segments(folder: Path) -> tuple[int, float, Findings]:
    """The number of segments, their total length in seconds, and their errors."""
    out = Findings()
    files = sorted(folder.glob("*/*.mp4"), key=_order)
    total, ended = 0.0, None
    for path in files:
        start, length, jumps, found = _look_into(path)
        out.problems += [f"{path.name}: {problem}" for problem in found]
        if ended is not None:
            out.largest_step_back = max(out.largest_step_back, ended - start)
            if ended - start > CLOCK:
                out.problems.append(f"{path.name}: starts {ended - start:.2f} s before the one before it ends")
        total, ended = total + length, start + length - jumps
    return len(files), total, out


def _order(path: Path) -> tuple[str, int]:
    """Sorts by time; within one second, "-2" follows the name without a number."""
    name, _, number = path.stem.partition("Z")
    return name, int(number.lstrip("-") or 1)


def _look_into(path: Path) -> tuple[float, float, float, list[str]]:
    """The start in seconds since 1970, the length, the length of the gaps, and the errors."""
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-of", "json", "-show_entries",
         "packet=pts,pts_time,duration_time,flags:format_tags=date", path],
        capture_output=True, text=True,
    )  # fmt: skip
    if probe.returncode != 0 or probe.stderr:
        return 0, 0, 0, [f"cannot be read: {probe.stderr.strip()}"]
    told = json.loads(probe.stdout)
    packets = told["packets"]
    found = []
    if not packets or "K" not in packets[0]["flags"]:
        found.append("does not begin with a key frame")
    times = [packet["pts"] for packet in packets]
    backwards = sum(later <= earlier for earlier, later in itertools.pairwise(times))
    if backwards:
        found.append(f"{backwards} time stamps run backwards")
    decode = subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", path, "-fps_mode", "passthrough",
         "-enc_time_base", "-1", "-f", "null", "-"],
        capture_output=True, text=True,
    )  # fmt: skip
    if decode.returncode != 0 or decode.stderr:
        found.append(f"does not play: {decode.stderr.strip()}")
    seconds = [float(packet["pts_time"]) for packet in packets]
    jumps = sum(later - earlier for earlier, later in itertools.pairwise(seconds) if later - earlier > GAP)
    length = seconds[-1] + float(packets[-1].get("duration_time", 0)) if packets else 0
    return moment(told["format"]["tags"]["date"]), length, jumps, found
