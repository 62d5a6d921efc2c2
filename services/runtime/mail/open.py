"""Opens the way out for letters, where the settings name one."""

from urllib.parse import urlsplit

from services.runtime.clock import Clock
from services.runtime.mail import Mailer
from services.runtime.settings import Settings


def open_mailer(settings: Settings, clock: Clock) -> Mailer | None:
    """Give what hands letters to the server of `SMTP_URL`; `None` where mail is off."""
    server = settings.mail_server
    if server is None:
        return None
    from services.runtime.mail.smtp import SmtpMailer  # noqa: PLC0415 - loaded where there is mail

    return SmtpMailer(
        server,
        settings.mail_from,
        clock,
        here=urlsplit(settings.public_url).hostname or "localhost",
        seconds=settings.mail_timeout_seconds,
        authorities=settings.smtp_ca_file,
    )
