"""A mail server that keeps what it is given: as much of SMTP as a client that sends letters needs."""

import asyncio
import base64
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Literal, Self

from services.runtime.host.tls import AUTHORITY, own_certificate

HOST = "127.0.0.1"
TURNS = 10
LINK = re.compile(r"https?://\S+/(?:invite|reset)#\S+")
GOOD = {
    "EHLO": "250-here\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 STARTTLS", "MAIL": "250 ok",
    "RCPT": "250 ok", "DATA": "354 go on", ".": "250 kept", "AUTH": "235 welcome", "STARTTLS": "220 go on",
    "RSET": "250 ok", "NOOP": "250 ok", "QUIT": "221 bye", "hello": "220 here ESMTP",
}  # fmt: skip


@dataclass(frozen=True)
class Received:
    """A letter, as it came in."""

    sender: str
    to: str
    message: EmailMessage
    encrypted: bool
    user: str | None

    @property
    def text(self) -> str:
        """The plain text, decoded."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def html(self) -> str:
        body = self.message.get_body(("html",))
        assert body is not None
        return str(body.get_content())

    @property
    def link(self) -> str:
        """The one link of the letter."""
        (found,) = LINK.findall(self.text)
        return str(found)

    @property
    def secret(self) -> str:
        return self.link.partition("#")[2]


class Dialogue:
    """One connection."""

    def __init__(
        self, server: "MailServer", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._encrypted = server.security == "tls"
        self._sender = ""
        self._recipients: list[str] = []
        self._user: str | None = None

    async def run(self) -> None:
        await self._say("hello")
        while line := (await self._reader.readline()).decode():
            verb, _, rest = line.strip().partition(" ")
            answered = await self._say(verb.upper())
            if answered.startswith(("2", "3")):
                await self._act(verb.upper(), rest)
            if verb.upper() == "QUIT":
                return

    async def _act(self, verb: str, rest: str) -> None:
        match verb:
            case "STARTTLS":
                assert self._server.context is not None
                await self._writer.start_tls(self._server.context)
                self._encrypted = True
            case "AUTH":
                self._user = base64.b64decode(rest.partition(" ")[2]).split(b"\0")[1].decode()
            case "MAIL":
                self._sender, self._recipients = _address(rest), []
            case "RCPT":
                self._recipients.append(_address(rest))
            case "DATA":
                await self._take()

    async def _take(self) -> None:
        lines = []
        while (line := await self._reader.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        answered = await self._say(".")
        if answered.startswith("2"):
            message = message_from_bytes(b"".join(lines), policy=default)
            for to in self._recipients:
                self._server.keep(Received(self._sender, to, message, self._encrypted, self._user))

    async def _say(self, verb: str) -> str:
        answer = self._server.answers.get(verb, GOOD.get(verb, "500 what?"))
        if self._encrypted or self._server.security == "none":
            answer = answer.replace("\r\n250 STARTTLS", "\r\n250 HELP")
        if answer:
            self._writer.write(f"{answer}\r\n".encode())
            await self._writer.drain()
        return answer


class MailServer:
    """Runs in a thread of its own, so that scenarios that block can use it, too.

    `answers` replaces its answer to a command (or to `hello`, and to the `.` that ends a letter); an empty
    one is silence.
    """

    def __init__(
        self, security: Literal["none", "starttls", "tls"] = "none", folder: Path | None = None
    ) -> None:
        self.security = security
        self.folder = folder
        self.letters: list[Received] = []
        self.answers: dict[str, str] = {}
        self._came = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        scheme = {"none": "smtp+plain", "starttls": "smtp", "tls": "smtps"}[self.security]
        return f"{scheme}://{HOST}:{self.port}"

    @property
    def authority(self) -> Path:
        """The certificate that vouches for this server's."""
        assert self.folder is not None
        return self.folder / AUTHORITY

    def keep(self, letter: Received) -> None:
        with self._came:
            self.letters.append(letter)
            self._came.notify_all()

    def to(self, address: str) -> list[Received]:
        """The letters to an address so far, the oldest first."""
        return [letter for letter in self.letters if letter.to == address]

    def wait_for(self, address: str, count: int = 1) -> Received:
        """Wait until this many letters came to an address; gives the newest."""
        with self._came:
            arrived = self._came.wait_for(lambda: len(self.to(address)) >= count, 60)
        assert arrived, f"no letter came to {address}"
        return self.to(address)[-1]

    async def letter(self, address: str, count: int = 1) -> Received:
        """As `wait_for`, for those who may not block."""
        return await asyncio.to_thread(self.wait_for, address, count)

    @contextmanager
    def answering(self, answers: Mapping[str, str]) -> Iterator[None]:
        """Answer so for a while."""
        self.answers.update(answers)
        try:
            yield
        finally:
            self.answers.clear()

    async def _listen(self) -> asyncio.Server:
        self.context = _context(self.folder) if self.folder else None
        at_once = self.context if self.security == "tls" else None
        server = await asyncio.start_server(self._talk, HOST, self.port, ssl=at_once)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Dialogue(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _close(self) -> None:
        self._server.close()
        # Who was let in a moment ago has a socket that only their own task closes: let it begin.
        for _ in range(TURNS):
            await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _context(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*own_certificate(folder, HOST))
    return context


def _address(text: str) -> str:
    return text.partition("<")[2].partition(">")[0]
