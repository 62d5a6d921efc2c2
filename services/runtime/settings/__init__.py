"""Every setting of a server process; three URLs decide its shape."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, FilePath, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.runtime.mail.address import sender
from services.runtime.mail.server import MailServer
from services.runtime.settings.environment import (
    GUESSED,
    SecretFiles,
    has_guessed_password,
    holds_secret,
    password_of,
)
from services.runtime.settings.numbers import Numbers

MEMORY = "memory://"


class Settings(Numbers):
    """Read from the environment; what holds a secret, from the file that `NAME_FILE` names as well.

    Refuses default and short secrets, and a wildcard origin with credentials; the message says why. A field
    without `repr`, or of secret text, holds a secret.
    """

    model_config = SettingsConfigDict(extra="forbid", hide_input_in_errors=True, env_ignore_empty=True)

    # Shape
    database_url: str = Field(default="", repr=False)
    bus_url: str = Field(default=MEMORY, repr=False)
    fanout_url: str = Field(default=MEMORY, repr=False)
    auth_url: str = ""
    ingest_url: str = ""

    # Process
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    trusted_proxies: str = ""
    data_dir: Path = Path("data")
    page_dir: Path = Path("frontend/dist")
    log_level: str = "INFO"
    allow_plain_http: bool = False
    tls: Literal["", "self"] = ""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    foreign_variables: str = ""

    # Secrets and access
    jwt_secret: SecretStr | None = None
    cors_origins: str = ""
    public_url: str = ""
    command_secret: SecretStr | None = None
    management_url: SecretStr | None = None
    internal_secret: SecretStr | None = None

    # Webhooks
    webhook_slack_hosts: str = "hooks.slack.com, hooks.slack-gov.com"
    webhook_teams_hosts: str = ".webhook.office.com, .logic.azure.com, .api.powerplatform.com"
    webhook_loopback: bool = False

    # Mail
    smtp_url: SecretStr = SecretStr("")
    smtp_password: SecretStr | None = None
    smtp_ca_file: FilePath | None = None
    mail_from: str = ""

    @field_validator("jwt_secret", "command_secret", "internal_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().encode()) < 32:
            raise ValueError("a secret needs 32 bytes or more")
        return secret

    @field_validator("jwt_secret", "command_secret", "internal_secret")
    @classmethod
    def _not_known(cls, secret: SecretStr | None) -> SecretStr | None:
        plain = secret.get_secret_value().lower() if secret else ""
        if any(plain.startswith(known) for known in GUESSED):
            raise ValueError("this is a well-known default: choose a secret of your own")
        return secret

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, proxies: str) -> str:
        for one in proxies.split(",") if proxies not in {"", "*"} else ():
            try:
                ip_network(one.strip())
            except ValueError:
                raise ValueError("TRUSTED_PROXIES holds addresses or networks, separated by commas") from None
        return proxies

    @field_validator("management_url")
    @classmethod
    def _names_an_account(cls, url: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(url.get_secret_value()) if url else None
        if parts and not (parts.scheme in {"http", "https"} and parts.hostname and parts.password):
            raise ValueError("MANAGEMENT_URL is http or https, with a name and a password before the host")
        return url

    @field_validator("cors_origins")
    @classmethod
    def _no_wildcard(cls, origins: str) -> str:
        if "*" in origins:
            raise ValueError("CORS_ORIGINS may not hold *: requests carry credentials; name the origins")
        return origins

    @model_validator(mode="after")
    def _shared_parts_need_a_secret(self) -> Self:
        if not self.is_local and self.internal_secret is None:
            raise ValueError(
                "with a broker or Redis, INTERNAL_SECRET must be set: services know each other by it"
            )
        return self

    @model_validator(mode="after")
    def _shared_parts_have_passwords_of_their_own(self) -> Self:
        for name in ("database_url", "bus_url", "fanout_url"):
            if not self.is_local and has_guessed_password(getattr(self, name)):
                raise ValueError(f"{name.upper()} holds a well-known password: choose one of your own")
        return self

    @model_validator(mode="after")
    def _certificate_and_key_go_together(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("TLS_CERT and TLS_KEY go together: set both, or neither")
        return self

    @model_validator(mode="after")
    def _plain_http_stays_here(self) -> Self:
        if self.is_local and not self.is_loopback and not self.has_tls and not self.allow_plain_http:
            raise ValueError(
                "HOST is not loopback and there is no TLS: set TLS_CERT and TLS_KEY, or TLS=self for an "
                "authority of our own, or ALLOW_PLAIN_HTTP=1 behind a proxy that speaks TLS"
            )
        return self

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.mail_server is None:
            return self
        if not self.public_url.startswith(("https://", "http://")):
            raise ValueError("SMTP_URL is set, so PUBLIC_URL must be, too: letters hold links to it")
        try:
            sender(self.mail_from)
        except ValueError as error:
            raise ValueError(f"SMTP_URL is set, and MAIL_FROM {error}: letters come from it") from None
        return self

    @property
    def mail_server(self) -> MailServer | None:
        """Where letters are handed over; `None` while mail is off."""
        url, password = self.smtp_url.get_secret_value(), self.smtp_password
        return MailServer.of(url, password.get_secret_value() if password else None) if url else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - .env is for compose
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - ours refuses more
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, SecretFiles(settings_cls), env_settings

    @property
    def secrets(self) -> Iterator[str]:
        """Everything secret that this process was given."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name) if holds_secret(field) else None
            text = value.get_secret_value() if isinstance(value, SecretStr) else password_of(value or "")
            if text:
                yield text

    @property
    def is_loopback(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def has_tls(self) -> bool:
        return self.tls == "self" or (self.tls_cert is not None and self.tls_key is not None)

    @property
    def is_local(self) -> bool:
        """Whether all state of this deployment is this process's own."""
        return self.bus_url.startswith(MEMORY) and self.fanout_url.startswith(MEMORY)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'dashboard.db').absolute()}"

    @property
    def origins(self) -> tuple[str, ...]:
        return _names(self.cors_origins)

    @property
    def slack_hosts(self) -> tuple[str, ...]:
        return _names(self.webhook_slack_hosts)

    @property
    def teams_hosts(self) -> tuple[str, ...]:
        return _names(self.webhook_teams_hosts)

    @property
    def foreign(self) -> tuple[str, ...]:
        """Variables of other programs whose names look like settings."""
        return tuple(map(str.upper, _names(self.foreign_variables)))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
