"""Cameras with wrong time stamps: serves a clip as a transport stream over HTTP in real time, with changed time stamps.

Run as `lying.py CLIP PORT` it serves http://127.0.0.1:PORT/NAME.ts for each name in `LIES` until it is stopped, for tests
with a player or another daemon. Needs ffmpeg.
"""

from __future__ import annotations

import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

PACKET = 188
# Time stamps have 33 bits and count 90,000 per second.
SECOND, WRAP = 90_000, 1 << 33

# Maps a frame's number and time stamp to its new time stamp.
Lie = Callable[[int, int], int]


def lies(rate: int) -> dict[str, Lie]:
    """The changes of time stamps by name; `rate` is the number of frames per second."""
    return {
        "right": lambda _, stamp: stamp,
        # The camera's clock is slow.
        "slow-1": lambda _, stamp: int(stamp * 0.99),
        "slow-20": lambda _, stamp: int(stamp * 0.8),
        "fast-3": lambda _, stamp: int(stamp * 1.034),
        # Time stamps of 25 frames per second, whatever the actual rate.
        "says-25": lambda number, _: SECOND + number * SECOND // 25,
        "constant": lambda _number, _stamp: SECOND,
        # One frame in 31 is hours ahead.
        "stray": lambda number, stamp: stamp + 30_000 * SECOND if number % 31 == 30 else stamp,
        # The clock is set every minute, alternately an hour ahead and back.
        "set": lambda number, stamp: stamp + 3600 * SECOND * (number // (60 * rate) % 2),
    }


class Changed:
    """Replaces the time stamps in a transport stream that is fed in chunks."""

    def __init__(self, lie: Lie) -> None:
        self.lie = lie
        self.rest = b""
        self.count = 0

    def feed(self, data: bytes) -> bytes:
        data = self.rest + data
        whole = len(data) // PACKET * PACKET
        self.rest = data[whole:]
        packets = bytearray(data[:whole])
        for begin in range(0, whole, PACKET):
            self._change(packets, begin)
        return bytes(packets)

    def _change(self, packets: bytearray, begin: int) -> None:
        if not packets[begin + 1] & 0x40:
            return  # No frame begins here.
        at = begin + 4
        if packets[begin + 3] & 0x20:
            at += 1 + packets[at]  # The adaptation field.
        is_frame = packets[at : at + 3] == b"\0\0\1" and 0xE0 <= packets[at + 3] <= 0xEF
        if not is_frame or not packets[at + 7] & 0x80:
            return
        has_both = packets[at + 7] & 0x40
        stamp = self.lie(self.count, self._read(packets[at + 9 : at + 14])) % WRAP
        self.count += 1
        packets[at + 9 : at + 14] = self._write(3 if has_both else 2, stamp)
        if has_both:
            packets[at + 14 : at + 19] = self._write(1, stamp)

    @staticmethod
    def _read(field: bytes | bytearray) -> int:
        return (field[0] >> 1 & 7) << 30 | field[1] << 22 | field[2] >> 1 << 15 | field[3] << 7 | field[4] >> 1

    @staticmethod
    def _write(prefix: int, stamp: int) -> bytes:
        return bytes(
            (prefix << 4 | stamp >> 29 & 14 | 1, stamp >> 22 & 255, stamp >> 14 & 254 | 1, stamp >> 7 & 255,
             stamp << 1 & 254 | 1)
        )  # fmt: skip


class _Handler(http.server.BaseHTTPRequestHandler):
    def __init__(
        self, command: list[str], given: bytes, known: dict[str, Lie], *args: object, **options: object
    ) -> None:
        self.source, self.given, self.known = command, given, known
        super().__init__(*args, **options)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        lie = self.known.get(self.path.strip("/").removesuffix(".ts"))
        if lie is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.end_headers()
        changed = Changed(lie)
        try:
            for data in self._stream():
                self.wfile.write(changed.feed(data))
                self.wfile.flush()
        except ConnectionError:
            pass

    def _stream(self) -> Iterator[bytes]:
        with subprocess.Popen(self.source, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin and process.stdout
            process.stdin.write(self.given)
            process.stdin.close()
            try:
                while data := process.stdout.read1(65536):  # type: ignore[attr-defined]
                    yield data
            finally:
                process.kill()


def looped(clip: Path) -> list[str]:
    return ["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(clip), "-c", "copy",
            "-muxdelay", "0", "-muxpreload", "0", "-f", "mpegts", "-"]  # fmt: skip


class LyingServer:
    """Serves all of them on one port, which the system chooses unless it is given.

    `source` is a clip that is played again and again, or a command that writes a transport stream; `given` is its input.
    """

    def __init__(self, source: Path | list[str], rate: int, port: int = 0, given: bytes = b"") -> None:
        command = looped(source) if isinstance(source, Path) else source
        handler = functools.partial(_Handler, command, given, lies(rate))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{name}.ts"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def main() -> None:
    server = LyingServer(Path(sys.argv[1]), rate=15, port=int(sys.argv[2]))
    print("\n".join(server.url(name) for name in lies(15)), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
