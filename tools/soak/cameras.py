#!/usr/bin/env python3
"""Disturbs five cameras repeatedly, keeps some unreachable, or gives some wrong clocks, and checks windows, segments and memory.

The seed reproduces the disturbances. Has the same requirements as servers.py.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import servers
from camera_checks import Record, check_record, check_segments
from daemon import Daemon
from lying import LyingServer

USER, PASSWORD = "viewer", "a/b c?d"
# Seconds: the daemon's settings while cameras are disturbed, and the time that a server needs until its first key frame.
STALL, BACKOFF, OPEN, SERVER = 3.0, 5.0, 8.0, 3.0
# Seconds for a window of 1.28 s, the start of the next one, and the engine on a busy machine.
SLACK = 6.0
BOUND = STALL + BACKOFF + OPEN + SERVER + SLACK
KINDS = ("cut", "stalled", "garbled", "restarted", "restarted after a pause")

CONFIG = """
model: builtin:motion
state: {state}
http: {{enabled: false}}
logging: {{format: json}}
"""
CAMERA = """
  {name}:
    url: "{url}"
    backoff: {backoff}
    open-timeout: {open}
    log-file: "{root}/{name}.ndjson"
"""


def make_clip(path: Path, rate: int) -> Path:
    """A clip of twenty seconds with a key frame per second, small enough for five of them on two cores."""
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=s=320x240:r={rate}", "-t", "20",
         "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(rate), "-pix_fmt", "yuv420p",
         path],
        check=True,
    )  # fmt: skip
    return path


class Source:
    """A camera, its sender, and its disturbances."""

    def __init__(self, name: str, server: servers.Server, record: Path, seed: int) -> None:
        self.name, self.server = name, server
        self.record = Record(record)
        self.random = random.Random(f"{seed} {name}")
        self.url = server.url
        self.garbler = None
        if not isinstance(server, servers.UDP):
            port = server.web.server_port if isinstance(server, servers.HLS) else server.port
            self.garbler = servers.Garbler(port)
            self.url = self.garbler.address(server.url)
        self.kinds: list[str] = []
        self.count = 0
        # For each kind of disturbance, the seconds until the next windows.
        self.recoveries: list[tuple[str, float]] = []
        self.failures: list[str] = []

    def disturb(self, kind: str) -> None:
        """Returns as soon as the source is restored."""
        between = self.random.uniform
        match kind:
            case "cut":
                line = self.garbler or self.server
                line.cut()
                time.sleep(between(0.5, STALL + 2))
                line.mend()
            case "stalled":
                self.server.stall()
                time.sleep(STALL + between(0.5, 3))
                self.server.resume()
            case "garbled":
                self._garble(between(0.5, 3))
            case "restarted":
                self.server.restart()
            case _:
                self.server.restart(after=between(1, STALL + BACKOFF))

    def _garble(self, seconds: float) -> None:
        if self.garbler:
            self.garbler.garble()
            time.sleep(seconds)
            self.garbler.garble(0)
            return
        end = time.monotonic() + seconds
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while time.monotonic() < end:
                sender.sendto(self.random.randbytes(self.random.randrange(1, 1400)), ("127.0.0.1", self.server.port))
                time.sleep(0.005)

    def run(self, count: int) -> None:
        """Disturbs the camera this many times, each time waiting until windows arrive again."""
        self.kinds = [KINDS[number % len(KINDS)] for number in range(count)]
        self.random.shuffle(self.kinds)
        for number, kind in enumerate(self.kinds):
            self.disturb(kind)
            mended = time.time()
            if self.await_windows(mended, BOUND):
                self.recoveries.append((kind, time.time() - mended))
            else:
                self.failures.append(f"{self.name}: no window for {BOUND:.0f} s after it was {kind} (number {number})")
                # Waits on, so that the next disturbance is judged separately.
                if not self.await_windows(mended, 60):
                    self.failures.append(f"{self.name}: nor for another 60 s")
            self.count += 1
            time.sleep(self.random.uniform(0, 2))

    def await_windows(self, since: float, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.record.has_window_since(since):
                return True
            time.sleep(0.1)
        return False


class Memory:
    """Samples a daemon's memory every few seconds, and records named moments."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.most = 0.0
        self.marks: dict[str, tuple[float, int]] = {}

    def sample(self) -> float:
        now = self.daemon.resident("VmRSS")
        self.most = max(self.most, now)
        return now

    def mark(self, name: str) -> None:
        if name not in self.marks:
            self.marks[name] = (self.sample(), self.daemon.descriptors())

    def table(self) -> None:
        print("| | memory, MB | open files |\n|---|---|---|")
        for name, (megabytes, descriptors) in self.marks.items():
            print(f"| {name} | {megabytes:.1f} | {descriptors} |")
        print(f"| at most | {self.most:.1f} | |")


