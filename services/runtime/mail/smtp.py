"""Hands letters to a mail server by SMTP."""

import asyncio
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path

import aiosmtplib

from services.runtime.clock import Clock
from services.runtime.mail import Letter, UndeliveredError
from services.runtime.mail.address import mailbox, sender
from services.runtime.mail.server import MailServer

REFUSED = 500


class SmtpMailer:
    """One connection a letter. `here` is how it greets the server; `authorities` are trusted besides."""

    def __init__(
        self,
        server: MailServer,
        from_: str,
        clock: Clock,
        *,
        here: str,
        seconds: float,
        authorities: Path | None = None,
    ) -> None:
        self._server = server
        self._from = sender(from_)
        self._clock = clock
        self._here = here
        self._seconds = seconds
        self._trust = ssl.create_default_context()
        if authorities:
            self._trust.load_verify_locations(authorities)

    async def send(self, letter: Letter) -> None:
        message = self._message(letter)
        try:
            async with asyncio.timeout(self._seconds):
                await self._hand_over(message, letter.to)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise _undelivered(error) from error

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        try:
            message["To"] = mailbox(letter.to)
        except ValueError:
            raise UndeliveredError("This is no address that mail can be sent to.", final=True) from None
        message["From"] = self._from
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = make_msgid(domain=self._from.domain)
        # So that no absence note answers it.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        return message

    async def _hand_over(self, message: EmailMessage, to: str) -> None:
        await aiosmtplib.send(
            message,
            sender=self._from.addr_spec,
            recipients=[to],
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            local_hostname=self._here,
            timeout=self._seconds,
            use_tls=self._server.security == "tls",
            start_tls=self._server.security == "starttls",
            tls_context=self._trust,
        )


def _undelivered(error: Exception) -> UndeliveredError:
    """What went wrong, in our words: a server's own may repeat addresses."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[first, *_]):
            return _refused("The mail server refused this address", first.code)
        case aiosmtplib.SMTPDataError():
            return _refused("The mail server refused the letter", error.code)
        # What follows is for whoever runs this server to mend, and the letter waits for it.
        case aiosmtplib.SMTPAuthenticationError():
            reason = f"The mail server refused our password ({error.code})."
        case aiosmtplib.SMTPSenderRefused():
            reason = f"The mail server refused to send in our name ({error.code})."
        case aiosmtplib.SMTPResponseException():
            reason = f"The mail server is not ready ({error.code})."
        case _ if _of_tls(error):
            reason = "The mail server's certificate is not trusted, or it speaks no TLS."
        case TimeoutError():
            reason = "The mail server did not answer in time."
        case OSError():
            reason = "The mail server cannot be reached."
        case _:
            reason = "The mail server cannot do what is needed: TLS, signing in, or such an address."
    return UndeliveredError(reason)


def _refused(what: str, code: int) -> UndeliveredError:
    final = code >= REFUSED
    return UndeliveredError(f"{what} ({code})." if final else f"{what} for now ({code}).", final=final)


def _of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__
    return False
