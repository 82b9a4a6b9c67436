#!/usr/bin/env python3
"""Misbehaving clients: abandoned waits, idle sockets, endless headers, downloads that nobody reads. Checks that other clients
still get responses, and that the memory is released."""

import argparse
import json
import os
import socket
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from daemon import CONFIG, Daemon, make_clip
from servers import free_port


class Soak:
    def __init__(self, command: str, root: Path) -> None:
        self.port = free_port()
        self.daemon = Daemon(command, root, config=CONFIG.replace("enabled: false", f"port: {self.port}"))
        self.failed = False

    def get(self, path: str, method: str = "GET") -> int:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                answer.read()
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def open(self, text: str) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(text.encode())
        return connection

    def ask(self, path: str) -> socket.socket:
        return self.open(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def check(self, name: str, paths: dict[str, str]) -> None:
        """Whether these requests are answered, and how fast."""
        answers = []
        for path, method in paths.items():
            begin = time.monotonic()
            status = self.get(path, method)
            answers.append(f"{path} {status} in {(time.monotonic() - begin) * 1000:.0f} ms")
            self.failed |= status not in (200, 409)
        print(f"{name}: {', '.join(answers)}; {self.daemon.resident('VmRSS'):.0f} MB", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", default=".build/release/saliencyd")
    parser.add_argument("--root", type=Path, default=Path("out/soak/clients"))
    parser.add_argument("--megabytes", type=int, default=200, help="size of the downloaded file")
    args = parser.parse_args()

    soak = Soak(args.command, args.root)
    daemon = soak.daemon
    daemon.start()
    make_clip(daemon.inbox / "done.mp4", 0, 8)
    if not daemon.wait(lambda: daemon.counts().get("done") == 1):
        print("the clip was not annotated")
        return 1
    output = Path(daemon.query("select output from jobs")[0][0])
    os.truncate(output, args.megabytes * 1_000_000)
    # A job that never ends, to wait for.
    daemon.stop()
    with sqlite3.connect(daemon.state / "ledger.sqlite") as database:
        database.execute(
            "insert into jobs (content, model, options, bytes, source, output, priority, state, attempts, progress, "
            "warnings, created_at, retry_at, waits_since) values ('x', 'x', '{}', 1, '/none', '/none', 0, 'queued', 0, 0, "
            "'[]', 0, 9e14, 0)"
        )
    database.close()
    daemon.start()
    while soak.get("/healthz") != 200:
        time.sleep(0.05)

    health = {"/healthz": "GET", "/readyz": "GET", "/metrics": "GET"}
    everything = health | {"/api/v1/jobs": "GET", "/api/v1/jobs/1/retry": "POST"}
    before = daemon.resident("VmRSS")
    soak.check("at first", everything)

    waits = [soak.ask("/api/v1/jobs/2?wait=60") for _ in range(130)]
    soak.check("130 waits", everything)
    for wait in waits:
        wait.close()
    begin = time.monotonic()
    # A wait for an ended job needs a slot and is answered immediately.
    left = daemon.wait(lambda: soak.get("/api/v1/jobs/1?wait=60") == 200, 30)
    print(f"after they were left, a wait has a place again: {left}, {time.monotonic() - begin:.1f} s")
    soak.failed |= not left

    sockets = [socket.create_connection(("127.0.0.1", soak.port)) for _ in range(450)]
    soak.check("450 idle sockets of one client", everything)
    for connection in sockets:
        connection.close()
    halves = [soak.open("GET /healthz HTTP/1.1\r\nHost: loc") for _ in range(450)]
    soak.check("450 requests that never end", everything)
    for connection in halves:
        connection.close()

    downloads = [soak.ask("/api/v1/jobs/1/result") for _ in range(120)]
    time.sleep(5)
    soak.check("120 downloads that nobody reads", health)
    peak = daemon.resident("VmHWM")
    for connection in downloads:
        connection.close()
    time.sleep(5)
    after = daemon.resident("VmRSS")
    status = daemon.stop()
    print(
        f"memory {before:.0f} MB before, {peak:.0f} MB at most, {after:.0f} MB after; SIGTERM ended with {status}: "
        + json.dumps(daemon.counts())
    )
    return 1 if soak.failed or status else 0


if __name__ == "__main__":
    sys.exit(main())
