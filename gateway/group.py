"""Those who hear the same of one source: one judgement, one encoding and one pace for all of them."""

from collections.abc import Sequence
from typing import Protocol, cast

from gateway import frames
from gateway.audience import Interest
from gateway.changes import Change, Changed, CommandNews, Gone, MemberNews, OtherNews
from gateway.client import Subscription
from gateway.connection import Surroundings
from gateway.cursor import write_part
from gateway.knowledge import Knowledge, Seen
from gateway.pending import NOBODY, Notice, Pending, Waiting
from services.runtime.fanout import Position

# Below this, copying a message is quicker than sending it in two parts.
COPIED_BYTES = 16 * 1024
# How long a session may be on its way from one source to the other.
MOVE_SECONDS = 1.0


class Stream(Protocol):
    """A source as it is followed."""

    @property
    def knowledge(self) -> Knowledge: ...

    @property
    def position(self) -> Position: ...

    def dissolve(self, group: "Group") -> None:
        """Take note that nobody is in a group any more."""

    def spoil(self) -> None:
        """Have the next reader's snapshot loaded anew."""

    def renew(self, listeners: Sequence[Subscription]) -> None:
        """Have these start again from a snapshot."""


class Group:
    """Tells its members what is news to them, each session at most once an interval.

    `place` is the source's in its audience: 0 for what is shared, 1 for what is one reader's own. A session
    goes from one source to the other with its visibility, which concerns its owner alone: theirs is the only
    judgement that may differ from the others', by what they know from their other source. `whole`: the
    members began with a snapshot. A member who is not in step has it put by, and sends it when it can.
    """

    def __init__(
        self, stream: Stream, interest: Interest, place: int, around: Surroundings, *, whole: bool
    ) -> None:
        self.stream = stream
        self.interest = interest
        self.place = place
        self.whole = whole
        self._around = around
        self._address = frames.address(interest.channel)
        self._pending = Pending(around.settings.frame_interval_seconds)
        self._members: dict[str, list[Subscription]] = {}
        self._listed: Sequence[Subscription] | None = None
        self._part: bytes | None = None
        self._not_before = around.clock.monotonic()
        self._arranged: float | None = None

    @property
    def members(self) -> Sequence[Subscription]:
        if self._listed is None:
            self._listed = tuple(one for some in self._members.values() for one in some)
        return self._listed

    @property
    def position(self) -> Position:
        return self.stream.position

    @property
    def first_unsent(self) -> int:
        return self._pending.first(self.position.offset)

    @property
    def part(self) -> bytes:
        if self._part is None:
            self._part = write_part(Position(self.position.epoch, self.first_unsent - 1))
        return self._part

    def moved(self) -> None:
        """The source has moved on, whether with news for this group or not."""
        self._part = None

    def join(self, subscription: Subscription) -> None:
        self._members.setdefault(subscription.client.reader, []).append(subscription)
        self._listed = None

    def leave(self, subscription: Subscription) -> None:
        reader = subscription.client.reader
        self._members[reader].remove(subscription)
        if not self._members[reader]:
            del self._members[reader]
        self._listed = None
        if not self._members:
            self.stream.dissolve(self)

    def spoil(self) -> None:
        self.stream.spoil()

    def tell(self, change: Change, offset: int) -> bool:
        """Have the members told what this means to them; `False` when it means nothing to anybody."""
        notice = self._judge(change)
        if isinstance(change, CommandNews | OtherNews):
            own = NOBODY
        elif change.owner in self._members:
            return self._tell_owner_too(change, notice, self._members[change.owner], offset)
        else:
            # An owner who comes while this waits has heard of it, and perhaps of more on their own channel.
            own = frozenset({change.owner})
        if notice is not None:
            self._put(notice, offset, own)
        return notice is not None

    def _judge(self, change: Change, *, shown: bool = False) -> Notice | None:
        """`shown`: the session may be on the screen for another reason than this source."""
        if isinstance(change, MemberNews):
            return Notice(change, left=False) if self.interest.is_wide else None
        if isinstance(change, OtherNews):
            return Notice(change, left=False)
        if isinstance(change, CommandNews):
            return Notice(change, left=False) if self.shows(change.session_id) else None
        if isinstance(change, Changed) and self.interest.wants(change.card.face):
            return Notice(change, left=False)
        return Notice(change, left=True) if shown or self.shows(change.id) else None

    def shows(self, id_: str) -> bool:
        """Whether a member may have a session of this source on the screen."""
        return self.stream.knowledge.shows(id_, self.interest.wants, whole=self.whole)

    def _tell_owner_too(
        self,
        change: Changed | Gone | MemberNews,
        notice: Notice | None,
        owner: list[Subscription],
        offset: int,
    ) -> bool:
        twin = cast("Group", owner[0].places[1 - self.place])
        own = self._judge_for_owner(change, notice, twin)
        # What waits for them of the other source is older than this, and must not come after it.
        earlier = twin.withdraw(change.id, change.owner) if own else None
        if self.place == 1:
            if own:
                self._keep(self._put(own, offset), earlier)
            return own is not None
        apart = own is None or earlier is not None
        if notice is not None:
            self._put(notice, offset, frozenset({change.owner}) if apart else NOBODY)
        if own and (apart or notice is None):
            waiting = Waiting(own, offset, 0.0)
            waiting.absorb(own)
            self._keep(waiting, earlier)
            for one in owner:
                one.client.defer(one, waiting, self.place)
        return notice is not None or own is not None

    def _judge_for_owner(
        self, change: Changed | Gone | MemberNews, notice: Notice | None, twin: "Group"
    ) -> Notice | None:
        if isinstance(change, MemberNews):
            return None if change.type == "member_left" else notice
        known = twin.stream.knowledge.get(change.id)
        newer = known if known is not None and known.rank >= change.rank else None
        if isinstance(change, Gone) and (not change.deleted or newer):
            return self._judge_move(change, newer, twin)
        if newer:
            return None
        return self._judge(change, shown=known is not None and twin.shows(change.id))

    def _judge_move(self, gone: Gone, newer: Seen | None, twin: "Group") -> Notice | None:
        """The owner's own goes from the team's channel to the owner's, and is heard there."""
        if not self.shows(gone.id):
            return None
        if newer is None or not newer.told:
            twin.expect(gone, self.stream.knowledge.get(gone.id))
            return None
        # A snapshot that had not heard of this yet may have shown what has long gone.
        return None if newer.faces else Notice(gone, left=True)

    def expect(self, gone: Gone, there: Seen | None) -> None:
        """Their own left the other source, and is to be heard of here: if not soon, they start again."""
        self.stream.knowledge.inherit(gone.id, there)

        def check() -> None:
            if not self.stream.knowledge.has_told(gone.id, gone.rank):
                self.stream.renew(self.members)

        self._around.agenda.at(self._around.clock.monotonic() + MOVE_SECONDS, check)

    def withdraw(self, id_: str, reader: str) -> Waiting | None:
        """Do not send a reader what waits of a session; answers what that is."""
        if self.place == 1:
            return self._pending.withdraw(id_)
        return self._pending.withhold(id_, reader)

    def _keep(self, waiting: Waiting, earlier: Waiting | None) -> None:
        if earlier is not None:
            waiting.created |= earlier.created
            waiting.ended |= earlier.ended

    def _put(self, notice: Notice, offset: int, absent: frozenset[str] = NOBODY) -> Waiting:
        now = self._around.clock.monotonic()
        waiting, coalesced = self._pending.put(notice, offset, now, absent)
        self._part = None
        if coalesced:
            self._around.metrics.frames_coalesced.inc(len(self.members))
        self._arrange(max(waiting.due, self._not_before), now)
        return waiting

    def _arrange(self, when: float, now: float) -> None:
        if self._arranged is not None and self._arranged <= when:
            return
        self._arranged = when
        if when <= now:
            self._around.agenda.soon(self._flush)
        else:
            self._around.agenda.at(when, self._flush)

    def _flush(self) -> None:
        """Send what is due. What comes from now on gathers for a moment; what did not fit goes at once.

        Who is late beyond a grace has much to do: the moment is longer then, and frames are fewer.
        """
        now = self._around.clock.monotonic()
        if self._arranged is None or self._arranged > now:
            return
        settings, late = self._around.settings, now - self._arranged
        taken = self._pending.take(now, count=settings.frame_batch_sessions, size=settings.frame_batch_bytes)
        left = self._pending.next_due()
        self._arranged = None
        if taken:
            late = max(0.0, late - settings.frame_late_grace_seconds)
            longer = min(late * settings.frame_late_factor, settings.frame_late_seconds)
            rest = left is not None and left <= now
            self._not_before = now if rest else now + settings.frame_gather_seconds + longer
            self._send(taken)
        if left is not None:
            self._arrange(max(left, self._not_before), now)

    def _send(self, taken: Sequence[Waiting]) -> None:
        self._part = None
        texts = [text for one in taken for text in frames.news(self._address, one)]
        message = frames.shared(texts, self.part, self.place)
        absent = frozenset().union(*(one.absent for one in taken))
        other, begins, told = 1 - self.place, dict[int, bytes](), 0
        for reader, theirs in tuple(self._members.items()):
            end = theirs[0].places[other].part + message.end
            begin = begins.get(len(end))
            if begin is None:
                begin = begins[len(end)] = self._around.head(len(message.begin) + len(end)) + message.begin
            whole = begin + end if len(begin) < COPIED_BYTES else None
            for one in tuple(theirs):
                client = one.client
                if not client.in_step or reader in absent:
                    self._put_by(one, taken)
                    continue
                told += 1
                if whole is not None:
                    client.connection.write(whole)
                else:
                    client.connection.write_both(begin, end)
        self._around.metrics.frames_delivered.inc(told * len(texts))

    def _put_by(self, one: Subscription, taken: Sequence[Waiting]) -> None:
        for waiting in taken:
            if one.client.reader not in waiting.absent:
                one.client.defer(one, waiting, self.place)