def spread(seconds: list[float]) -> str:
    """The median and the maximum, as two table cells."""
    return f"{statistics.median(seconds):.1f} | {max(seconds):.1f}" if seconds else "| "


def log_lines(daemon: Daemon, camera: str) -> list[str]:
    lines = [json.loads(line) for line in (daemon.root / "log").read_text().splitlines() if line.startswith("{")]
    return [line["message"] for line in lines if line["message"].startswith(camera + ":")]


def disturb(args: argparse.Namespace) -> int:
    root = args.root.resolve() / "disturb"
    daemon = Daemon(args.command, root, config=CONFIG)
    clips = {name: make_clip(root / f"{name}.mp4", rate) for name, rate in
             {"rtsp": 25, "udp": 10, "rtmp": 15, "hls": 20, "http": 12}.items()}  # fmt: skip
    made = {
        "rtsp": servers.RTSP(clips["rtsp"], USER, PASSWORD),
        "udp": servers.UDP(clips["udp"]),
        "rtmp": servers.RTMP(clips["rtmp"]),
        "hls": servers.HLS(clips["hls"], root / "hls"),
        "http": servers.HTTP(clips["http"]),
    }
    sources = [Source(name, server, root / f"{name}.ndjson", args.seed) for name, server in made.items()]
    (root / "segments").mkdir()
    password = root / "password"
    password.touch(0o600)
    password.write_text(PASSWORD + "\n")
    config = "cameras:\n"
    for source in sources:
        config += CAMERA.format(name=source.name, url=source.url, root=root, backoff=BACKOFF, open=OPEN)
        config += f'    stall: {STALL}\n    segments: "{root}/segments/{source.name}"\n    segment-length: 10\n'
        if source.name == "rtsp":
            config += f'    user: {USER}\n    password-file: "{password}"\n'
    with daemon.config.open("a") as file:
        file.write(config)

    begin = time.time()
    try:
        for source in sources:
            source.server.start()
        process = daemon.start()
        found = [f"{source.name}: no window at the start" for source in sources if not source.await_windows(begin, 60)]
        memory = Memory(daemon)
        memory.mark("all cameras up")
        threads = [threading.Thread(target=source.run, args=(args.disturbances,), daemon=True) for source in sources]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and process.poll() is None:
            time.sleep(2)
            memory.sample()
            if min(source.count for source in sources) >= min(10, args.disturbances):
                memory.mark("after 10 disturbances of each")
            if time.time() - begin > 300:
                memory.mark("after 5 minutes")
        if process.poll() is not None:
            print(f"the daemon ended by itself: {process.returncode}; see {root}/log")
            return 1
        seconds = time.time() - begin
        memory.mark("at the end")
        if status := daemon.stop():
            found.append(f"SIGTERM ended it with {status}")
    finally:
        if daemon.process and daemon.process.poll() is None:
            daemon.process.kill()
        for source in sources:
            source.server.close()

    found += [f"left over: {path}" for path in root.rglob("*saliencyd-partial")]
    if PASSWORD in (root / "log").read_text():
        found.append("the password is in the log")
    print(
        f"{args.disturbances} disturbances of each of {len(sources)} cameras in {seconds:.0f} s, seed {args.seed}; "
        f"bound {BOUND:.0f} s"
    )
    print("| what | times | recovered | median, s | slowest, s |\n|---|---|---|---|---|")
    for kind in KINDS:
        recoveries = [taken for source in sources for known, taken in source.recoveries if known == kind]
        times = sum(source.kinds.count(kind) for source in sources)
        print(f"| {kind} | {times} | {len(recoveries)} | {spread(recoveries)} |")
    print("| camera | recovered | median, s | slowest, s | connections | gaps | windows | segments | s | log lines |")
    print("|---" * 10 + "|")
    back = {}
    for source in sources:
        lines = source.record.read()
        record = check_record(lines)
        segments, length, recording = check_segments(root / "segments" / source.name)
        found += source.failures
        found += [f"{source.name}: {problem}" for problem in record.problems + recording.problems]
        back[source.name] = (record.largest_step_back, recording.largest_step_back)
        cells = [
            len(source.recoveries), spread([taken for _, taken in source.recoveries]),
            *(source.record.count(kind) for kind in ("began", "gap", "window")), segments, f"{length:.0f}",
            len(log_lines(daemon, source.name)),
        ]  # fmt: skip
        print(f"| {source.name} | " + " | ".join(str(cell) for cell in cells) + " |")
    memory.table()
    print("the wall clock was put back by, at most, s: " + ", ".join(
        f"{name} {windows:.3f} (windows) {segments:.3f} (segments)" for name, (windows, segments) in back.items()
    ))  # fmt: skip
    return close(found)


