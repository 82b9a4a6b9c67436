#!/usr/bin/env python3
"""Measures the daemon's start and response times with a ledger of a million jobs."""

import argparse
import sqlite3
import sys
import time
import urllib.request
from pathlib import Path

from daemon import CONFIG, Daemon
from servers import free_port

OPTIONS = '{"method":"guided-backprop","colormap":"turbo","container":"mp4","opacity":"0.7","preset":"veryfast"}'
ROWS = """
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
INSERT INTO jobs (content, model, options, bytes, watch, source, output, priority, state, attempts, progress, warnings,
    created_at, started_at, finished_at, failure_code, failure_message)
SELECT printf('%064x', n), printf('%064x', 7), ?, 1000 + n, CASE n % 3 WHEN 0 THEN 'inbox' WHEN 1 THEN 'yard' END,
    '/srv/inbox/clip' || n || '.mp4', '/srv/outbox/clip' || n || '.saliency.mp4', 0,
    CASE WHEN n % 50 = 0 THEN 'failed' WHEN n % 991 = 0 THEN 'cancelled' ELSE 'done' END, 1, 1, '[]',
    ? - (1000000 - n) * 1000, ? - (1000000 - n) * 1000 + 1, ? - (1000000 - n) * 1000 + 2,
    CASE WHEN n % 50 = 0 THEN 'damaged' END, CASE WHEN n % 50 = 0 THEN 'The file ends at 3 s.' END
FROM number
"""
PATHS = [
    "/readyz", "/metrics", "/api/v1/folders", "/api/v1/jobs", "/api/v1/jobs?limit=500", "/api/v1/jobs/500000",
    *(f"/api/v1/jobs?state={state}" for state in ("queued", "running", "done", "failed", "quarantined", "cancelled")),
    "/api/v1/jobs?state=queued,running,failed", "/api/v1/jobs?folder=inbox", "/api/v1/jobs?folder=none",
    "/api/v1/jobs?folder=yard&state=failed", "/api/v1/jobs?folder=yard&state=failed,done&before=700000",
    "/api/v1/jobs?before=2", "/api/v1/jobs?name=clip77", "/api/v1/jobs?name=nothing",
]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", default=".build/release/saliencyd")
    parser.add_argument("--root", type=Path, default=Path("out/soak/ledger"))
    parser.add_argument("--jobs", type=int, default=1_000_000)
    args = parser.parse_args()

    port = free_port()
    config = CONFIG.replace("enabled: false", f"port: {port}") + "ledger: {{keep-age: all, keep-jobs: all}}\n"
    daemon = Daemon(args.command, args.root, config=config)
    # The daemon creates the tables.
    start(daemon, port)
    daemon.stop()
    ledger = daemon.state / "ledger.sqlite"
    with sqlite3.connect(ledger) as database:
        now = int(time.time() * 1000)
        database.execute(ROWS, (args.jobs, OPTIONS, now, now, now))
    database.close()
    seconds = start(daemon, port)
    print(f"{args.jobs} jobs, {ledger.stat().st_size / 1e6:.0f} MB: answers {seconds:.2f} s after its start")
    slowest = 0.0
    for path in PATHS:
        times = []
        for _ in range(5):
            begin = time.monotonic()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                answer.read()
            times.append((time.monotonic() - begin) * 1000)
        slowest = max(slowest, *times)
        print(f"{path}: {max(times):.1f} ms at most of 5")
    memory = daemon.resident("VmHWM")
    status = daemon.stop()
    print(f"slowest {slowest:.1f} ms; {memory:.0f} MB at most; SIGTERM ended with {status}")
    return 0 if status == 0 and slowest < 50 and seconds < 2 else 1


def start(daemon: Daemon, port: int) -> float:
    """Seconds until the daemon responds."""
    begin = time.monotonic()
    daemon.start()
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60):
                return time.monotonic() - begin
        except OSError:
            time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
