"""What callers may send of insights and comments, and the shapes of insight's own answers."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from llm_session_manager.protocol import Key, no_control
from services.contracts.insights import Insight, InsightComment, InsightState, InsightType
from services.contracts.sessions import Instant, Shape


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


def _same(tags: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(tags))


def _text(text: str) -> str:
    """Lines may end as they do anywhere."""
    return no_control(text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("is more than one line")
    return no_control(text)


Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), AfterValidator(_line)
]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(_same)]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_line)
]
Content = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), AfterValidator(_text)
]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000), AfterValidator(_text)
]
Id = Annotated[UUID, Field(strict=False)]


class NewInsight(Body):
    """`moment` is the id of an event of the session's timeline."""

    type: InsightType
    title: Title
    content: Content
    tags: Tags = Field(default_factory=list)
    session_id: Id | None = None
    moment: Key | None = None


class InsightChanges(Body):
    """Only the fields given are changed; `null` takes the link to a session or moment away."""

    type: InsightType | None = None
    title: Title | None = None
    content: Content | None = None
    tags: Tags | None = None
    state: InsightState | None = None
    session_id: Id | None = None
    moment: Key | None = None

    def given(self) -> dict[str, object]:
        """The fields to be changed."""
        asked = self.model_dump(exclude_unset=True)
        links = {"session_id", "moment"}
        return {name: value for name, value in asked.items() if value is not None or name in links}


class NewComment(Body):
    content: Words
    parent_id: Id | None = None


class CommentChange(Body):
    content: Words


class InsightPage(Shape):
    items: list[Insight]
    next_cursor: str | None


class CommentPage(Shape):
    """The oldest first; answers name what they answer."""

    items: list[InsightComment]
    next_cursor: str | None


class Upvotes(Shape):
    upvotes: int
    voted: bool


class TagUse(Shape):
    tag: str
    insights: int


class TagList(Shape):
    """The most used first."""

    items: list[TagUse]


class SimilarInsight(Shape):
    id: UUID
    title: str
    state: InsightState
    upvotes: int


class SimilarList(Shape):
    """The most similar first."""

    items: list[SimilarInsight]


class FeedState(Shape):
    """Whether the caller has an address of the feed; the address itself is shown when it is made."""

    active: bool
    created_at: Instant | None


class FeedAddress(Shape):
    """`url` is shown this once; whoever has it reads the feed until it is ended."""

    url: str
