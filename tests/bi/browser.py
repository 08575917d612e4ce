"""Headless Chromium through its driver (the W3C protocol over loopback); nothing but the standard
library is needed for four calls."""

import base64
import json
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WIDTH = 1400
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", f"--window-size={WIDTH},1800",
)  # fmt: skip


class Browser:
    """One window."""

    def __init__(self, address: str, session: str) -> None:
        self._base = f"{address}/session/{session}"

    def open(self, url: str) -> None:
        _call("POST", f"{self._base}/url", {"url": url})

    def run(self, script: str) -> Any:
        """Run JavaScript in the page; what it returns."""
        return _call("POST", f"{self._base}/execute/sync", {"script": script, "args": []})["value"]

    def wait(self, script: str, seconds: int = 60) -> bool:
        """Until the script gives something true."""
        for _ in range(seconds * 2):
            if self.run(script):
                return True
            time.sleep(0.5)
        return False

    def whole_page(self) -> None:
        """Make the window as tall as what stands in it."""
        height = self.run(
            "return Math.max(...[...document.querySelectorAll('.grid-container, body')]"
            ".map(e => e.scrollHeight + e.getBoundingClientRect().top))"
        )
        size = {"width": WIDTH, "height": min(int(height) + 150, 6000)}
        _call("POST", f"{self._base}/window/rect", size)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(_call("GET", f"{self._base}/screenshot")["value"]))


@contextmanager
def browser(port: int = 9517) -> Iterator[Browser]:
    """A fresh window with a profile of its own."""
    driver = subprocess.Popen(
        ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        with tempfile.TemporaryDirectory() as profile:
            options = {"args": [*FLAGS, f"--user-data-dir={profile}"]}
            wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
            for _ in range(60):
                try:
                    session = _call("POST", f"{address}/session", wanted)["value"]["sessionId"]
                    break
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.5)
            try:
                yield Browser(address, session)
            finally:
                _call("DELETE", f"{address}/session/{session}")
    finally:
        driver.terminate()


def _call(method: str, url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=90) as answer:
        return json.loads(answer.read())
