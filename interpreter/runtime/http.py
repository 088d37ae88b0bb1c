"""Events in over HTTP, on this machine: `POST /events`, `GET /health`, `GET /people/ada@example.com`.

An answer to `POST /events` comes after the commit: what it counts as accepted is on the disk. 200 says how
many were accepted,
were there already, or were set aside and why; 400 that nothing could be read; 413 that it is too much at
once; 503 (with
Retry-After) that nothing was taken and the same can be sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.calls import calls_of
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.runtime.engine import Busy, Engine
from sojourn.interpreter.runtime.errors import StoreError
from sojourn.interpreter.runtime.profile import profile_of

__all__ = ["LARGEST_BODY", "HttpError", "HttpServer", "make_app", "read_body"]

LARGEST_BODY = 5_000_000
"""Bytes of one request at most."""

_MOST_REASONS = 100
"""Rejected records named in one answer; the table `rejected` has them all."""


_OF_SDKS = ("/v1/batch", "/v1/import", *(f"/v1/{call}" for call in (
    "identify", "track", "page", "screen", "alias", "group", "i", "t", "p", "s", "a", "g", "b",
)))  # fmt: skip
"""Where the SDKs of customer data platforms send their calls to, below the address they are given."""


class HttpError(Exception):
    """The server cannot start. The text is a sentence."""


def read_body(door: Door, body: bytes, received: int, dataset: str = "") -> list[Record | Rejected]:
    """The records of a request: one JSON object, a JSON array of them, JSON lines, or what an SDK sends at once."""
    stripped = body.strip()
    if stripped[:1] == b"[":
        try:
            items = orjson.loads(stripped)
        except orjson.JSONDecodeError:
            return [door.read(stripped, received, dataset)]
        return [door.read_object(item, received, orjson.dumps(item).decode(), dataset) for item in items]
    if b'"batch"' in stripped:
        with contextlib.suppress(orjson.JSONDecodeError):
            calls = calls_of(orjson.loads(stripped))
            if calls is not None:
                return [door.read_object(one, received, orjson.dumps(one).decode(), dataset) for one in calls]
    if b"\n" not in stripped:
        return [door.read(stripped, received, dataset)]
    with contextlib.suppress(orjson.JSONDecodeError):
        orjson.loads(stripped)
        return [door.read(stripped, received, dataset)]
    return [door.read(line, received, dataset) for line in stripped.splitlines() if line.strip()]


def make_app(engine: Engine, allow_origins: Sequence[str] = ("*",)) -> Starlette:
    """The application around a running engine. Pages from `allow_origins` may send events from the
    browser.
    """

    async def events(request: Request) -> Response:
        try:
            body = await _body(request)
        except _TooLarge:
            return _json({"problem": f"At most {LARGEST_BODY:,} bytes are taken at once."}, 413)
        dataset = request.query_params.get("dataset", "")
        if dataset and dataset not in engine.program.workspace.datasets:
            return _json({"problem": f"There is no dataset “{dataset}”."}, 400)
        if not body.strip():
            return _json({"problem": "There is no record in the request."}, 400)
        door = engine.door
        items = read_body(door, body, engine.clock.receives(), dataset)
        if not items:
            return _json({"accepted": 0, "duplicates": 0, "rejected": 0, "reasons": []}, 200)
        try:
            receipt = await asyncio.wrap_future(engine.submit(items, door=door, wait=False))
        except Busy:
            return _json(
                {"problem": "Too many records are waiting to be written. Send the same again."}, 503, 1
            )
        except StoreError as error:
            return _json({"problem": str(error)}, 503, 5)
        except RuntimeError:
            return _json({"problem": "Sojourn is stopping. Send the same again."}, 503, 5)
        places = {id(item): place for place, item in enumerate(items, 1)}
        answer: dict[str, Any] = {
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "rejected": receipt.set_aside,
            "reasons": [
                {"record": places.get(id(r), 0), "field": r.field, "reason": r.reason}
                for r in receipt.rejected[:_MOST_REASONS]
            ],
        }
        if receipt.without_id:
            answer["note"] = (
                f"{receipt.without_id} without an id: sent again unchanged, it counts as the same one."
            )
        return _json(answer, 400 if receipt.set_aside == len(items) else 200)

    async def health(request: Request) -> Response:
        try:
            found = await asyncio.to_thread(engine.health)
        except StoreError as error:
            return _json({"problem": str(error)}, 503, 5)
        said = asdict(found)
        said["passes"] = [{**asdict(one), "percent": one.percent} for one in found.passes]
        return _json(said, 503 if found.problem else 200, 5 if found.problem else 0)

    async def person(request: Request) -> Response:
        name = request.path_params["identifier"]
        try:
            view = await asyncio.to_thread(profile_of, engine.store, engine.program, name, engine.clock.now())
        except LookupError:
            return _json({"problem": f"Nobody has the identifier “{name}”."}, 404)
        except StoreError as error:
            return _json({"problem": str(error)}, 503, 5)
        return _json(asdict(view), 200)

    async def elsewhere(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        said = f"There is nothing at {request.method} {request.url.path}."
        return _json(
            {"problem": f"{said} Events go to POST /events; GET /health tells how it is doing."}, status
        )

    return Starlette(
        exception_handlers={404: elsewhere, 405: elsewhere},
        routes=[
            Route("/events", events, methods=["POST"]),
            *(Route(path, events, methods=["POST"]) for path in _OF_SDKS),
            Route("/health", health, methods=["GET"]),
            Route("/people/{identifier:path}", person, methods=["GET"]),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=list(allow_origins),
                allow_methods=["POST", "GET"],
                allow_headers=["*"],
            )
        ],
    )


class _TooLarge(Exception):
    pass


async def _body(request: Request) -> bytes:
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size <= LARGEST_BODY:
            pieces.append(piece)
        elif size > 10 * LARGEST_BODY:
            break
    if size <= LARGEST_BODY and request.headers.get("content-encoding", "").strip().lower() == "gzip":
        return _unpacked(b"".join(pieces))
    # A little too much is read to its end: whoever is still sending does not read the answer.
    if size > LARGEST_BODY:
        raise _TooLarge
    return b"".join(pieces)


def _unpacked(packed: bytes) -> bytes:
    """A body that was sent by gzip. Raises _TooLarge; one that is damaged is given back as it is, to be set aside."""
    reading = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        body = reading.decompress(packed, LARGEST_BODY + 1)
    except zlib.error:
        return packed
    if len(body) > LARGEST_BODY:
        raise _TooLarge
    return body


def _json(content: Any, status: int, retry_after: int = 0) -> Response:
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    body = orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)
    return Response(body, status, headers, "application/json")


class HttpServer:
    """The application behind uvicorn, on a thread of its own. `port` 0 takes a free one; `url` says which."""

    def __init__(self, engine: Engine, port: int, host: str = "127.0.0.1") -> None:
        """Takes the port. Raises HttpError when somebody else has it."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
            # From now on nobody is turned away: who comes before `start` waits for it.
            self._socket.listen(2048)
        except OSError as error:
            self._socket.close()
            why = (error.strerror or str(error)).lower()
            raise HttpError(
                f"Events cannot be taken on port {port} of {host}: {why}. Choose another port."
            ) from None
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://{host}:{self.port}"
        config = uvicorn.Config(make_app(engine), log_level="error", access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts serving; returns when requests are answered."""
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="sojourn-http", daemon=True
        )
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)

    def stop(self) -> None:
        """Answers what is under way and stops. Stop it before the engine."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(10)
            self._thread = None
        self._socket.close()
