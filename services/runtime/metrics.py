"""Every metric of the product, its name and meaning, in one place."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One process's metrics in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        self.requests = Counter(
            "td_http_requests", "Requests answered", ["method", "route", "status"], registry=r
        )
        self.request_seconds = Histogram(
            "td_http_request_seconds", "Time to answer a request", ["route"], registry=r
        )
        self.requests_limited = Counter(
            "td_requests_limited", "Requests refused because there were too many", ["rate"], registry=r
        )
        self.reports_received = Counter("td_reports_received", "Reports taken from the bus", registry=r)
        self.reports_stored = Counter("td_reports_stored", "Reports that changed a session", registry=r)
        self.reports_superseded = Counter(
            "td_reports_superseded", "Reports older than what is known", registry=r
        )
        self.reports_rejected = Counter(
            "td_reports_rejected", "Reports that can never succeed", ["code"], registry=r
        )
        self.events_published = Counter(
            "td_events_published", "Messages confirmed by the bus", ["kind"], registry=r
        )
        self.fanout_published = Counter("td_fanout_published", "Messages given to the fan-out", registry=r)
        self.batch_size = Histogram(
            "td_batch_size", "Messages of one batch", ["queue"], registry=r,
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
        )  # fmt: skip
        self.batch_seconds = Histogram("td_batch_seconds", "Time to handle a batch", ["queue"], registry=r)
        self.dead_letters = Counter("td_dead_letters", "Messages given up", ["queue", "code"], registry=r)
        self.sockets = Gauge("td_sockets", "Open WebSockets", registry=r)
        self.subscriptions = Gauge("td_subscriptions", "Channel subscriptions of sockets", registry=r)
        self.frames_delivered = Counter("td_frames_delivered", "Frames sent to browsers", registry=r)
        self.frames_coalesced = Counter(
            "td_frames_coalesced", "Changes overtaken by a newer state before they were sent", registry=r
        )
        self.frames_dropped = Counter(
            "td_frames_dropped", "Changes that a full queue lost (the socket is told to resync)", registry=r
        )
        self.sockets_cut = Counter("td_sockets_cut", "Sockets closed by us", ["code"], registry=r)
        self.resyncs = Counter("td_resyncs", "Subscriptions that needed a fresh snapshot", registry=r)
        self.letters = Counter(
            "td_letters", "Attempts to send a letter, and what they came to", ["kind", "outcome"], registry=r
        )
        self.deliveries = Counter(
            "td_webhook_deliveries", "Attempts to reach a webhook, and what they came to",
            ["kind", "outcome"], registry=r,
        )  # fmt: skip
        self.commands = Counter(
            "td_commands", "Commands to machines, and how far they came", ["kind", "status"], registry=r
        )
        self.retired = Counter(
            "td_retired", "What was deleted because it was kept long enough", ["kind"], registry=r
        )
        self.fanout_lag = Histogram(
            "td_fanout_lag_seconds", "From the change at ingest to the gateway", registry=r
        )

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self.registry)
