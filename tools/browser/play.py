#!/usr/bin/env python3
"""Plays an annotated video in headless Chromium and reports the video and sound that the browser plays, as JSON.

    tools/browser/play.py clip.saliency.mp4

The captions are those of clip.saliency.vtt (of clip.saliency.webm: clip.saliency.webm.vtt). The exit status is 1 if there is a problem: the duration differs from
ffprobe's, a seek ends elsewhere or without a frame, no sound is decoded where the file has some, or captions are missing.
Needs Chromium, ffprobe and only Python's standard library.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from chromium import Chromium
from ranges import RangeServer

# Tolerance in seconds for the browser's duration and for seeks: slightly more than a frame at 25 per second.
TOLERANCE = 0.05
# Seconds played to measure the sound.
LISTENING = 1.5


def probe(video: Path) -> dict:
    entries = "format=duration:stream=codec_type,codec_name"
    output = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", entries, "-of", "json", video],
        check=True, capture_output=True, text=True).stdout
    found = json.loads(output)
    kinds = [stream["codec_type"] for stream in found["streams"]]
    return {"duration": float(found["format"]["duration"]), "hasSound": "audio" in kinds}


def problems(report: dict, expected: dict, captions: list[str]) -> list[str]:
    found = []
    if report.get("error"):
        return [f"the browser does not play it: {report['error']}"]
    if abs(report["duration"] - expected["duration"]) > TOLERANCE:
        found.append(f"lasts {report['duration']} s in the browser and {expected['duration']} s for ffprobe")
    for seek in report["seeks"]:
        if abs(seek["wanted"] - seek["reached"]) > TOLERANCE or seek["readyState"] < 2:
            found.append(f"a seek to {seek['wanted']} s ended at {seek['reached']} s")
    if report["frames"] == 0:
        found.append("no frame was shown")
    if expected["hasSound"] and (report["audioBytes"] == 0 or report["soundRMS"] == 0):
        found.append("no sound was heard")
    texts = [cue["text"] for cue in report["cues"]]
    if texts != captions:
        found.append(f"captions are {texts} instead of {captions}")
    if report["cues"] and not any(seek["caption"] for seek in report["seeks"]):
        found.append("no caption is active anywhere")
    return found


def caption_texts(path: Path) -> list[str]:
    if not path.exists():
        return []
    cues = path.read_text(encoding="utf-8").strip().split("\n\n")[1:]
    texts = ["\n".join(line for line in cue.split("\n") if " --> " not in line) for cue in cues]
    return [text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in texts]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--chromium", default="chromium", help="the browser's command")
    arguments = parser.parse_args()
    video = arguments.video.resolve()
    captions = video.with_suffix(".vtt") if video.suffix == ".mp4" else video.with_name(video.name + ".vtt")
    page = Path(__file__).with_name("page.html")
    server = RangeServer({"/": page, "/video": video, "/captions": captions})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile, Chromium(arguments.chromium, profile) as browser:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        report = browser.evaluate(address, f"report({LISTENING})")
    server.shutdown()
    report["rangeRequests"] = server.range_requests
    report["browser"] = browser.version
    found = problems(report, probe(video), caption_texts(captions))
    report["problems"] = found
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