def away(args: argparse.Namespace) -> int:
    root = args.root.resolve() / "away"
    daemon = Daemon(args.command, root, config=CONFIG)
    silent = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=swallow, args=(silent,), daemon=True).start()
    urls = {
        "refused": f"rtsp://127.0.0.1:{servers.free_port()}/clip",
        "silent": f"rtsp://127.0.0.1:{silent.getsockname()[1]}/clip",
        "unheard": f"udp://127.0.0.1:{servers.free_port(socket.SOCK_DGRAM)}",
        "unknown": "http://camera.invalid/live.ts",
    }
    config = "cameras:\n"
    for name, url in urls.items():
        config += CAMERA.format(name=name, url=url, root=root, backoff=1, open=1)
    with daemon.config.open("a") as file:
        file.write(config)

    process = daemon.start()
    memory = Memory(daemon)
    begin = time.monotonic()
    while time.monotonic() - begin < args.minutes * 60 and process.poll() is None:
        time.sleep(1)
        memory.sample()
        if time.monotonic() - begin > 60:
            memory.mark("after a minute")
    if process.poll() is not None:
        print(f"the daemon ended by itself: {process.returncode}; see {root}/log")
        return 1
    memory.mark("at the end")
    found = [f"SIGTERM ended it with {status}"] if (status := daemon.stop()) else []

    print("| camera | tries | log lines | the last |\n|---|---|---|---|")
    for name in urls:
        lines = log_lines(daemon, name)
        last = lines[-1].removeprefix(name + ": ") if lines else ""
        tries = int(last.split(" tries")[0].split()[-1]) if " tries" in last else 0
        # One immediately, then one per minute.
        if len(lines) > args.minutes + 1:
            found.append(f"{name}: {len(lines)} lines in {args.minutes} minutes")
        if tries == 0:
            found.append(f"{name}: was not tried again: {last}")
        print(f"| {name} | {tries} | {len(lines)} | {last} |")
    memory.table()
    (first, files), (last_memory, last_files) = memory.marks["after a minute"], memory.marks["at the end"]
    if last_memory - first > 2:
        found.append(f"memory grew by {last_memory - first:.1f} MB")
    if last_files > files + 4:
        found.append(f"open files grew from {files} to {last_files}")
    return close(found)


LIES = ("slow-1", "slow-20", "says-25", "constant", "stray", "set")
# The minimum fraction of drawn frames in every minute for a camera with a wrong clock.
ENOUGH = 0.95


