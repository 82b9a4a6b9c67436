#!/usr/bin/env python3
"""Annotates a folder of odd inputs in MP4, MKV and WebM and checks that what is in them arrives.

    tools/cases.py .build/release/saliencyd [FOLDER]

FOLDER is ../shared/cases/files unless given. What `ffmpeg` decodes of the source is the measure. Heat is drawn with no opacity, so
that frames can be compared. One line a check, `ok` or `FAIL`; exits with 1 where one fails. Files that are not in FOLDER are passed over.
Needs ffmpeg, ffprobe and nothing beyond Python's standard library.
"""

import argparse
import array
import json
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

CONTAINERS = ("mp4", "mkv", "webm")
# Hertz: what sounds are compared at.
RATE = 8000
# Seconds: a packet of AAC, and what encoders and containers round.
SOUND_TOLERANCE = 0.06
# Seconds: Matroska counts milliseconds.
TIME_TOLERANCE = 0.0025
# Of 255, the mean over a frame that encoding may change.
FRAME_TOLERANCE = 6.0


def run(*command: object) -> bytes:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True).stdout


def probe(path: Path, *entries: str) -> dict:
    return json.loads(run("ffprobe", "-v", "error", "-of", "json", *entries, path))


class Media:
    """A file or a folder of images, as FFmpeg's commands see it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.input = ["-i", path]
        if path.is_dir():
            suffix = min(path.iterdir()).suffix
            self.input = ["-framerate", "25", "-pattern_type", "glob", "-i", path / f"*{suffix}"]
            return
        facts = probe(path, "-show_streams", "-show_format", "-show_chapters")
        self.streams, self.format, self.chapters = facts["streams"], facts["format"], facts["chapters"]

    def of_kind(self, kind: str) -> list[dict]:
        return [s for s in self.streams if s["codec_type"] == kind and not s["disposition"]["attached_pic"]]

    def tag(self, name: str, stream: dict | None = None) -> str:
        tags = (stream or self.format).get("tags", {})
        return next((value for key, value in tags.items() if key.lower() == name), "")

    def start(self, selector: str) -> float:
        """Seconds of the first frame that is decoded."""
        frames = probe(self.path, "-select_streams", selector, "-show_entries", "frame=pts_time")["frames"]
        return float(next(frame["pts_time"] for frame in frames if "pts_time" in frame))

    def sound_lead(self) -> float:
        """Seconds by which the first sound comes before the first frame."""
        return self.start("v:0") - self.start("a:0")

    def sound(self) -> array.array:
        samples = array.array("h")
        samples.frombytes(run("ffmpeg", "-v", "error", *self.input, "-map", "0:a:0", "-ac", 1, "-ar", RATE, "-f", "s16le", "-"))
        return samples

    def frames(self, decoder: str | None = None, frame: str = "null") -> list[bytes]:
        """All frames as RGB of 40x30."""
        before = ["-c:v", decoder] if decoder else []
        data = run("ffmpeg", "-v", "error", *before, *self.input, "-vf", f"{frame},scale=40:30:flags=area",
                   "-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
        return [data[at:at + 3600] for at in range(0, len(data), 3600)]

    def subtitles(self, index: int) -> str:
        return run("ffmpeg", "-v", "error", *self.input, "-map", f"0:s:{index}", "-f", "srt", "-").decode()


class Case:
    """One output of one input, and what was said about it."""

    failures = 0

    def __init__(self, source: Media, output: Media, words: str) -> None:
        self.source, self.output, self.words = source, output, words
        self.container = output.path.suffix[1:]

    def check(self, ok: bool, what: str) -> None:
        Case.failures += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {self.source.path.name} -> {self.container}: {what}", flush=True)

    def equal(self, what: str, found: object, expected: object) -> None:
        self.check(found == expected, f"{what} is {found}" + ("" if found == expected else f", not {expected}"))

    def near(self, what: str, found: float, expected: float, tolerance: float) -> None:
        self.check(abs(found - expected) <= tolerance, f"{what} is {found:.3f}, the source's {expected:.3f}")

    def says(self, *words: str) -> None:
        for word in words:
            self.check(word in self.words, f'a warning says "{word}"')


def likeness(first: array.array, second: array.array) -> float:
    """The best correlation, where one may be 3 ms late."""
    def at(late: int) -> float:
        a, b = (first[late:], second) if late >= 0 else (first, second[-late:])
        product = sum(x * y for x, y in zip(a, b))
        power = math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
        return product / max(power, 1)
    return max(at(late) for late in range(-24, 25))


def sound_as_source(case: Case) -> None:
    before, after = case.source.sound(), case.output.sound()
    case.near("seconds of sound", len(after) / RATE, len(before) / RATE, SOUND_TOLERANCE)
    # Players begin at 0: what lies before that is not heard, or holds them up.
    start = case.output.start("a:0")
    case.check(start > -0.05, f"the sound begins at {start:.3f} s")
    lead, expected = case.output.sound_lead(), case.source.sound_lead()
    case.near("seconds of sound before the first frame", lead, expected, SOUND_TOLERANCE)
    # What one has more at its beginning is no difference in what is heard.
    late = round((lead - expected) * RATE)
    alike = likeness(before[max(0, -late):], after[max(0, late):])
    case.check(alike > 0.85, f"the sound is the source's to {alike:.2f}")


def sound_codec(copied_in: str, layout: str):
    def look(case: Case) -> None:
        stream = case.output.of_kind("audio")[0]
        codec = case.source.of_kind("audio")[0]["codec_name"]
        held = case.container in copied_in.split()
        expected = codec if held else "opus" if case.container == "webm" else "aac"
        case.equal("the codec of the sound", stream["codec_name"], expected)
        if not held:
            case.equal("the channel layout", stream.get("channel_layout"), layout)
            case.says(f"{codec} sound")
    return look


def frames_as_source(decoder: str | None = None, frame: str = "null"):
    def look(case: Case) -> None:
        before, after = case.source.frames(decoder, frame), case.output.frames()
        case.equal("the number of frames", len(after), len(before))
        differences = [sum(abs(x - y) for x, y in zip(a, b)) / len(a) for a, b in zip(before, after)]
        worst = max(range(len(differences)), key=differences.__getitem__)
        case.check(differences[worst] < FRAME_TOLERANCE,
                   f"frames have the source's colours: {differences[worst]:.1f} of 255 apart at most, in frame {worst}")
    return look


def labels(case: Case) -> None:
    index = len(case.output.of_kind("subtitle")) - 1
    text = case.output.subtitles(index) if index >= 0 else ""
    times = [line.split(" --> ") for line in text.splitlines() if " --> " in line]
    stands = bool(times) and all(start < stop for start, stop in times)
    case.check(stands, f"FFmpeg reads {len(times)} captions" + ("" if stands else ", some without a duration"))
    name = case.output.path
    beside = name.with_suffix(".vtt") if case.container == "mp4" else name.with_name(name.name + ".vtt")
    case.check(beside.exists() and beside.read_text().startswith("WEBVTT"), f"{beside.name} lies beside the video")
    if case.container == "mp4":
        data = name.read_bytes()
        case.check(data.find(b"moov") < data.find(b"mdat"), "the index lies in front")
        case.check(b"moof" not in data, "there are no fragments")


def multi(case: Case) -> None:
    source, output = case.source, case.output
    for name in ("title", "artist"):
        case.equal(f"the {name}", output.tag(name), source.tag(name))
    case.equal("the time of creation", output.tag("creation_time")[:19], source.tag("creation_time")[:19])
    found = [(round(float(c["start_time"]), 2), c["tags"].get("title")) for c in output.chapters]
    case.equal("the chapters", found, [(0.0, "One"), (0.9, "Two")])
    case.equal("the video's language", output.tag("language", output.of_kind("video")[0]), "jpn")
    defaults = {output.tag("language", s): s["disposition"]["default"] for s in output.of_kind("audio")}
    case.check(defaults == {"deu": 0, "fra": 1} or defaults == {"ger": 0, "fre": 1},
               f"the default sound is the source's: {defaults}")
    def words(text: str) -> list[str]:
        lines = [re.sub("<[^>]*>", "", line) for line in text.splitlines()]
        return [line for line in lines if line and "-->" not in line and not line.isdigit()]
    texts = [words(output.subtitles(index)) for index, _ in enumerate(output.of_kind("subtitle"))]
    case.check(words(source.subtitles(0)) in texts, f"the source's subtitles are among {texts}")
    if case.container != "mp4":
        case.says("styles and places of")


def timecode(case: Case) -> None:
    tags = [case.output.tag("timecode", s) for s in case.output.streams] + [case.output.tag("timecode")]
    case.check("01:02:03:04" in tags, f"the time code is {[tag for tag in tags if tag]}")


def interlaced(case: Case) -> None:
    # VP9 has no fields.
    if case.container != "webm":
        order = case.output.of_kind("video")[0].get("field_order")
        case.check(order in ("tt", "tb"), f"the field order is {order}")
    case.says("the source is interlaced")


def chroma(case: Case) -> None:
    case.equal("the position of chroma", case.output.of_kind("video")[0].get("chroma_location"), "center")


def moves(case: Case) -> None:
    stream = case.output.of_kind("video")[0]
    case.equal("the size", f"{stream['width']}x{stream['height']}", "160x120")
    case.check(len(case.output.frames()) >= 50, "all frames are there")


# A transparent video is put on black; FFmpeg's own decoder of VP9 passes over the alpha.
ON_BLACK = "format=yuva420p,split[a][b];[b]drawbox=t=fill:c=black:replace=1[b];[b][a]overlay"

# The input, and what is looked at in each of its outputs beside the labels.
CASES: dict[str, list] = {
    "trim2.mp4": [sound_as_source],
    "midcut2.mp4": [sound_as_source],
    "latevideo.mp4": [sound_as_source],
    "mp2.ts": [sound_codec("mkv", "mono"), sound_as_source],
    "ac3.mkv": [sound_codec("mkv", "mono"), sound_as_source],
    "surround.mkv": [sound_codec("mkv", "5.1"), sound_as_source],
    "multi.mp4": [multi],
    "tmcd.mov": [timecode, sound_as_source],
    "inter264.mp4": [interlaced, frames_as_source()],
    "mjpeg.avi": [chroma, frames_as_source(), sound_as_source],
    "coverfirst.mkv": [moves],
    "coverfirst.mp4": [moves],
    "f_first_gray": [frames_as_source()],
    "f_first_pal": [frames_as_source()],
    "grayfirst.avi": [frames_as_source()],
    "palfirst.mov": [frames_as_source()],
    "f_exif": [frames_as_source()],
    "alpha.webm": [frames_as_source("libvpx-vp9", ON_BLACK)],
}


class Annotator:
    def __init__(self, command: Path, folder: Path) -> None:
        self.command, self.folder = command, folder
        # Older commands have neither the option nor the outline.
        self.options = ["--no-outline"] if b"--no-outline" in run(command, "help", "annotate") else []

    def annotate(self, source: Path, container: str) -> tuple[Path, str]:
        output = self.folder / f"{source.name.replace('.', '_')}.{container}"
        # Heat of no opacity; as little work as windows can be.
        done = subprocess.run(
            [self.command, "annotate", source, "--model", "builtin:motion", "-o", output, "--method", "grad-cam", "--opacity", "0", "--crf", "12",
             "--force", *self.options], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"exit status {done.returncode}: {done.stderr.strip()}")
        return output, done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", type=Path, help="the saliencyd command")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parents[2] / "shared/cases/files")
    parser.add_argument("--only", metavar="NAME", help="a single input")
    arguments = parser.parse_args()
    present = [name for name in CASES if (arguments.folder / name).exists() and arguments.only in (None, name)]
    if not present:
        print(f"{arguments.folder} holds none of the inputs", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        annotator = Annotator(arguments.command.resolve(), Path(folder))
        for name in present:
            source = arguments.folder / name
            for container in CONTAINERS:
                check_output(annotator, source, container)
    print(f"{Case.failures} failed")
    return 1 if Case.failures else 0


def check_output(annotator: Annotator, source: Path, container: str) -> None:
    try:
        output, words = annotator.annotate(source, container)
        case = Case(Media(source), Media(output), words)
        for look in [labels, *CASES[source.name]]:
            look(case)
    except (RuntimeError, subprocess.CalledProcessError, StopIteration, IndexError, KeyError) as error:
        Case.failures += 1
        print(f"FAIL {source.name} -> {container}: {error!r}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
