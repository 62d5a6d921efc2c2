"""What is done in rounds."""

import asyncio

from services.runtime.clock import SystemClock
from services.runtime.rounds import Rounds
from tests.support.waiting import eventually


class Steps:
    """Answers, or raises, what it was told to; then that there is nothing more to do."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.calls = 0

    async def __call__(self) -> bool:
        self.calls += 1
        answer = self.answers.pop(0) if self.answers else False
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_there_is_no_pause_while_there_is_more_to_do() -> None:
    steps = Steps(True, True, False)
    rounds = Rounds("steps", steps, 3600, SystemClock())
    await rounds.start()
    await eventually(lambda: steps.calls == 3)
    await rounds.stop()
    assert steps.calls == 3


async def test_a_failure_ends_no_more_than_its_round() -> None:
    steps = Steps(OSError("away"), ValueError("odd"), False)
    rounds = Rounds("steps", steps, 0.001, SystemClock())
    await rounds.start()
    await eventually(lambda: steps.calls > 4)
    await rounds.stop()


async def test_a_step_in_hand_is_finished() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), []

    async def step() -> bool:
        begun.set()
        await may_end.wait()
        ended.append(True)
        return True

    rounds = Rounds("step", step, 3600, SystemClock())
    await rounds.start()
    await begun.wait()
    stopping = asyncio.create_task(rounds.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    may_end.set()
    await stopping
    assert ended == [True]


async def test_what_never_started_stops() -> None:
    await Rounds("nothing", Steps(), 1, SystemClock()).stop()
