"""The brake: when too much is invalid, the fault is probably ours, and nothing more is thrown out."""

from collections import deque

from services.runtime.settings import Settings


class Brake:
    """Watches the outcomes of one consumer. Once on, it stays on until the process starts anew."""

    def __init__(self, settings: Settings) -> None:
        self._share = settings.brake_share
        self._run_limit = settings.brake_run
        self._run_senders = settings.brake_run_agents
        self._window: deque[bool] = deque(maxlen=settings.brake_window)
        self._invalid = 0
        self._run = 0
        self._senders: set[str] = set()
        self.reason: str | None = None

    def valid(self) -> None:
        self._slide(invalid=False)
        self._run = 0
        self._senders.clear()

    def invalid(self, routing_key: str) -> bool:
        """Count an invalid message; answers whether it may become a dead letter (the brake is off)."""
        self._slide(invalid=True)
        self._run += 1
        self._senders.add(routing_key)
        self.reason = self.reason or self._why()
        return self.reason is None

    def _slide(self, *, invalid: bool) -> None:
        if len(self._window) == self._window.maxlen:
            self._invalid -= self._window[0]
        self._window.append(invalid)
        self._invalid += invalid

    def _why(self) -> str | None:
        if self._run >= self._run_limit and len(self._senders) >= self._run_senders:
            return f"{self._run} messages in a row from {len(self._senders)} senders are invalid"
        full = len(self._window) == self._window.maxlen
        if full and self._invalid > self._share * len(self._window):
            return f"{self._invalid} of the last {len(self._window)} messages are invalid"
        return None
