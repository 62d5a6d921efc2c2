"""What one session will be, before anything of it has happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from typing import Literal
from uuid import UUID, uuid5

from services.demo.kits import KITS, Kit, Model
from services.demo.team import PEOPLE, Person
from services.demo.work import PROJECTS, Project, Task

PLOTS = UUID("0d9a8c0e-6d5b-5a36-8a57-3f1f5a0c5d11")
Mood = Literal["steady", "tangled", "stuck", "failing", "heavy", "lost"]
MOODS: Mapping[Mood, int] = {"steady": 50, "tangled": 14, "stuck": 8, "failing": 10, "heavy": 9, "lost": 9}
PRIVATE_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: `think` is what a model call takes; `pauses` after a turn are (weight, shortest, longest)."""

    think: float
    pauses: tuple[tuple[int, float, float], ...]


BRISK = Pace(3.5, ((70, 8, 45), (30, 45, 120)))
STEADY = Pace(6.0, ((66, 12, 75), (25, 75, 300), (9, 600, 1300)))
PAST = Pace(34.0, ((55, 30, 180), (35, 180, 600), (10, 600, 1500)))


@dataclass(frozen=True, slots=True)
class Plot:
    """`key` alone decides all that happens: the same key, the same story."""

    key: str
    person: Person
    kit: Kit
    model: Model
    project: Project
    task: Task
    mood: Mood
    private: bool
    pace: Pace
    started_at: datetime
    seconds: float

    @property
    def native_id(self) -> str:
        return str(uuid5(PLOTS, self.key))

    @property
    def ends_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.seconds)


def work_of(person: Person) -> list[tuple[Project, Task]]:
    """Give a person's own tasks, from their projects in turn: where several share one, each has a part."""
    shares = []
    for project in (project for project in PROJECTS if project.name in person.projects):
        people = [each for each in PEOPLE if project.name in each.projects]
        shares.append([(project, task) for task in project.tasks[people.index(person) :: len(people)]])
    mixed = zip_longest(*shares)
    return [own for turn in mixed for own in turn if own is not None]


def make_plot(
    key: str, person: Person, pace: Pace, started_at: datetime, seconds: float, turn: int | None = None
) -> Plot:
    """Draw tool, model and mood from the key; the task too, where no `turn` says which of the person's."""
    draw = Random(f"{key}/plot")
    kit = KITS[draw.choice(person.tools)]
    tasks = work_of(person)
    drawn = draw.randrange(len(tasks))
    project, task = tasks[drawn if turn is None else turn % len(tasks)]
    mood = draw.choices(tuple(MOODS), tuple(MOODS.values()))[0]
    return Plot(
        key=key,
        person=person,
        kit=kit,
        model=draw.choice(kit.models),
        project=project,
        task=task,
        mood=mood,
        private=draw.random() < PRIVATE_SHARE,
        pace=pace,
        started_at=started_at,
        seconds=float(round(seconds)),
    )
