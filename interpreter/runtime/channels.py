"""The ways a message leaves: into a folder, to the console, by SMTP, as an HTTP POST.

A channel hands out one message, or raises: `Refused` when it can never work (the address is wrong),
`NotNow` when this message may
work later, `Unavailable` when the whole channel does not work at the moment. Handing out is at least once:
after a crash
between the handing out and writing it down, a message is handed out again, under the same key (Message-ID,
Idempotency-Key,
file name), by which the receiver can tell.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from sojourn.dsl.values import SECOND, to_datetime
from sojourn.interpreter.core.reactions import short_key

__all__ = [
    "Bounced", "CallChannel", "CallFolderChannel", "Channel", "ConsoleChannel", "FolderChannel", "Message",
    "NotNow", "Refused", "SmtpChannel", "Unavailable", "WebhookChannel", "email_of", "text_of_html",
]  # fmt: skip

# One-click unsubscribe links are long; folded in the middle they break (RFC 8058).
_POLICY = SMTP.clone(max_line_length=998)


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the outbox. `at` is when it was due to leave (an instant); `attempts` how often it was
    tried; `expires` the instant from which it is not handed out any more (None: it always is).
    """

    number: int
    key: str
    person: int
    at: int
    message: str
    channel: str
    address: str
    parts: Mapping[str, str]
    journey: str
    run: str
    step: str
    attempts: int = 0
    expires: int | None = None

    @property
    def short_key(self) -> str:
        """The key as letters and digits that fit everywhere."""
        return short_key(self.key)


class Refused(Exception):
    """This message can never be handed out there: a final outcome."""


class Bounced(Refused):
    """The receiver's server says for good that there is no such address: a hard bounce."""


class NotNow(Exception):
    """This message could not be handed out; it may work later."""


class Unavailable(Exception):
    """The channel does not work at the moment; no message was tried."""


class Channel(Protocol):
    """A way out. `repeatable`: handing the same message out twice leaves one, so outcomes may be written
    down for many
    at once. `parallel`: how many messages may be under way at a time.
    """

    repeatable: bool
    parallel: int

    def hand_out(self, message: Message) -> None:
        """Hands one message out. Raises Refused, NotNow or Unavailable."""
        ...

    def close(self) -> None:
        """Lets go of connections."""
        ...


# ----------------------------------------------------------------- folder


class FolderChannel:
    """Files to read: an email as `.eml` and `.html`, a text message or push as `.txt`, a webhook as `.json`.

    Names begin with the time, so that a listing is in order. The same message has the same name.
    """

    repeatable = True
    parallel = 1

    def __init__(self, folder: Path, sender: str = "Sojourn <sojourn@localhost>") -> None:
        self.folder = folder
        self.sender = sender

    def hand_out(self, message: Message) -> None:
        """Writes the files."""
        moment = to_datetime(message.at)
        who = re.sub(r"[^A-Za-z0-9@._+-]", "_", message.address)[:60] or "webhook"
        name = f"{moment:%Y-%m-%d %H%M%S} {message.message} {who} {message.short_key[:8]}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            parts = message.parts
            if message.channel == "email":
                self._write(name + ".eml", email_of(message, self.sender).as_bytes(policy=_POLICY))
                head = (
                    f"<!-- to {html.escape(message.address)}: {html.escape(parts.get('subject', ''))} -->\n"
                )
                self._write(name + ".html", (head + parts.get("body", "")).encode())
            elif message.channel in ("webhook", "call"):
                whole = {"key": message.key, "at": moment.isoformat(), "message": message.message, **parts}
                self._write(name + ".json", json.dumps(whole, indent=2, ensure_ascii=False).encode())
            else:
                lines = [
                    f"to: {message.address}",
                    f"at: {moment:%Y-%m-%d %H:%M:%S} UTC",
                    f"key: {message.key}",
                    "",
                ]
                lines += [parts[part] for part in ("title", "text") if part in parts]
                self._write(name + ".txt", ("\n".join(lines) + "\n").encode())
        except ValueError as error:
            raise Refused(f"The message cannot be written as {message.channel}: {error}.") from error
        except OSError as error:
            raise Unavailable(
                f"The folder {self.folder} cannot be written: {error.strerror or error}."
            ) from error

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        half = path.with_name(path.name + ".part")
        half.write_bytes(content)
        os.replace(half, path)

    def close(self) -> None:
        """Nothing is held."""


# ---------------------------------------------------------------- console


class ConsoleChannel:
    """Shows one line for each message through `show`."""

    repeatable = True
    parallel = 1

    def __init__(self, show: Callable[[Message, str], None]) -> None:
        self._show = show

    def hand_out(self, message: Message) -> None:
        """Shows it: the message and a line about it."""
        parts = message.parts
        what = parts.get("subject") or parts.get("title") or parts.get("text") or parts.get("post") or ""
        moment = to_datetime(message.at)
        to = f" to {message.address}" if message.address else ""
        line = (
            f"{moment:%Y-%m-%d %H:%M:%S} {message.channel}{to}: {message.message}, “{' '.join(what.split())}”"
        )
        self._show(message, line)

    def close(self) -> None:
        """Nothing is held."""


