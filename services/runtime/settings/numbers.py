"""The numbers of the product: how many, how long, how often. Each is a setting."""

from pydantic import Field
from pydantic_settings import BaseSettings


class Numbers(BaseSettings):
    """What is stated of each is where it is used."""

    # Requests
    client_header_seconds: float = 10.0
    client_body_seconds: float = 15.0
    header_bytes: int = 16 * 1024
    url_bytes: int = 4 * 1024
    drain_seconds: float = 20.0

    # Access
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
    user_per_minute: int = 600
    user_writes_per_minute: int = 120
    user_searches_per_minute: int = 60
    user_exports_per_minute: int = 6
    agent_syncs_per_minute: int = 60
    counters_wait_seconds: float = 0.5
    member_lookups_per_hour: int = 30
    resets_per_hour: int = 20
    reset_letters_per_hour: int = 3
    invite_letters_per_hour: int = 30
    letters_per_address_hour: int = 5
    reset_minutes: int = Field(default=30, ge=1)
    rights_cache_seconds: float = 5.0
    jwks_cache_seconds: float = 60.0
    jwks_pause_seconds: float = 2.0
    jwks_burst: int = 5
    key_margin_seconds: float = 10.0

    # Mail
    mail_timeout_seconds: float = 20.0
    mail_lease_seconds: float = 60.0
    mail_poll_seconds: float = 5.0
    mail_at_once: int = Field(default=2, ge=1)
    mail_retry_seconds: float = 5.0
    mail_retry_max_seconds: float = 900.0
    mail_hours: float = 24.0

    # Agents at the broker
    management_timeout_seconds: float = 2.0
    connections_per_agent: int = 2
    connection_opens_seconds: float = 1.0
    cut_poll_seconds: float = 1.0
    cut_sweep_seconds: float = 15.0

    # Database
    pool_size: int = 10
    pool_wait_seconds: float = 2.0
    database_connect_seconds: float = 5.0
    statement_timeout_ms: int = 5_000
    ingest_statement_timeout_ms: int = 15_000
    search_timeout_ms: int = 2_000
    export_timeout_ms: int = 60_000
    lock_timeout_ms: int = 2_000
    idle_in_transaction_ms: int = 30_000

    # Bus
    batch_size: int = 500
    batch_wait_ms: int = 20
    prefetch: int = 2_000
    # A consumer to whom only the newest states matter takes more at once, above all when that takes long.
    gather_wait_ms: int = 200
    gather_slow_seconds: float = 0.25
    gather_seconds: float = 4.0
    gather_quiet_ms: int = 700
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
    words_forget_seconds: float = 30.0
    collision_hours: float = 4.0
    collision_files: int = 100
    retention_round_seconds: float = 600.0
    preview_days: int = Field(default=28, ge=1)
    preview_sessions: int = Field(default=10_000, ge=1)

    # Analytics. A process that does not consume only answers; another one takes in what there is to tell.
    analytics_consumes: bool = True
    analytics_settle_seconds: float = 60.0
    analytics_round_seconds: float = 10.0
    analytics_hours_at_once: int = Field(default=200, ge=1)
    weekly_report_hour: int = Field(default=8, ge=0, le=23)

    # Notifications and alerts
    notification_days: int = Field(default=90, ge=1)
    alert_days: int = Field(default=180, ge=1)
    letters_round_seconds: float = 15.0
    alerts_round_seconds: float = 15.0
    alert_recovery: float = Field(default=5.0, ge=0)
    runaway_minutes: float = 15.0
    runaway_tokens: int = 300_000
    runaway_calls: int = 20

    # Webhooks
    webhooks_per_team: int = 20
    webhook_seconds: float = 5.0
    webhook_answer_bytes: int = 64 * 1024
    webhook_retry_seconds: float = 2.0
    webhook_retry_max_seconds: float = 300.0
    webhook_hours: float = 24.0
    webhook_lease_seconds: float = 30.0
    webhook_poll_seconds: float = 5.0
    webhooks_at_once: int = Field(default=4, ge=1)
    webhook_delivery_days: int = Field(default=30, ge=1)

    # Insights
    insight_feed_items: int = Field(default=50, ge=1)
    insight_round_seconds: float = 3_600.0
    insight_history_days: int = Field(default=28, ge=1)
    insight_history_sessions: int = Field(default=5_000, ge=1)
    insight_findings_a_day: int = Field(default=5, ge=0)

    # Sharing
    public_link_days: int = 30
    public_link_days_max: int = 365
    share_check_seconds: float = 1.0
    public_events: int = 500
    export_events: int = 20_000

    # Commands
    command_seconds: int = 600
    command_wait_seconds: float = 25.0
    command_check_seconds: float = 2.0
    command_resend_seconds: float = 5.0
    command_answer_seconds: int = 600
    command_export_bytes: int = 768 * 1024
    command_export_hours: int = 24
    command_days: int = 30

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
    frame_interval_seconds: float = Field(default=1.0, ge=0)
    frame_gather_seconds: float = Field(default=0.1, ge=0)
    frame_late_grace_seconds: float = Field(default=0.004, ge=0)
    frame_late_factor: float = Field(default=5.0, ge=0)
    frame_late_seconds: float = Field(default=0.05, ge=0)
    frame_batch_sessions: int = Field(default=200, ge=1)
    frame_batch_bytes: int = 128 * 1024
    snapshot_cache_seconds: float = 1.0
    snapshot_sessions: int = 1_000
    snapshot_ended_hours: int = 24
    fanout_check_seconds: float = 5.0
    rights_check_seconds: float = 30.0
    restart_spread_ms: int = 15_000
    presence_seconds: float = 1.0
    presence_beat_seconds: float = 4.0
    presence_expiry_seconds: float = 10.0
    presence_people: int = 50
