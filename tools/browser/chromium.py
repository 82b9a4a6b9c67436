"""Controls headless Chromium by the DevTools protocol over a pipe: messages are JSON, each terminated by a zero byte."""

import json
import os
import subprocess


class Chromium:
    """A browser that runs during a `with` block."""

    def __init__(self, command: str, profile: str):
        # Chromium reads file descriptor 3 and writes file descriptor 4.
        to_browser, self._output = os.pipe()
        self._input, from_browser = os.pipe()
        flags = [
            "--headless=new", "--remote-debugging-pipe", "--autoplay-policy=no-user-gesture-required", "--disable-gpu",
            "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={profile}",
        ]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        # A shell moves the pipes to the descriptors that Chromium expects.
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}', command, *flags, "about:blank"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._number = 0
        self.version = self._send("Browser.getVersion")["product"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        os.close(self._output)
        os.close(self._input)

    def evaluate(self, address: str, expression: str):
        """Opens a page and returns the result of one of its promises."""
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._send("Page.enable", session)
        self._send("Page.navigate", session, url=address)
        while self._receive().get("method") != "Page.loadEventFired":
            pass
        answer = self._send(
            "Runtime.evaluate", session, expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "the page failed"))
        return answer["result"]["value"]

    def _send(self, method: str, session: str | None = None, **parameters) -> dict:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _receive(self) -> dict:
        while b"\0" not in self._buffer:
            part = os.read(self._input, 1 << 16)
            if not part:
                raise RuntimeError("Chromium ended; is it installed?")
            self._buffer += part
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)
