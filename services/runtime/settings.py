"""Every setting of a server process; three URLs decide its shape."""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KNOWN_SECRETS = frozenset({"changeme", "change-me", "secret", "password", "development", "dev-secret"})
MEMORY = "memory://"


class Settings(BaseSettings):
    """Read from the environment (and `NAME_FILE` is read by whoever mounts secrets as files).

    Refuses unknown defaults, short secrets and a wildcard origin with credentials; the message says why.
    """

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)

    # Shape
    database_url: str = ""
    bus_url: str = MEMORY
    fanout_url: str = MEMORY
    auth_url: str = ""
    ingest_url: str = ""

    # Process
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data_dir: Path = Path("data")
    page_dir: Path = Path("frontend/dist")
    log_level: str = "INFO"
    allow_plain_http: bool = False
    tls: Literal["", "self"] = ""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    drain_seconds: float = 20.0

    # Secrets and access
    jwt_secret: SecretStr | None = None
    cors_origins: str = ""
    public_url: str = ""
    command_secret: SecretStr | None = None
    internal_secret: SecretStr | None = None
    access_token_seconds: int = 600
    token_leeway_seconds: int = 30
    refresh_idle_days: int = 14
    refresh_absolute_days: int = 30
    refresh_grace_seconds: int = 10
    ws_ticket_seconds: int = 30
    password_min_length: int = Field(default=8, ge=8)
    hash_memory_kib: int = 19 * 1024
    hash_passes: int = 2
    hash_lanes: int = 1
    hashes_at_once: int = 2
    hashes_waiting: int = 20
    api_token_days: int = 365
    invite_days: int = 7
    invite_days_max: int = 30
    enrolment_seconds: int = 900
    audit_days: int = 400
    audit_export_entries: int = 50_000
    sign_in_free_failures: int = 5
    sign_in_delay_max_seconds: int = 60
    sign_in_window_seconds: int = 3_600
    sign_ins_per_minute: int = 20
    sign_ins_per_second: int = 50
    anonymous_per_minute: int = 60
    member_lookups_per_hour: int = 30
    rights_cache_seconds: float = 5.0
    jwks_cache_seconds: float = 60.0

    # Database
    pool_size: int = 10
    pool_wait_seconds: float = 2.0
    statement_timeout_ms: int = 5_000
    ingest_statement_timeout_ms: int = 15_000
    lock_timeout_ms: int = 2_000
    idle_in_transaction_ms: int = 30_000

    # Bus
    batch_size: int = 500
    batch_wait_ms: int = 20
    prefetch: int = 2_000
    queue_capacity: int = 2_000
    publish_timeout_seconds: float = 10.0
    delivery_limit: int = 50
    poison_attempts: int = 2
    retry_min_seconds: float = 0.1
    retry_max_seconds: float = 2.0
    reconnect_seconds: float = 1.0
    reconnect_max_seconds: float = 5.0
    connect_timeout_seconds: float = 5.0
    heartbeat_seconds: int = 10
    topology_seconds: float = 15.0
    brake_window: int = 1_000
    brake_share: float = 0.5
    brake_run: int = 500
    brake_run_agents: int = 3
    dead_letter_days: int = 14
    outbox_poll_seconds: float = 1.0
    outbox_batch: int = 100
    outbox_stop_seconds: float = 1.0

    # Fan-out
    fanout_keep_entries: int = 1_000
    fanout_keep_seconds: int = 600
    fanout_queue: int = 10_000
    fanout_epoch_seconds: int = 86_400
    redis_timeout_seconds: float = 2.0
    redis_retries: int = 3
    redis_ping_seconds: float = 5.0

    # Ingest
    report_bytes: int = 256 * 1024
    body_bytes: int = 1024 * 1024
    sync_body_bytes: int = 8 * 1024 * 1024
    sync_ratio: int = 20
    states_per_message: int = 100
    states_message_bytes: int = 900 * 1024
    epoch_ahead_seconds: int = 86_400
    future_bucket_seconds: int = 600
    agent_gone_seconds: int = 90
    agent_gone_end_seconds: int = 1_800
    scripted_idle_seconds: int = 900
    scripted_end_seconds: int = 7_200
    sweep_seconds: float = 10.0

    # Gateway
    socket_auth_seconds: float = 5.0
    socket_ping_seconds: float = 20.0
    socket_pong_seconds: float = 20.0
    socket_send_seconds: float = 5.0
    socket_message_bytes: int = 16 * 1024
    socket_messages_per_minute: int = 60
    socket_channels: int = 20
    socket_filter_values: int = 50
    socket_bad_frames: int = 5
    sockets_per_user: int = 10
    socket_pending_sessions: int = 1_000
    socket_pending_bytes: int = 512 * 1024
    frame_interval_seconds: float = 1.0
    snapshot_cache_seconds: float = 1.0
    snapshot_sessions: int = 1_000
    snapshot_ended_hours: int = 24
    fanout_check_seconds: float = 5.0
    rights_check_seconds: float = 30.0
    restart_spread_ms: int = 15_000

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
        if any(plain.startswith(known) for known in KNOWN_SECRETS):
            raise ValueError("this is a well-known default: choose a secret of your own")
        return secret

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
        return tuple(origin.strip() for origin in self.cors_origins.split(",") if origin.strip())