# ------------------------------------------------------------------- SMTP


class SmtpChannel:
    """Sends email by SMTP: `smtp://user:password@host:587` (TLS when the server offers it) or `smtps://…`.

    `sender` is the From address. `unsubscribe` is a web address for one-click unsubscribing (RFC 8058) in
    which
    `{key}` is the message's key, or a mailto address.
    """

    repeatable = False
    parallel = 1

    def __init__(self, url: str, sender: str, unsubscribe: str = "", timeout: float = 20.0) -> None:
        """Raises ValueError for a URL or a sender that cannot be used."""
        split = urlsplit(url)
        if split.scheme not in ("smtp", "smtps") or not split.hostname:
            raise ValueError("The address of the mail server must look like smtp://user:password@host:587.")
        if "@" not in parseaddr(sender)[1]:
            raise ValueError(
                f"The sender must be an email address such as “Shop <shop@example.com>”, not “{sender}”."
            )
        self._host = split.hostname
        self._tls = split.scheme == "smtps"
        self._port = split.port or (465 if self._tls else 25 if not split.username else 587)
        self._user = unquote(split.username or "")
        self._password = unquote(split.password or "")
        self._plain = parse_qs(split.query).get("tls") == ["no"]
        self._sender = sender
        self._unsubscribe = unsubscribe
        self._timeout = timeout
        self._server: smtplib.SMTP | None = None

    def hand_out(self, message: Message) -> None:
        """Sends it to its one recipient."""
        try:
            address = _plain_address(message.address)
            mail = email_of(message, self._sender, self._unsubscribe)
            flat = mail.as_bytes(policy=_POLICY)
        except (ValueError, UnicodeError, IndexError) as error:
            raise Refused(f"The email cannot be written: {error}.") from error
        server = self._connected()
        try:
            server.sendmail(parseaddr(self._sender)[1], [address], flat)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()), (550, b""))
            refused = _by_code(code, said)
            raise (Bounced(str(refused)) if isinstance(refused, Refused) else refused) from error
        except smtplib.SMTPSenderRefused as error:
            self.close()
            raise Unavailable(
                f"The mail server refuses the sender {self._sender}: {_words(error.smtp_error)}."
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(f"The mail server cannot take the address {message.address}.") from error
        except smtplib.SMTPResponseException as error:
            raise _by_code(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotNow(f"The connection to the mail server broke off: {error}.") from error
        except UnicodeError as error:
            raise Refused(f"The address {message.address} cannot be written in an email.") from error

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None:
            try:
                if self._server.noop()[0] == 250:
                    return self._server
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        try:
            context = ssl.create_default_context()
            if self._tls:
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    self._host, self._port, timeout=self._timeout, context=context
                )
            else:
                server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
                server.ehlo()
                if not self._plain and server.has_extn("starttls"):
                    server.starttls(context=context)
                    server.ehlo()
                elif self._user and not self._plain:
                    server.close()
                    raise Unavailable(
                        f"The mail server {self._host} offers no encryption; the password is not sent in the "
                        "clear. Use smtps://, or add ?tls=no to the address."
                    )
            if self._user:
                server.login(self._user, self._password)
        except smtplib.SMTPAuthenticationError as error:
            raise Unavailable(
                f"The mail server {self._host} does not accept the user name and password."
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(
                f"The mail server {self._host}:{self._port} does not answer: {error}."
            ) from error
        self._server = server
        return server

    def close(self) -> None:
        """Says goodbye to the server."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()


def _by_code(code: int, said: bytes | str) -> Refused | NotNow:
    """RFC 5321, 4.2.1: 5yz is permanent, 4yz may work later."""
    reason = f"The mail server said {code}: {_words(said)}"
    return Refused(reason) if code >= 500 else NotNow(reason)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]


def _plain_address(address: str) -> str:
    """The address with its domain in the ASCII form of IDNA, as every mail server takes it. Raises
    ValueError for
    what is no address, or needs more than ASCII before the @.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or re.search(r"[\s<>,;]", address):
        raise ValueError(f"“{address}” is not an email address")
    if not local.isascii():
        raise ValueError(f"the part before the @ of “{address}” has letters that few mail servers take")
    if not domain.isascii():
        import idna

        domain = idna.encode(domain, uts46=True).decode()
    return f"{local}@{domain}"


def email_of(message: Message, sender: str, unsubscribe: str = "") -> EmailMessage:
    """The email of a message: text and HTML. Raises ValueError for an address that cannot be written."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = _plain_address(message.address) if "@" in message.address else message.address
    mail["Subject"] = " ".join(message.parts.get("subject", "").split())
    mail["Date"] = formatdate(message.at / SECOND)
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    mail["Message-ID"] = f"<{message.short_key}@{domain}>"
    mail["X-Sojourn-Key"] = message.key.encode("ascii", "replace").decode()
    if unsubscribe:
        link = unsubscribe.replace("{key}", message.short_key)
        mail["List-Unsubscribe"] = f"<{link}>"
        if link.startswith("https:"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    body = message.parts.get("body", "")
    if "<" in body and re.search(r"<[a-zA-Z!/]", body):
        mail.set_content(text_of_html(body))
        mail.add_alternative(body, subtype="html")
    else:
        mail.set_content(body)
    return mail


class _Text(HTMLParser):
    _BLOCKS = frozenset(
        {
            "p",
            "div",
            "br",
            "tr",
            "h1",
            "h2",
            "h3",
            "h4",
            "ul",
            "ol",
            "table",
            "hr",
            "section",
            "header",
            "footer",
        }
    )
    _HIDDEN = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        if tag in self._HIDDEN:
            self._hidden += 1
        elif tag in self._BLOCKS:
            self.pieces.append("\n")
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        if tag in self._HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in self._BLOCKS:
            self.pieces.append("\n")
        elif tag == "a" and self._links:
            link = self._links.pop()
            if link.startswith(("http:", "https:")):
                self.pieces.append(f" ({link})")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._hidden:
            self.pieces.append(re.sub(r"\s+", " ", data))


def text_of_html(source: str) -> str:
    """The readable text of an HTML body, with the addresses of its links."""
    parser = _Text()
    parser.feed(source)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


# ---------------------------------------------------------------- webhook


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """A POST is not repeated elsewhere: the answer counts as refused."""
        return


class WebhookChannel:
    """Posts the body to the message's address with the header `Idempotency-Key`."""

    repeatable = False
    parallel = 8

    def __init__(self, timeout: float = 10.0) -> None:
        self._timeout = timeout
        self._open = urllib.request.build_opener(_NoRedirect()).open

    def hand_out(self, message: Message) -> None:
        """Posts it: 2xx is done; 408, 425, 429 and 5xx may work later; anything else is refused."""
        body = message.parts.get("body")
        if body is None:
            body = json.dumps({"message": message.message, "key": message.key})
        _post(self._open, message, body, self._timeout)

    def close(self) -> None:
        """Nothing is held."""


class CallChannel:
    """Asks a webhook, for `call`: a POST of its values as JSON, with the header `Idempotency-Key`."""

    repeatable = False
    parallel = 8

    def __init__(self) -> None:
        self._open = urllib.request.build_opener(_NoRedirect()).open

    def ask(self, message: Message) -> str:
        """The answer's text. Raises Refused and NotNow as a WebhookChannel does."""
        timeout = int(message.parts["timeout"]) / SECOND
        return _post(self._open, message, message.parts["body"], timeout)

    def hand_out(self, message: Message) -> None:
        """As `ask`, for those who do not wait for the answer."""
        self.ask(message)

    def close(self) -> None:
        """Nothing is held."""


class CallFolderChannel(FolderChannel):
    """Writes calls into the folder instead of asking anybody; the answer has no fields."""

    def ask(self, message: Message) -> str:
        """Writes the files; an empty answer."""
        self.hand_out(message)
        return ""


def _post(open: Callable[..., Any], message: Message, body: str, timeout: float) -> str:
    """Posts a text; returns the text of the answer, 1 MiB at most."""
    url = message.parts.get("post", "") or message.address
    if urlsplit(url).scheme not in ("http", "https"):
        raise Refused(f"“{url}” is not a web address.")
    headers = {
        "Content-Type": _content_type(body),
        "Idempotency-Key": message.short_key,
        "User-Agent": "Sojourn",
    }
    try:
        request = urllib.request.Request(url, body.encode(), headers, method="POST")
        with open(request, timeout=timeout) as answer:
            return str(answer.read(1 << 20).decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        error.close()
        said = f"{url} answered {error.code} {error.reason}."
        if error.code in (408, 425, 429) or error.code >= 500:
            raise NotNow(said) from error
        raise Refused(said) from error
    except TimeoutError as error:
        raise NotNow(f"{url} did not answer within {timeout:g} seconds.") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise NotNow(f"{url} did not answer within {timeout:g} seconds.") from error
        raise NotNow(f"{url} cannot be reached: {error.reason}.") from error
    except (OSError, http.client.HTTPException) as error:
        raise NotNow(f"{url} cannot be reached: {error}.") from error
    except ValueError as error:
        raise Refused(f"“{url}” is not a web address: {error}.") from error


def _content_type(body: str) -> str:
    try:
        json.loads(body)
    except ValueError:
        return "text/plain; charset=utf-8"
    return "application/json"
