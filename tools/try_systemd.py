#!/usr/bin/env python3
"""Exercises the package and its units under a real systemd: try_systemd.py PACKAGE

Boots a copy of this machine's file system (an overlay: nothing here is changed) with systemd-nspawn, in its own network,
and performs an operator's tasks: install, drop, reload, stop, watchdog, cameras, upgrade, remove, purge. Needs root and
Debian's systemd-container and dbus.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STATE = "/var/lib/saliencyd"
CONFIGURATION = "/etc/saliencyd/saliencyd.yaml"
# Paths inside the container.
PACKAGE = "/var/tmp/saliencyd.deb"


class Failure(Exception):
    pass


class Machine:
    """A container that runs systemd over an overlay of `/`."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.root = scratch / "root"
        self.process: subprocess.Popen[bytes] | None = None
        self.leader = 0

    def __enter__(self) -> "Machine":
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", self.scratch], check=True)
        for name in ("upper", "work", "root"):
            (self.scratch / name).mkdir()
        layers = f"lowerdir=/,upperdir={self.scratch}/upper,workdir={self.scratch}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, self.root], check=True)
        try:
            self.boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def boot(self) -> None:
        # A separate machine ID, or the journal would take the container for this machine.
        (self.root / "etc/machine-id").write_text("")
        # Prevents this machine's own services from starting, but not the package's, whatever this machine's policy is.
        for link in (self.root / "etc/systemd/system/multi-user.target.wants").glob("*"):
            link.unlink()
        (self.root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
        command = ["systemd-nspawn", "-q", "-b", "--register=no", "--keep-unit", "--private-network", "--console=pipe"]
        with open(self.scratch / "console", "wb") as console:
            self.process = subprocess.Popen(
                [*command, "-D", self.root], stdin=subprocess.DEVNULL, stdout=console, stderr=console
            )
        self.leader = until("the container starts", 30, self.child)
        until("systemd has started", 90, self.is_up)
        self.run("ip link set lo up", check=False)

    def child(self) -> int:
        if self.process is None or self.process.poll() is not None:
            raise Failure("systemd-nspawn ended: " + (self.scratch / "console").read_text(errors="replace"))
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return int(found[0]) if found else 0

    def is_up(self) -> bool:
        state = self.run("systemctl is-system-running", check=False).stdout.strip()
        return state in ("running", "degraded")

    def run(self, command: str, check: bool = True, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Runs a shell command inside; raises `Failure` with its output if it fails."""
        environment = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        result = subprocess.run(
            ["nsenter", "-t", str(self.leader), "-a", *environment, "sh", "-c", command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            start_new_session=True,
        )
        if check and result.returncode != 0:
            raise Failure(f"{command}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
        return result

    def write(self, path: str, text: str) -> None:
        """Writes a file inside; an existing file keeps its mode."""
        self.run(f"mkdir -p {shlex.quote(os.path.dirname(path))} && printf %s {shlex.quote(text)} > {shlex.quote(path)}")

    def put(self, file: Path, path: str) -> None:
        """Copies a file of this machine into the container, through the overlay."""
        (self.root / path.lstrip("/")).write_bytes(file.read_bytes())

    def read(self, path: str) -> str:
        return self.run(f"cat {shlex.quote(path)}").stdout

    def show(self, unit: str, name: str) -> str:
        return self.run(f"systemctl show -P {name} {unit}").stdout.strip()

    def api(self, path: str, port: int = 8787) -> dict:
        return json.loads(self.run(f"curl -fsS http://127.0.0.1:{port}/api/v1/{path}").stdout)

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        subprocess.run(["umount", "-l", self.root], check=False)
        subprocess.run(["umount", "-l", self.scratch], check=False)


def until(what: str, seconds: float, done):
    """Polls, and returns the first true result."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = done()
        if answer:
            return answer
        time.sleep(0.25)
    raise Failure(f"not within {seconds:g} s: {what}")


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise Failure(what)


class Trial:
    """The steps in order: each method of `steps` is one line of the report."""

    def __init__(self, machine: Machine, package: Path) -> None:
        self.machine = machine
        self.package = package

    def is_active(self, unit: str = "saliencyd") -> bool:
        return self.machine.run(f"systemctl is-active {unit}", check=False).stdout.strip() == "active"

    def drop(self, name: str) -> None:
        """Puts the sample clip into the inbox; its title makes its content unique."""
        self.machine.run(
            "cd $(mktemp -d) && saliencyd sample sample.mp4 --force && "
            f"ffmpeg -nostdin -v error -y -i sample.mp4 -c copy -metadata title={name} {name} && "
            f"install -m 660 {name} {STATE}/inbox/.{name} && mv {STATE}/inbox/.{name} {STATE}/inbox/{name}"
        )

    def jobs(self, state: str) -> int:
        """The number of jobs in a state; 0 while no daemon responds."""
        try:
            return len(self.machine.api(f"jobs?state={state}")["jobs"])
        except Failure:
            return 0

    def is_idle(self) -> bool:
        counts = [self.machine.run(f"curl -fsS 'http://127.0.0.1:8787/api/v1/jobs?state={state}'", check=False).stdout
                  for state in ("queued", "running")]
        return all(text and not json.loads(text)["jobs"] for text in counts)

    def pid(self, unit: str = "saliencyd") -> int:
        """Waits for the running process: between two starts there is none."""
        return until(f"{unit} runs", 60, lambda: int(self.machine.show(unit, "MainPID")) if self.is_active(unit) else 0)

    def install(self) -> str:
        self.machine.put(self.package, PACKAGE)
        self.machine.run(f"dpkg -i {PACKAGE}")
        until("the unit is active", 60, self.is_active)
        expect(self.machine.show("saliencyd", "UnitFileState") == "enabled", "the unit is not enabled")
        limits = {name: self.machine.show("saliencyd", name) for name in ("MemoryMax", "TasksMax")}
        expect("infinity" not in limits.values(), f"the unit sets no limit: {limits}")
        return f"active, enabled; {limits}"

    def dropped(self) -> str:
        self.drop("first.mp4")
        until("the job is done", 120, lambda: self.jobs("done") == 1)
        self.machine.run(f"test -s {STATE}/outbox/first.saliency.mp4 && test -s {STATE}/outbox/first.saliency.json")
        owner = self.machine.run(f"stat -c %U:%G {STATE}/outbox/first.saliency.mp4").stdout.strip()
        expect(owner == "saliencyd:saliencyd", f"the output belongs to {owner}")
        return self.machine.show("saliencyd", "StatusText")

    def reload_right(self) -> str:
        before = self.pid()
        text = self.machine.read(CONFIGURATION)
        expect("settle: 5" in text, "the configuration of the package has no settle: 5")
        self.machine.write(CONFIGURATION, text.replace("settle: 5", "settle: 1"))
        self.machine.run("systemctl reload saliencyd")
        self.drop("second.mp4")
        until("the job is done", 120, lambda: self.jobs("done") == 2)
        expect(self.pid() == before, "the process was started again")
        return "taken over by the process that runs"

    def reload_wrong(self) -> str:
        before = self.pid()
        text = self.machine.read(CONFIGURATION)
        self.machine.write(CONFIGURATION, text + "\nno-such-key: 1\n")
        result = self.machine.run("systemctl reload saliencyd", check=False)
        self.machine.write(CONFIGURATION, text)
        expect(result.returncode != 0, "systemctl reload said that all is well")
        expect(self.is_active() and self.pid() == before, "the process that ran is gone")
        journal = self.machine.run("journalctl -u saliencyd -n 30 -o cat").stdout
        expect("no-such-key" in journal, f"the journal does not name the key:\n{journal}")
        return "systemctl fails, the journal names the key, the daemon goes on"

    def watchdog(self) -> str:
        # A window of this method takes longer than the watchdog interval; a job that makes progress must not be ended.
        drop_in = "/run/systemd/system/saliencyd.service.d/watchdog.conf"
        self.machine.write(drop_in, "[Service]\nWatchdogSec=5s\nRestartSec=1s\nStartLimitBurst=20\n")
        text = self.machine.read(CONFIGURATION)
        slow = text.replace("method: grad-cam", "method: integrated-gradients").replace("smooth: 0", "smooth: 25")
        expect(slow != text, "the configuration of the package names no method")
        self.machine.write(CONFIGURATION, slow)
        self.machine.run("systemctl daemon-reload && systemctl restart saliencyd")
        until("the unit is active", 60, self.is_active)
        self.drop("slow.mp4")
        until("the job runs", 60, lambda: self.jobs("running") == 1)
        started = time.monotonic()
        until("the job has run for five times the watchdog, or is done", 120,
              lambda: time.monotonic() - started > 25 or self.jobs("running") == 0)
        restarts = int(self.machine.show("saliencyd", "NRestarts"))
        expect(restarts == 0, f"work that moved was ended {restarts} times")

        # A daemon without progress is restarted.
        self.machine.write(CONFIGURATION, text)
        self.machine.run("systemctl restart saliencyd")
        stopped = self.pid()
        self.machine.run(f"kill -STOP {stopped}")
        until("the watchdog has started it again", 60, lambda: self.is_active() and self.pid() not in (0, stopped))
        # The job keeps its options, which take minutes.
        self.machine.run("saliencyd jobs cancel --state queued --state running")
        self.machine.run(f"rm {drop_in} && systemctl daemon-reload")
        self.drop("quick.mp4")
        until("the next job is done", 120, lambda: self.jobs("done") == 3)
        expect(self.jobs("failed") + self.jobs("quarantined") == 0, "a job failed")
        return "25 s of one job go on under a watchdog of 5 s; a stopped process is started again"

    def killed(self) -> str:
        before = self.pid()
        self.machine.run(f"kill -KILL {before}")
        until("it runs again", 60, lambda: self.is_active() and self.pid() not in (0, before))
        return "started again"

    def wrong_start(self) -> str:
        text = self.machine.read(CONFIGURATION)
        self.machine.write(CONFIGURATION, text + "\nno-such-key: 1\n")
        self.machine.run("systemctl restart saliencyd", check=False)
        until("the unit has failed", 60, lambda: self.machine.show("saliencyd", "ActiveState") == "failed")
        status = self.machine.show("saliencyd", "ExecMainStatus")
        expect(status == "78", f"the exit status is {status}")
        expect(self.machine.show("saliencyd", "NRestarts") == "0", "a wrong configuration was tried again")
        self.machine.write(CONFIGURATION, text)
        self.machine.run("systemctl reset-failed saliencyd && systemctl start saliencyd")
        until("the unit is active", 60, self.is_active)
        return "exit status 78, not tried again"

    def cameras(self) -> str:
        self.machine.write(
            "/etc/saliencyd/camera-gate.yaml",
            "http: {port: 8790}\nstate: /var/lib/saliencyd/cameras/gate\ncameras:\n  gate:\n"
            "    url: udp://127.0.0.1:9100\n    segments: /var/lib/saliencyd/cameras/gate/video\n    segment-length: 5\n",
        )
        self.machine.run("chown root:saliencyd /etc/saliencyd/camera-gate.yaml && chmod 640 /etc/saliencyd/camera-gate.yaml")
        self.machine.run(
            "systemd-run --unit=sender ffmpeg -nostdin -v error -re -f lavfi -i testsrc2=s=320x240:r=15 "
            "-c:v libx264 -preset ultrafast -g 15 -f mpegts udp://127.0.0.1:9100?pkt_size=1316"
        )
        self.machine.run("systemctl start saliencyd-camera@gate")
        until("the camera is up", 90, lambda: self.machine.api("cameras", 8790)["cameras"][0]["state"] == "up")
        folder = f"{STATE}/cameras/gate/video"
        until("two segments are complete", 90,
              lambda: int(self.machine.run(f"find {folder} -type f -name '*.m*' -not -name '.*' | wc -l", check=False).stdout) >= 2)
        words = self.machine.show("saliencyd-camera@gate", "StatusText")
        self.machine.run("systemctl stop saliencyd-camera@gate && systemctl stop sender", check=False)
        expect(self.machine.show("saliencyd-camera@gate", "Result") == "success", "the camera's unit did not stop in order")
        return words

    def stop(self) -> str:
        self.drop("late.mp4")
        started = time.monotonic()
        self.machine.run("systemctl stop saliencyd")
        took = time.monotonic() - started
        expect(self.machine.show("saliencyd", "Result") == "success", "the unit did not stop in order")
        left = self.machine.run(f"find {STATE}/outbox -name '.*' -type f").stdout
        expect(left == "", f"partial files stay: {left}")
        self.machine.run("systemctl start saliencyd")
        until("all jobs are done", 180, self.is_idle)
        return f"{took:.1f} s, nothing partial; what was left is done after the start"

    def upgrade(self) -> str:
        self.machine.run(f"printf '# kept\\n' >> {CONFIGURATION}")
        before = self.pid()
        self.machine.run(f"dpkg -i --force-confold {PACKAGE}")
        until("it runs again", 60, lambda: self.is_active() and self.pid() not in (0, before))
        expect("# kept" in self.machine.read(CONFIGURATION), "the configuration was overwritten")
        until("the ledger has its jobs", 30, lambda: self.jobs("done") >= 3)
        return "configuration and ledger stay"

    def remove(self) -> str:
        self.machine.run("dpkg -r saliencyd")
        expect(not self.is_active(), "it still runs")
        self.machine.run(f"test -s {STATE}/outbox/first.saliency.mp4 && test -s {CONFIGURATION}")
        return "stopped; results and configuration stay"

    def purge(self) -> str:
        self.machine.run("dpkg -P saliencyd")
        self.machine.run(f"test -s {STATE}/outbox/first.saliency.mp4 && test -s {STATE}/inbox/first.mp4")
        recordings = self.machine.run(f"find {STATE}/cameras -type f -name '*.m*' | wc -l").stdout.strip()
        expect(int(recordings) > 0, "the recordings of a camera are gone")
        left = self.machine.run(f"ls -d {STATE}/ledger.sqlite* {STATE}/cameras/*/ledger.sqlite* /etc/saliencyd", check=False).stdout
        expect(left == "", f"left behind: {left}")
        return "ledgers and configuration are gone, people's videos stay"

    steps = [
        install, dropped, reload_right, reload_wrong, watchdog, killed, wrong_start, cameras, stop, upgrade, remove, purge,
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    package = parser.parse_args().package.resolve()
    if os.geteuid() != 0:
        print("try_systemd.py: run it as root; it mounts an overlay and boots a container", file=sys.stderr)
        return 1
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as scratch, Machine(Path(scratch)) as machine:
        trial = Trial(machine, package)
        for step in Trial.steps:
            started = time.monotonic()
            name = step.__name__.replace("_", " ")
            try:
                found = step(trial)
                passed += 1
                print(f"ok      {name} ({time.monotonic() - started:.0f} s): {found}", flush=True)
            except (Failure, subprocess.TimeoutExpired) as problem:
                failed += 1
                print(f"FAILED  {name}: {problem}", flush=True)
                for words in ("systemctl status --no-pager -n 0 'saliencyd*'", "journalctl -u 'saliencyd*' -n 20 -o cat --no-pager"):
                    print(machine.run(words, check=False).stdout, flush=True)
                if not trial.is_active() and step is Trial.install:
                    break
    print(f"{passed} passed, {failed} failed, {len(Trial.steps) - passed - failed} not tried")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
