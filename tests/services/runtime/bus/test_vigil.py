from services.runtime.bus.amqp.vigil import Vigil


class Consumer:
    def __init__(self) -> None:
        self.is_idle = True
        self.received = 0
        self.revived = 0

    async def revive(self) -> None:
        self.revived += 1

    def vigil(self) -> Vigil:
        return Vigil("queue", lambda: self.is_idle, lambda: self.received, self.revive)


async def test_a_consumer_that_starves_from_check_to_check_is_revived():
    consumer = Consumer()
    vigil = consumer.vigil()
    for _ in range(4):
        await vigil.check(7)
    assert consumer.revived == 2


async def test_one_that_gets_messages_is_left_alone():
    consumer = Consumer()
    vigil = consumer.vigil()
    for _ in range(4):
        consumer.received += 1
        await vigil.check(7)
    assert consumer.revived == 0


async def test_one_that_has_work_or_nothing_to_get_is_left_alone():
    consumer = Consumer()
    vigil = consumer.vigil()
    for waiting, is_idle in ((7, True), (0, True), (7, True), (7, False), (7, True)):
        consumer.is_idle = is_idle
        await vigil.check(waiting)
    assert consumer.revived == 0
