"""A session as it goes: the moments that have come to pass, and the reports that tell of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from llm_session_manager import protocol
from llm_session_manager.protocol import EVENTS_PER_REPORT, Event, Report, bucket_start
from services.demo.facts import facts
from services.demo.ledger import Ledger
from services.demo.moments import Moment
from services.demo.plots import Plot
from services.demo.schedule import ORIGIN
from services.demo.script import write
from services.demo.timeline import event_of

EPOCH = int(ORIGIN.timestamp())
BUCKET = timedelta(seconds=protocol.BUCKET_SECONDS)


class Story:
    """Told from its beginning on.

    Reports of one moment are equal whenever they are made, and their order is the time they speak of: so
    what is told again is never newer than what is known.
    """

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self._moments = write(plot)
        self._ledger = Ledger(plot)
        self._passed = 0

    @property
    def is_over(self) -> bool:
        return self._passed == len(self._moments)

    @property
    def is_working(self) -> bool:
        return self._ledger.status == "active"

    def go_on(self, until: datetime) -> list[Report]:
        """Let pass what is due; give reports of it, none when nothing is.

        Where more has passed than one report may hold events of, there are several.
        """
        events: list[Event] = []
        reports: list[Report] = []
        before = self._passed
        for moment in self._due(until):
            self._ledger.enter(moment)
            self._passed += 1
            if event := event_of(self._ledger, self._passed, moment):
                events.append(event)
            if len(events) == EVENTS_PER_REPORT:
                reports.append(self._report(self._ledger.moment_at(moment.at), events))
                events = []
        if self._passed > before and (events or not reports):
            as_of = min(until, self.plot.ends_at)
            reports.append(self._report(as_of, events))
        return reports

    def by_bucket(self, until: datetime) -> list[Report]:
        """As `go_on`, with a report for each 15 minutes, so that the past has its curves."""
        reports: list[Report] = []
        edge = bucket_start(self.plot.started_at) + BUCKET
        while edge < min(until, self.plot.ends_at):
            reports += self.go_on(edge - timedelta(milliseconds=1))
            edge += BUCKET
        return reports + self.go_on(until)

    def again(self, as_of: datetime) -> Report:
        """Report once more, though nothing has happened."""
        return self._report(as_of, [])

    def _due(self, until: datetime) -> Iterator[Moment]:
        while not self.is_over:
            moment = self._moments[self._passed]
            if self._ledger.moment_at(moment.at) > until:
                return
            yield moment

    def _report(self, as_of: datetime, events: list[Event]) -> Report:
        n = (as_of - ORIGIN) // timedelta(milliseconds=1)
        return Report(
            epoch=EPOCH,
            n=n,
            sent_at=as_of,
            tier="metadata",
            session=facts(self._ledger),
            events=tuple(events),
        )
