"""Measures the load of cameras on two cores: at their rates, overloaded, and back. See docs/reliability.md.

Clips are played in a loop in real time (`loop:`), so the figures are those of the daemon alone: decoding, explaining, drawing,
compressing and recording.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from servers import free_port

CONFIG = """
model: {model}
state: {root}/state
engine: {{memory: fast}}
http: {{port: {port}}}
logging: {{format: json}}
folders: {}
cameras:
"""

CAMERA = """
  {name}: {{url: "loop:{clip}", stride: {stride}, segments: {root}/{name}, segment-length: 10}}
"""


@dataclass
class Load:
    name: str
    cameras: int
    clip: Path
    stride: str
    model: str


class Daemon:
    def __init__(self, command: str, root: Path) -> None:
        self.command, self.root, self.port = command, root, free_port()
        shutil.rmtree(root, ignore_errors=True)
        (root / "state").mkdir(parents=True)
        self.config = root / "saliencyd.yaml"

    def configure(self, load: Load, cameras: int) -> None:
        names = [f"camera{number}" for number in range(1, cameras + 1)]
        text = CONFIG.format(model=load.model, root=self.root, port=self.port)
        text += "".join(
            CAMERA.format(name=name, clip=load.clip, stride=load.stride, root=self.root) for name in names
        )
        self.config.write_text(text)

    def start(self) -> None:
        log = (self.root / "log").open("ab")
        self.process = subprocess.Popen([self.command, "serve", "--config", self.config], stderr=log)

    def cameras(self) -> list[dict]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/cameras", timeout=10) as answer:
                return json.load(answer)["cameras"]
        except OSError:
            return []

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def resident(self) -> float:
        """The peak so far in megabytes."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1000
        return 0

    def observe(self, seconds: float) -> dict[str, float]:
        """Samples twice a second; the largest lag is the maximum of the samples."""
        lags: list[float] = []
        strides: list[int] = []
        before, spent, begun = self.cameras(), self.processor_seconds(), time.monotonic()
        while time.monotonic() - begun < seconds:
            for camera in self.cameras():
                if camera.get("lag") is not None:
                    lags.append(camera["lag"])
                if camera.get("stride") is not None:
                    strides.append(camera["stride"])
            time.sleep(0.5)
        after, took = self.cameras(), time.monotonic() - begun
        # Cameras that were present all the time.
        pairs = [(b, a) for a in after for b in before if a["name"] == b["name"]]
        gain = lambda key: sum(a[key] - b[key] for b, a in pairs)  # noqa: E731
        return {
            "cores": (self.processor_seconds() - spent) / took,
            "windows": gain("windows") / took,
            "drawn": gain("frames_drawn") / took,
            "dropped": gain("frames_dropped"),
            "unexplained": gain("frames_unexplained") / max(gain("frames_drawn"), 1),
            "skipped": gain("windows_skipped"),
            "lag median": sorted(lags)[len(lags) // 2] if lags else float("nan"),
            "lag most": max(lags, default=float("nan")),
            "stride": max(strides[-len(after) :], default=0) if after else 0,
            "memory": self.resident(),
        }

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)


def show(name: str, figures: dict[str, float]) -> None:
    text = ", ".join(f"{key} {value:.3g}" for key, value in figures.items())
    print(f"{name}: {text}", flush=True)


def make_clip(path: Path, size: str, rate: int, seconds: int) -> Path:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}", "-c:v", "libx264",
         "-preset", "veryfast", "-pix_fmt", "yuv420p", path],
        check=True,
    )  # fmt: skip
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", default=".build/release/saliencyd")
    parser.add_argument("--root", type=Path, default=Path("out/soak/load"))
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    root.mkdir(parents=True, exist_ok=True)
    full = root / "full.safetensors"
    subprocess.run([arguments.command, "model", "untrained", full, "--force"], check=True, stderr=subprocess.DEVNULL)
    fast = make_clip(root / "25.mp4", "640x360", 25, 300)
    slow = make_clip(root / "5.mp4", "640x360", 5, 300)

    for load in [
        Load("one camera, 25 fps, published size, stride 32", 1, fast, "32", str(full)),
        Load("one camera, 25 fps, published size, stride 16", 1, fast, "16", str(full)),
        Load("eight cameras, 5 fps, built-in model", 8, slow, "automatic", "builtin:motion"),
    ]:
        daemon = Daemon(arguments.command, root / "run")
        daemon.configure(load, load.cameras)
        daemon.start()
        time.sleep(15)
        show(load.name, daemon.observe(arguments.seconds))
        daemon.stop()

    load = Load("", 6, fast, "32", str(full))
    daemon = Daemon(arguments.command, root / "run")
    daemon.configure(load, 6)
    daemon.start()
    time.sleep(20)
    show("six cameras, 25 fps, published size, stride 32: too much", daemon.observe(arguments.seconds))
    daemon.configure(load, 1)
    daemon.process.send_signal(signal.SIGHUP)
    time.sleep(20)
    show("five of them gone again", daemon.observe(arguments.seconds))
    daemon.stop()


if __name__ == "__main__":
    main()
