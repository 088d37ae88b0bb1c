"""What belongs to a machine and not to the journeys: `sojourn.toml` in the workspace's folder, and the
environment.

```toml
store = ".sojourn/sojourn.db"
links = "https://shop.example.com/"
port = 8420

[deliver]                 # folder, console, smtp (email), http (webhook)
email   = "smtp"
webhook = "http"

[smtp]
url  = "smtp://user:password@mail.example.com:587"    # or the variable SOJOURN_SMTP_URL
from = "Shop <hello@example.com>"
unsubscribe = "https://shop.example.com/unsubscribe?m={key}"
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sojourn.interpreter.runtime.channels import (
    CallChannel,
    CallFolderChannel,
    Channel,
    ConsoleChannel,
    FolderChannel,
    Message,
    SmtpChannel,
    WebhookChannel,
)

__all__ = ["PLACE", "Settings", "SettingsError", "make_place", "store_of"]

PLACE = ".sojourn"
"""The folder in a workspace where everything lies that a run makes: the store, the outbox."""

STORE = f"{PLACE}/sojourn.db"
PORT = 8420

_KINDS = ("email", "sms", "push", "webhook", "call")
_WAYS = {
    "call": ("folder", "http"),
    "email": ("folder", "console", "smtp"),
    "webhook": ("folder", "console", "http"),
}
_KEYS = {"store", "links", "port", "deliver", "smtp", "lint"}


class SettingsError(Exception):
    """A setting that cannot be used. The text is a sentence."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a workspace. `deliver` says for each channel which way it goes out; into a folder
    unless
    said otherwise, so that nothing is sent to anybody by accident.
    """

    store: Path
    outbox: Path
    links: str = "https://example.com/"
    port: int = PORT
    deliver: Mapping[str, str] = field(default_factory=dict)
    smtp_url: str = ""
    sender: str = "Sojourn <sojourn@localhost>"
    unsubscribe: str = ""

    @classmethod
    def load(cls, folder: Path, environ: Mapping[str, str]) -> Settings:
        """Reads the settings of a workspace's folder; all have a default. Raises SettingsError."""
        path = folder / "sojourn.toml"
        said: dict[str, Any] = {}
        if path.is_file():
            try:
                said = tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise SettingsError(f"{path} cannot be read: {error}.") from None
            except OSError as error:
                raise SettingsError(
                    f"{path} cannot be read: {(error.strerror or str(error)).lower()}."
                ) from None
        for key in said:
            if key not in _KEYS:
                raise SettingsError(
                    f"{path}: there is no setting “{key}”; there are {', '.join(sorted(_KEYS))}."
                )
        smtp = _table(path, said, "smtp", {"url", "from", "unsubscribe"})
        deliver = _table(path, said, "deliver", set(_KINDS))
        url = environ.get("SOJOURN_SMTP_URL") or smtp.get("url", "")
        for kind, way in deliver.items():
            ways = _WAYS.get(kind, ("folder", "console"))
            if way not in ways:
                raise SettingsError(f"{path}: {kind} goes out by {', '.join(ways)}; not by “{way}”.")
        if "email" not in deliver and url:
            deliver["email"] = "smtp"
        if deliver.get("email") == "smtp" and not url:
            raise SettingsError(f"{path}: email goes out by smtp, but no url is given, nor SOJOURN_SMTP_URL.")
        port = said.get("port", PORT)
        if not isinstance(port, int) or not 0 <= port <= 65535:
            raise SettingsError(f"{path}: port must be a number up to 65535.")
        for key in ("store", "links"):
            if not isinstance(said.get(key, ""), str):
                raise SettingsError(f"{path}: {key} must be a text.")
        return cls(
            folder / said.get("store", STORE),
            folder / PLACE / "outbox",
            said.get("links", "https://example.com/"),
            port,
            deliver,
            url,
            smtp.get("from", "Sojourn <sojourn@localhost>"),
            smtp.get("unsubscribe", ""),
        )

    def way(self, kind: str) -> str:
        """Where messages of a channel go, in words."""
        way = self.deliver.get(kind, "folder")
        if way == "smtp":
            split = urlsplit(self.smtp_url)
            return f"really sent, through {split.hostname or self.smtp_url}"
        if way == "http":
            return "really posted to its address"
        return "shown here" if way == "console" else f"into the folder {self.outbox}"

    def channels(self, show: Callable[[Message, str], None]) -> dict[str, Channel]:
        """The way out of each channel; `show` prints those that go to the console. Raises SettingsError."""
        made: dict[str, Channel] = {}
        for kind in _KINDS:
            way = self.deliver.get(kind, "folder")
            if way == "console":
                made[kind] = ConsoleChannel(show)
            elif way == "smtp":
                try:
                    made[kind] = SmtpChannel(self.smtp_url, self.sender, self.unsubscribe)
                except ValueError as error:
                    raise SettingsError(str(error)) from None
            elif kind == "call":
                made[kind] = CallChannel() if way == "http" else CallFolderChannel(self.outbox, self.sender)
            elif way == "http":
                made[kind] = WebhookChannel()
            else:
                made[kind] = FolderChannel(self.outbox, self.sender)
        return made


def store_of(folder: Path) -> Path | None:
    """Where the store of a workspace lies, whatever else its settings say; None where they cannot be read."""
    try:
        said = tomllib.loads((folder / "sojourn.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        said = {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    store = said.get("store", STORE)
    return folder / store if isinstance(store, str) else None


def make_place(folder: Path) -> Path:
    """Makes the folder `.sojourn` of a workspace, which git leaves alone. Raises SettingsError."""
    place = folder / PLACE
    try:
        place.mkdir(exist_ok=True)
        ignored = place / ".gitignore"
        if not ignored.exists():
            ignored.write_text("# What a run makes: not to be kept with the journeys.\n*\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{place} cannot be made, where the store and the outbox lie: "
            f"{(error.strerror or str(error)).lower()}. `--store` takes another place."
        ) from None
    return place


def _table(path: Path, said: Mapping[str, Any], name: str, keys: set[str]) -> dict[str, str]:
    table = said.get(name, {})
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: [{name}] must be a table.")
    for key, value in table.items():
        if key not in keys:
            raise SettingsError(f"{path}: [{name}] has no “{key}”; it has {', '.join(sorted(keys))}.")
        if not isinstance(value, str):
            raise SettingsError(f"{path}: {key} in [{name}] must be a text.")
    return dict(table)