def clocks(args: argparse.Namespace) -> int:
    root = args.root.resolve() / "clocks"
    port = servers.free_port()
    daemon = Daemon(args.command, root, config=CONFIG.replace("{{enabled: false}}", f"{{{{port: {port}}}}}"))
    server = LyingServer(make_clip(root / "clip.mp4", 15), rate=15)
    names = ("right", *LIES)
    config = "cameras:\n"
    for name in names:
        config += CAMERA.format(name=name, url=server.url(name), root=root, backoff=5, open=20)
        config += f'    segments: "{root}/segments/{name}"\n    segment-length: 20\n    keep-age: 1\n'
    (root / "segments").mkdir()
    with daemon.config.open("a") as file:
        file.write(config)

    def ask() -> dict[str, dict]:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/cameras", timeout=20) as answer:
            return {camera["name"]: camera for camera in json.load(answer)["cameras"]}

    found: list[str] = []
    least = dict.fromkeys(names, 1.0)
    down = dict.fromkeys(names, 0)
    process = daemon.start()
    try:
        # Time for connections, the first windows, and the measurement of rates.
        time.sleep(30)
        memory = Memory(daemon)
        memory.mark("after half a minute")
        before = first = ask()
        begin = time.monotonic()
        for minute in range(1, round(args.minutes) + 1):
            while time.monotonic() - begin < minute * 60 and process.poll() is None:
                time.sleep(1)
            if process.poll() is not None:
                print(f"the daemon ended by itself: {process.returncode}; see {root}/log")
                return 1
            now = ask()
            for name in names:
                drawn, came = (now[name][key] - before[name][key] for key in ("frames_drawn", "frames_in"))
                least[name] = min(least[name], drawn / came if came else 0)
                down[name] += now[name]["state"] == "down"
            before = now
            memory.sample()
        memory.mark("at the end")
        if status := daemon.stop():
            found.append(f"SIGTERM ended it with {status}")
    finally:
        if daemon.process and daemon.process.poll() is None:
            daemon.process.kill()
        server.close()

    print("| camera | frames | drawn | least of a minute | gaps | windows | segments | together, s |")
    print("|---" * 8 + "|")
    for name in names:
        came, drawn, gaps, windows = (
            before[name][key] - first[name][key] for key in ("frames_in", "frames_drawn", "gaps", "windows")
        )
        segments, length, recording = check_segments(root / "segments" / name)
        found += [f"{name}: {problem}" for problem in recording.problems]
        if least[name] < ENOUGH:
            found.append(f"{name}: {least[name]:.0%} of a minute's frames drawn")
        if came < 0.95 * 15 * 60 * round(args.minutes):
            found.append(f"{name}: {came} frames came")
        if down[name] or not windows:
            found.append(f"{name}: down in {down[name]} minutes, {windows} windows")
        cells = (came, drawn, f"{least[name]:.1%}", gaps, windows, segments, f"{length:.0f}")
        print(f"| {name} | " + " | ".join(str(cell) for cell in cells) + " |")
    memory.table()
    return close(found)


def swallow(listener: socket.socket) -> None:
    """Accepts every connection and never sends anything."""
    def listen(client: socket.socket) -> None:
        with client:
            try:
                while client.recv(65536):
                    pass
            except OSError:
                pass

    while True:
        client, _ = listener.accept()
        threading.Thread(target=listen, args=(client,), daemon=True).start()


def close(found: list[str]) -> int:
    for problem in found:
        print(problem)
    print(f"{len(found)} problems")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("disturb", "away", "clocks"))
    parser.add_argument("--command", default=".build/release/saliencyd")
    parser.add_argument("--root", type=Path, default=Path("out/soak/cameras"))
    parser.add_argument("--disturbances", type=int, default=50, help="disturbances of each camera")
    parser.add_argument("--minutes", type=float, help="duration of `away` (6, at least 2) or `clocks` (10)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.minutes = args.minutes or {"clocks": 10}.get(args.what, 6)
    return {"disturb": disturb, "away": away, "clocks": clocks}[args.what](args)


if __name__ == "__main__":
    sys.exit(main())
