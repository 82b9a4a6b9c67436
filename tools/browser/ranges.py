"""A small HTTP server that supports ranges, which browsers require to seek in a video."""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TYPES = {
    ".html": "text/html; charset=utf-8", ".vtt": "text/vtt; charset=utf-8", ".mp4": "video/mp4", ".m4v": "video/mp4",
    ".mov": "video/quicktime", ".webm": "video/webm", ".mkv": "video/x-matroska",
}


class RangeServer(ThreadingHTTPServer):
    """Serves files by their paths on a free port of the loopback address."""

    daemon_threads = True

    def __init__(self, files: dict[str, Path]):
        super().__init__(("127.0.0.1", 0), RangeHandler)
        self.files = files
        # The number of requests that were answered with a range.
        self.range_requests = 0


class RangeHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.server.files.get(self.path)
        if path is None or not path.exists():
            return self.send_error(404)
        data = path.read_bytes()
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        first, last = 0, len(data) - 1
        if match and match[1]:
            first, last = int(match[1]), min(int(match[2] or last), last)
        elif match and match[2]:
            first = max(len(data) - int(match[2]), 0)
        else:
            match = None
        if first > last:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        self.send_response(206 if match else 200)
        if match:
            self.server.range_requests += 1
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        try:
            self.wfile.write(data[first:last + 1])
        except (BrokenPipeError, ConnectionResetError):
            pass  # The browser has what it wanted.

    def log_message(self, *_):
        pass
