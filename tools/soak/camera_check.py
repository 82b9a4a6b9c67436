#!/usr/bin/env python3
"""Measures a camera's time stamps, clock and connection, and recommends settings for it.

First ffprobe reads the stream, then `saliencyd live` explains it, each for half of the time. With `--lie` the stream passes
through a server that changes its time stamps, to test how the daemon handles them. ffprobe and ffmpeg get the address through a pipe, and
`saliencyd` never gets one with a user: pass the login by --user and --password-file. Needs ffmpeg.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from lying import LyingServer
from stamps import Stamps, measure

LIES = {"slow": "slow-20", "jump": "set", "constant": "constant", "stray": "stray"}
PROTOCOLS = "file,pipe,fd,http,https,httpproxy,tcp,tls,udp,rtp,rtsp,rtsps,srt,rtmp,rtmps,crypto,data"
# Frames that arrive within this many seconds of the first were buffered by ffprobe while it opened the stream.
BURST = 0.5


def playlist(address: str, transport: str) -> bytes:
    """The address for ffmpeg's concat demuxer, which reads it from a pipe, because all users can read command lines."""
    if any(ord(character) < 32 for character in address):
        sys.exit("the address contains control characters")
    lines = ["ffconcat version 1.0", "file '" + address.replace("'", "'\\''") + "'"]
    if address.startswith("rtsp"):
        lines.append(f"option rtsp_transport {transport}")
    return ("\n".join(lines) + "\n").encode()


def with_password(address: str, user: str | None, password_file: Path | None) -> str:
    if not user:
        return address
    password = password_file.read_text().split("\n")[0] if password_file else ""
    parts = urllib.parse.urlsplit(address)
    login = urllib.parse.quote(user, safe="") + (":" + urllib.parse.quote(password, safe="") if password else "")
    return urllib.parse.urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def reader(command: str, *options: str) -> list[str]:
    source = ["-f", "concat", "-safe", "0", "-protocol_whitelist", PROTOCOLS, "-i", "pipe:0"]
    return [command, "-v", "error", *source, *options]


def describe(given: bytes) -> dict:
    """The announced properties of the video stream."""
    entries = "stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate"
    try:
        run = subprocess.run(
            reader("ffprobe", "-show_entries", entries, "-of", "json"), input=given, capture_output=True, timeout=60
        )
    except subprocess.TimeoutExpired:
        sys.exit("ffprobe found no stream within 60 s")
    streams = json.loads(run.stdout or b"{}").get("streams", []) if run.returncode == 0 else []
    video = next((stream for stream in streams if stream.get("codec_type") == "video"), None)
    if not video:
        sys.exit("ffprobe finds no video stream there: " + shown(run.stderr.decode(errors="replace")).strip())
    return video


def shown(text: str) -> str:
    """Removes users and passwords from addresses."""
    return re.sub(r"://[^/@\s]*@", "://***@", text)


