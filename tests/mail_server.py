"""A real mail server for the tests, on a port that the system gives it."""

from __future__ import annotations

import asyncio
from typing import Any

from aiosmtpd.controller import Controller

from tests.waiting import PATIENCE

__all__ = ["MailServer"]


class MailServer(Controller):
    """Used as `with MailServer(handler) as server: … server.port`. It listens on 127.0.0.1.

    A port that was looked for beforehand could be another test's by the time the server takes it.
    """

    def __init__(self, handler: Any) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=0, ready_timeout=PATIENCE)

    async def _create_server(self) -> asyncio.AbstractServer:
        server = await self.loop.create_server(self._factory_invoker, self.hostname, 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def __enter__(self) -> MailServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
