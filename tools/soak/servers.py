"""Senders of live streams for the soak tests: each can be started, cut, stalled, garbled and restarted.

The RTSP server needs Debian's gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-{base,good,bad}; the others
need ffmpeg. Run as `servers.py rtsp CLIP PORT [USER PASSWORD]` this file is the RTSP server itself.
"""

from __future__ import annotations

import functools
import http.server
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that sends a clip repeatedly in real time."""

    def __init__(self, clip: Path) -> None:
        self.clip = clip
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        raise NotImplementedError

    def command(self) -> list[str]:
        raise NotImplementedError

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        if not self.is_running:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )

    def cut(self) -> None:
        """Ends abruptly, like a camera that is unplugged."""
        if self.process:
            # SIGKILL also ends a stopped process.
            self.process.kill()
            self.process.wait()
            self.process = None

    def stall(self) -> None:
        """Stops sending, but keeps all connections open."""
        if self.process:
            self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGCONT)

    def mend(self) -> None:
        """Restores the connection after `cut`."""
        self.start()

    def restart(self, after: float = 0) -> None:
        self.cut()
        time.sleep(after)
        self.start()

    def close(self) -> None:
        self.cut()


class RTSP(Server):
    """GStreamer's RTSP server, which requires a login if user and password are given."""

    def __init__(self, clip: Path, user: str = "", password: str = "") -> None:
        super().__init__(clip)
        self.port = free_port()
        self.user, self.password = user, password

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/clip"

    def command(self) -> list[str]:
        login = [self.user, self.password] if self.user else []
        # Only Debian's own interpreter has its GObject bindings.
        return ["/usr/bin/python3", __file__, "rtsp", str(self.clip), str(self.port), *login]


class FFmpeg(Server):
    """The ffmpeg command as sender; `copy` leaves the clip's packets as they are."""

    form = ["-f", "mpegts"]

    def options(self) -> list[str]:
        """Options of the output."""
        return []

    def target(self) -> str:
        return self.url

    def command(self) -> list[str]:
        return [
            "ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(self.clip), "-c", "copy",
            *self.form, *self.options(), self.target(),
        ]  # fmt: skip


class UDP(FFmpeg):
    def __init__(self, clip: Path) -> None:
        super().__init__(clip)
        self.port = free_port(socket.SOCK_DGRAM)

    @property
    def url(self) -> str:
        return f"udp://127.0.0.1:{self.port}"

    def target(self) -> str:
        return self.url + "?pkt_size=1316"


class Listening(FFmpeg):
    """Each process serves one client and ends with it; a thread starts the next one while the sender runs."""

    def __init__(self, clip: Path) -> None:
        super().__init__(clip)
        self.port = free_port()
        self.should_run = False
        self.lock = threading.Lock()
        threading.Thread(target=self._keep, daemon=True).start()

    def _keep(self) -> None:
        while True:
            time.sleep(0.1)
            with self.lock:
                if self.should_run:
                    super().start()

    def start(self) -> None:
        with self.lock:
            self.should_run = True
            super().start()

    def cut(self) -> None:
        with self.lock:
            self.should_run = False
            super().cut()


class HTTP(Listening):
    def options(self) -> list[str]:
        return ["-listen", "1"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/live.ts"


class RTMP(Listening):
    form = ["-f", "flv"]

    def options(self) -> list[str]:
        return ["-listen", "1"]

    @property
    def url(self) -> str:
        return f"rtmp://127.0.0.1:{self.port}/app/live"


class HLS(FFmpeg):
    """A folder of one-second segments, served by a web server in this process."""

    def __init__(self, clip: Path, folder: Path) -> None:
        super().__init__(clip)
        self.folder = folder
        self._empty()
        handler = functools.partial(_Quiet, directory=str(folder))
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()

    def _empty(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    form = ["-f", "hls", "-hls_time", "1", "-hls_list_size", "6", "-hls_flags", "delete_segments+temp_file"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web.server_port}/index.m3u8"

    def target(self) -> str:
        return str(self.folder / "index.m3u8")

    def cut(self) -> None:
        super().cut()
        self._empty()

    def close(self) -> None:
        super().close()
        self.web.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Garbler:
    """A proxy between a client and a TCP server that can garble the server's data or cut the connection."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.share = 0.0
        self.is_cut = False
        self.random = random.Random(1)
        self.ends: set[socket.socket] = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def address(self, url: str) -> str:
        """The address through this proxy."""
        return url.replace(f":{self.target}/", f":{self.port}/")

    def garble(self, share: float = 0.01) -> None:
        """Overwrites this fraction of the bytes from now on; 0 ends it."""
        self.share = share

    def cut(self) -> None:
        """Closes all connections and rejects new ones until `mend`."""
        with self.lock:
            self.is_cut = True
            for end in self.ends:
                self._end(end)

    def mend(self) -> None:
        self.is_cut = False

    def _accept(self) -> None:
        while True:
            client, _ = self.listener.accept()
            if self.is_cut:
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            threading.Thread(target=self._join, args=(client, server), daemon=True).start()

    def _join(self, client: socket.socket, server: socket.socket) -> None:
        with self.lock:
            self.ends |= {client, server}
            if self.is_cut:
                self._end(client)
        back = threading.Thread(target=self._pump, args=(server, client, True), daemon=True)
        back.start()
        self._pump(client, server, False)
        back.join()
        with self.lock:
            self.ends -= {client, server}
        client.close()
        server.close()

    def _pump(self, source: socket.socket, sink: socket.socket, may_garble: bool) -> None:
        try:
            while data := bytearray(source.recv(65536)):
                if may_garble and self.share > 0:
                    for _ in range(max(1, int(len(data) * self.share))):
                        data[self.random.randrange(len(data))] = self.random.randrange(256)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            self._end(end)

    @staticmethod
    def _end(end: socket.socket) -> None:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve_rtsp(clip: str, port: str, user: str = "", password: str = "") -> None:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtsp", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

    Gst.init(None)

    class Loop(GstRtspServer.RTSPMediaFactory):
        """One shared pipeline. The clip is read from a pipe, in which GStreamer does not seek."""

        def do_create_element(self, _: object) -> Gst.Element:
            self.sender = subprocess.Popen(
                ["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", clip, "-c", "copy", "-f", "mpegts", "-"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            )  # fmt: skip
            return Gst.parse_bin_from_description(
                f"fdsrc fd={self.sender.stdout.fileno()} do-timestamp=true ! tsdemux ! h264parse config-interval=1 ! "
                "rtph264pay name=pay0 pt=96",
                False,
            )

    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = Loop()
    factory.set_shared(True)
    if user:
        auth = GstRtspServer.RTSPAuth.new()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.add_digest(user, password, token)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_role("viewer")
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
        server.set_auth(auth)
    server.get_mount_points().add_factory("/clip", factory)
    server.attach(None)
    GLib.MainLoop().run()


if __name__ == "__main__" and sys.argv[1:2] == ["rtsp"]:
    serve_rtsp(*sys.argv[2:])