def listen(given: bytes, seconds: float) -> tuple[Stamps, str]:
    """Measures the stream, and reports which kind of packet was first."""
    entries = "packet=codec_type,pts_time,dts_time"
    process = subprocess.Popen(
        reader("ffprobe", "-show_entries", entries, "-of", "compact=p=0"), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdin and process.stdout
    process.stdin.write(given.decode())
    process.stdin.close()
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    frames: list[tuple[float, float | None]] = []
    first_kind, began = "", None
    for text in process.stdout:
        now = time.monotonic()
        fields = dict(part.split("=", 1) for part in text.strip().split("|") if "=" in part)
        kind = fields.get("codec_type", "")
        if kind not in ("video", "audio"):
            continue
        first_kind = first_kind or kind
        began = began or now
        if kind == "video" and now - began > BURST:
            stamp = fields.get("dts_time", "N/A")
            stamp = fields.get("pts_time", "N/A") if stamp == "N/A" else stamp
            frames.append((now, None if stamp == "N/A" else float(stamp)))
    timer.cancel()
    process.wait()
    return measure(frames), first_kind


def observe(args: argparse.Namespace, address: str, seconds: float) -> dict:
    """Runs the daemon on the stream and returns its results."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.ndjson"
        command = [args.command, "live", address, "--log-file", str(record), "--progress", "json",
                   "--transport", args.transport, "--stamps", args.stamps]  # fmt: skip
        if args.user and not args.lie:
            command += ["--user", args.user]
            if args.password_file:
                command += ["--password-file", str(args.password_file)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        timer = threading.Timer(seconds, process.send_signal, (signal.SIGINT,))
        timer.start()
        assert process.stderr
        last, log = {}, []
        for text in process.stderr:
            if text.startswith("{"):
                last = json.loads(text)
            else:
                log.append(text.strip())
        timer.cancel()
        process.wait()
        lines = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    kinds = [line["kind"] for line in lines]
    clock = next((line for line in log if "the camera's clock" in line), None)
    return {
        "status": process.returncode, "last": last, "warnings": [line for line in log if " warning " in line],
        "clock": clock, "connections": kinds.count("began"), "gaps": kinds.count("gap"),
        "ends": [line["reason"] for line in lines if line["kind"] == "ended" and line.get("reason")],
        "windows": kinds.count("window"), "damaged": sum(line.get("damaged", False) for line in lines),
    }  # fmt: skip


def number(value: float | None, unit: str = "", digits: int = 2) -> str:
    return "unknown" if value is None else f"{value:.{digits}f}{unit}"


def report(video: dict, stamps: Stamps, first: str, seen: dict) -> int:
    last = seen["last"]
    rate = video.get("avg_frame_rate", "0/0")
    if rate.startswith("0/") or rate.endswith("/0"):
        rate = video.get("r_frame_rate", "none")
    jumps = ", ".join(f"{jump:+.1f} s" for jump in stamps.jumps[:5]) or "none"
    rows = [
        ("stream", f"{video.get('codec_name')}, {video.get('width')}x{video.get('height')}, "
                   f"{first or 'nothing'} first"),
        ("frames a second", f"{rate} announced, {number(stamps.arrived)} by arrival, "
                            f"{number(stamps.stamped)} by stamps"),
        ("stamps against arrival", number(stamps.slope, " s a second", 4)),
        ("jitter of arrivals", f"{number(stamps.jitter, ' s', 3)} deviation, "
                               f"99 % within {number(stamps.latest, ' s')} of the soonest"),
        ("stamps", f"{stamps.frames} frames, {stamps.missing} without, {stamps.standing} standing, "
                   f"{stamps.backward} backward, {stamps.strays} stray"),
        ("jumps", f"{len(stamps.jumps)}: {jumps}"),
        ("gaps over a second", f"{len(stamps.gaps)}, {number(max(stamps.gaps, default=0), ' s')} at most"),
        ("daemon: frames", f"{last.get('frames_in', 0)} came, {last.get('frames_drawn', 0)} drawn, "
                             f"{last.get('frames_dropped', 0)} left out, "
                             f"{last.get('frames_unexplained', 0)} without heat"),
        ("daemon: windows", f"{seen['windows']}, {seen['damaged']} with damage, "
                            f"{last.get('windows_skipped', 0)} passed over"),
        ("daemon: connections", f"{seen['connections']}, {seen['gaps']} gaps"),
        ("camera's own clock", seen["clock"] or "not known, or within 10 s of this machine's"),
        ("daemon: verdict", f"{last.get('state', 'nothing')}: {last.get('reason', 'it said nothing')}"),
    ]  # fmt: skip
    print("| what | |\n|---|---|")
    for name, text in rows:
        print(f"| {name} | {text} |")
    for text in [*seen["ends"], *seen["warnings"]][:20]:
        print(shown(text))
    print("to set: " + "; ".join(stamps.advice()))
    came, lost = last.get("frames_in", 0), last.get("frames_dropped", 0)
    # Frames that wait for their heat at the end are neither drawn nor dropped.
    copes = seen["status"] == 0 and seen["windows"] > 0 and came > 0 and lost <= 0.1 * came
    print("the daemon copes" if copes else "the daemon does not cope")
    return 0 if copes else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--seconds", type=float, default=120, help="total duration (120)")
    parser.add_argument("--command", default="saliencyd", help="the daemon's executable")
    parser.add_argument("--user")
    parser.add_argument("--password-file", type=Path)
    parser.add_argument("--transport", choices=("tcp", "udp"), default="tcp")
    parser.add_argument("--stamps", choices=("source", "arrival"), default="source")
    parser.add_argument("--lie", choices=sorted(LIES), help="change the time stamps in transit")
    args = parser.parse_args()
    given = playlist(with_password(args.address, args.user, args.password_file), args.transport)
    address, server = args.address, None
    if args.lie:
        video = describe(given)
        rate = max(round(measure_rate(video)), 1)
        output = ["-map", "0:v:0", "-c", "copy", "-muxdelay", "0", "-muxpreload", "0", "-f", "mpegts", "-"]
        command = reader("ffmpeg", *output)
        server = LyingServer(command, rate, given=given)
        address = server.url(LIES[args.lie])
        given = playlist(address, args.transport)
    try:
        video = describe(given)
        stamps, first = listen(given, args.seconds / 2)
        return report(video, stamps, first, observe(args, address, args.seconds / 2))
    finally:
        if server:
            server.close()


def measure_rate(video: dict) -> float:
    """The announced frames per second; 25 if implausible."""
    above, _, below = video.get("avg_frame_rate", "0/0").partition("/")
    rate = float(above) / float(below) if below.isdigit() and int(below) else 0
    return rate if 1 <= rate <= 240 else 25


if __name__ == "__main__":
    sys.exit(main())
