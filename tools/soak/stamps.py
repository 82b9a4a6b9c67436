"""Compares a camera's time stamps with the arrival times of its frames."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from itertools import pairwise

# Seconds by which a time stamp may differ from the one predicted by its predecessor and the arrivals before it counts as a jump.
JUMP = 1.0
# Seconds without a frame that count as a gap.
GAP = 1.0


@dataclass
class Stamps:
    """Measures of one stream's frames; times in seconds."""

    frames: int = 0
    missing: int = 0
    standing: int = 0
    backward: int = 0
    strays: int = 0
    jumps: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    # Frames per second by arrival and by time stamps, and seconds of time stamps per second of arrival.
    arrived: float | None = None
    stamped: float | None = None
    slope: float | None = None
    # Deviation of arrivals from the line through the time stamps: standard deviation and 99th percentile.
    jitter: float | None = None
    latest: float | None = None

    def advice(self) -> list[str]:
        """Recommended settings for the camera, with reasons."""
        told = []
        if self.frames < 10:
            return ["too few frames came to say anything"]
        if self.missing + self.standing > self.frames / 2:
            told.append(
                "stamps: arrival says what happens anyway, for stamps that stand still or are missing are replaced by arrivals"
            )
        if self.slope is not None and not 0.9 < self.slope < 1.1:
            told.append(
                f"stamps: arrival, for its stamps advance by {self.slope:.2f} s a second: "
                "the network would see motion at a wrong speed"
            )
        if self.backward > self.frames / 20:
            told.append("stamps: arrival, for its stamps are in no order")
        if len(self.jumps) > 2:
            told.append("stamps: arrival, for its clock jumps, and each jump begins a new window")
        if self.latest is not None and self.latest > 1:
            told.append(f"lag: {self.latest + 1:.0f}, for frames arrive up to {self.latest:.1f} s late")
        if self.gaps:
            told.append("transport: tcp if it is udp; and look at the network, for no frame arrives for over a second")
        return told or ["nothing: the usual settings fit"]


def measure(frames: list[tuple[float, float | None]]) -> Stamps:
    """Measures frames in decoding order, given the arrival and the time stamp of each (None if it has none)."""
    found = Stamps(frames=len(frames), missing=sum(stamp is None for _, stamp in frames))
    found.gaps = [b - a for (a, _), (b, _) in pairwise(frames) if b - a > GAP]
    if len(frames) > 1 and frames[-1][0] > frames[0][0]:
        found.arrived = (len(frames) - 1) / (frames[-1][0] - frames[0][0])
    stamped = [(arrival, stamp) for arrival, stamp in frames if stamp is not None]
    steps = [b - a for (_, a), (_, b) in pairwise(stamped)]
    found.standing = sum(step == 0 for step in steps)
    found.backward = sum(step < 0 for step in steps)
    run = longest_run(stamped, found)
    if len(run) < 10 or run[-1][1] <= run[0][1] or run[-1][0] <= run[0][0]:
        return found
    step = statistics.median(b - a for (_, a), (_, b) in pairwise(run))
    found.stamped = 1 / step if step > 0 else None
    found.slope, found.jitter, found.latest = line(run)
    return found


def longest_run(stamped: list[tuple[float, float]], found: Stamps) -> list[tuple[float, float]]:
    """The longest section without jumps, ignoring stray time stamps; counts both."""
    runs: list[list[tuple[float, float]]] = [[]]
    index = 0
    while index < len(stamped):
        here = stamped[index]
        if runs[-1] and off(runs[-1][-1], here):
            following = stamped[index + 1] if index + 1 < len(stamped) else None
            if following and not off(runs[-1][-1], following):
                found.strays += 1
                index += 1
                continue
            found.jumps.append(here[1] - runs[-1][-1][1])
            runs.append([])
        runs[-1].append(here)
        index += 1
    # Each stray time stamp causes two steps, one of them backward.
    found.backward = max(found.backward - found.strays - sum(jump < 0 for jump in found.jumps), 0)
    return max(runs, key=len)


def off(before: tuple[float, float], after: tuple[float, float]) -> bool:
    return abs((after[1] - before[1]) - (after[0] - before[0])) > JUMP


def line(run: list[tuple[float, float]]) -> tuple[float, float, float]:
    """The slope of time stamps over arrivals, and the deviations of arrivals from the line."""
    arrivals, stamps = [a for a, _ in run], [s for _, s in run]
    slope, base = statistics.linear_regression(arrivals, stamps)
    late = sorted(arrival - (stamp - base) / slope for arrival, stamp in run) if slope > 0 else [0.0]
    soonest = late[0]
    return slope, statistics.pstdev(late), late[int((len(late) - 1) * 0.99)] - soonest
