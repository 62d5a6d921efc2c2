"""Who looks at one session, and who of them is told of whom."""

from collections.abc import Iterable, Sequence
from itertools import islice
from uuid import UUID

from gateway.changes import Card, Changed, SessionChange
from gateway.client import Subscription
from services.contracts.channels import Looker
from services.contracts.frames import FramePresence, PresenceData


class Room:
    """The subscriptions to one session at this gateway, and the people whom others tell of.

    A person is one, however many tabs they have. While the session is its owner's alone nobody is shown, nor
    told to other gateways, and nobody but the owner is told that. What is not known to be shared is taken for
    private. Of many people the first `limit` by name are told.
    """

    def __init__(self, session_id: str, limit: int) -> None:
        self.is_new = self.is_unsaid = self.is_stale = True
        self._session_id = session_id
        self._limit = limit
        self._rank = -1
        self._owner: str | None = None
        self._is_shared = False
        self._told: dict[Subscription, bytes | None] = {}
        self._elsewhere: dict[str, tuple[float, Sequence[Looker]]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nobody is here; what others tell does not keep a room."""
        return not self._told

    def enter(self, subscription: Subscription, card: Card | None) -> None:
        """Somebody opens the session; `card` is what they see of it."""
        if card is not None:
            self.judge(Changed(card))
        self._told[subscription] = None
        self.is_unsaid = self.is_stale = True

    def leave(self, subscription: Subscription) -> None:
        if subscription in self._told:
            del self._told[subscription]
            self.is_unsaid = self.is_stale = True

    def clear(self) -> None:
        """Have everybody leave."""
        for subscription in tuple(self._told):
            self.leave(subscription)

    def judge(self, change: SessionChange) -> None:
        """Learn who may see the session from now on."""
        if change.rank <= self._rank:
            return
        self._rank, self._owner = change.rank, change.owner
        is_shared = isinstance(change, Changed) and not change.card.face.private
        if is_shared != self._is_shared:
            self._is_shared = is_shared
            self.is_unsaid = self.is_stale = True

    def hear(self, gateway: str, people: Sequence[Looker], until: float) -> None:
        """Another gateway has these people here; it has to say so again before `until`."""
        known = self._elsewhere.pop(gateway, (0.0, ()))[1]
        if people:
            self._elsewhere[gateway] = until, people
        self.is_stale |= list(known) != list(people)

    def forget(self, now: float) -> None:
        """Let go of gateways that say nothing any more."""
        for gateway in [name for name, (until, _) in self._elsewhere.items() if until <= now]:
            del self._elsewhere[gateway]
            self.is_stale = True

    def here(self) -> tuple[Looker, ...]:
        """Give the people of this gateway, as others may be told."""
        callers = (subscription.client.caller for subscription in self._told)
        # A script that follows a session is nobody who looks at it.
        people = {
            one.user_id: Looker(user_id=one.user_id, username=one.username)
            for one in callers
            if one.via == "login"
        }
        # One more than a reader is told: they may be among them.
        return tuple(islice(_sorted(people.values()), self._limit + 1)) if self._is_shared else ()

    def tell(self) -> None:
        """Tell each reader who else is here, where that is news; who does not read is told the next time."""
        self.is_stale = False
        people = self._people()
        texts: dict[tuple[str, str], bytes] = {}
        for subscription, told in self._told.items():
            client, channel = subscription.client, subscription.interest.channel
            if not self._is_shared and client.reader != self._owner:
                continue
            reader = client.reader if UUID(client.reader) in people else ""
            if (channel, reader) not in texts:
                texts[channel, reader] = self._text(channel, people, reader)
            text = texts[channel, reader]
            is_nobody = told is None and len(people) <= bool(reader)
            if text == told or is_nobody:
                continue
            if client.is_attentive:
                client.say(text)
                self._told[subscription] = text
            else:
                self.is_stale = True

    def _people(self) -> dict[UUID, Looker]:
        if not self._is_shared:
            return {}
        found = {one.user_id: one for _, people in self._elsewhere.values() for one in people}
        return found | {one.user_id: one for one in self.here()}

    def _text(self, channel: str, people: dict[UUID, Looker], reader: str) -> bytes:
        others = (one for one in _sorted(people.values()) if str(one.user_id) != reader)
        data = PresenceData(session_id=UUID(self._session_id), people=list(islice(others, self._limit)))
        return FramePresence(channel=channel, data=data).model_dump_json().encode()


def _sorted(people: Iterable[Looker]) -> list[Looker]:
    return sorted(people, key=lambda one: (one.username.casefold(), one.user_id))
