"""Real processes of the command line for the tests: start one, talk to it, read what it says, end it in any way."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]

WORKSPACE = """\
profile
  email       email  identity  private
  first_name  text

event cart_abandoned called "Cart Abandoned"
  cart_id  text
  total    money  required

event purchase
  total  money  required

topic service always

message cart_reminder about service
  email
    subject "{{ profile.first_name }}, you left something behind"
    body    file "reminder.html"

journey cart_rescue
  start on cart_abandoned where total > 20 EUR
  one per cart_id
  exit on purchase
  goal purchase within 3 days

  wait 1 second
  send cart_reminder
"""

REMINDER = "<p>Dear {{ profile.first_name }}, your cart over {{ event.total }} is waiting.</p>\n"


def workspace(folder: Path, text: str = WORKSPACE) -> Path:
    """A small workspace in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shop.journey").write_text(text, encoding="utf-8")
    (folder / "reminder.html").write_text(REMINDER, encoding="utf-8")
    return folder


def cart(id: str, who: str = "Ada", total: str = "59 EUR", **more: Any) -> dict[str, Any]:
    """Somebody leaves a cart; every cart has an id of its own."""
    profile = {"email": f"{who.lower()}@example.com", "first_name": who}
    properties = {"cart_id": id, "total": total}
    return {"event": "Cart Abandoned", "id": id, "profile": profile, "properties": properties, **more}


def sojourn(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        _command(words),
        cwd=ROOT,
        env=_environment(environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def _command(words: tuple[str | Path, ...]) -> list[str]:
    return [sys.executable, "-m", "sojourn", *map(str, words)]


def _environment(more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOJOURN_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1", **more}


class Running:
    """A command that runs on. Use it as a context manager: it is ended in any case."""

    def __init__(
        self,
        *words: str | Path,
        pipe: bool = False,
        reads: bool = True,
        prepare: Any = None,
        **environment: str,
    ) -> None:
        self.process = subprocess.Popen(
            _command(words),
            cwd=ROOT,
            env=_environment(environment),
            stdin=subprocess.PIPE if pipe else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            preexec_fn=prepare,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        if reads:
            self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)

    @property
    def said(self) -> str:
        """All that it has said so far."""
        return "\n".join(self.lines)

    def says(self, pattern: str, times: int = 1) -> re.Match[str]:
        """Waits until it has said something that fits, so many times. Returns the last match."""

        def found() -> list[re.Match[str]]:
            return list(re.finditer(pattern, self.said, re.MULTILINE))

        until(lambda: len(found()) >= times or self.process.poll() is not None)
        if len(found()) < times and self.process.poll() is not None:
            self._reader.join(PATIENCE)  # its last words
        matches = found()
        assert len(matches) >= times, f"it never said {pattern!r}, but:\n{self.said}"
        return matches[times - 1]

    @property
    def url(self) -> str:
        """Where it takes events."""
        return self.says(r"POST (http://\S+)/events")[1]

    def post(self, *records: Any) -> tuple[int, Any]:
        """Sends events; the status and the answer."""
        return ask(self.url + "/events", records[0] if len(records) == 1 else list(records))

    def end(self, how: int = signal.SIGINT) -> int:
        """Ends it by a signal; the exit code."""
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def kill(self) -> None:
        """kill -9."""
        self.end(signal.SIGKILL)


def ask(url: str, content: Any = None) -> tuple[int, Any]:
    """The status and the answer of a request over HTTP: a POST where there is content."""
    body = (
        None if content is None else content if isinstance(content, bytes) else json.dumps(content).encode()
    )
    request = urllib.request.Request(url, body, method="GET" if body is None else "POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def rows(store: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a store has to say, asked as anybody may while it is in use."""
    connection = sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def store_of(folder: Path) -> Path:
    """The store that a workspace has unless another is named."""
    return folder / ".sojourn" / "sojourn.db"


def mails(folder: Path) -> list[Path]:
    """The emails in the outbox, in the order of their times."""
    return sorted((folder / ".sojourn" / "outbox").glob("*.eml"))
