"""Reports over RabbitMQ, one message each, every one confirmed by the broker."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError, ChannelClosed, ConnectionClosed, DeliveryError, PublishError
from aiormq import spec
from aiormq.exceptions import AuthenticationError, ProbableAuthenticationError

from llm_session_manager import protocol
from llm_session_manager.config import Limits
from llm_session_manager.spool.outgoing import Outgoing
from llm_session_manager.transports import Delivery, Failure

EXCHANGE = "agents"
Hear = Callable[[bytes], Awaitable[None]]
_ANSWERS = (ConnectionClosed, ChannelClosed)


async def connect(
    url: str,
    welcome: protocol.Welcome,
    token: str,
    limits: Limits,
    context: ssl.SSLContext | None,
    hear: Hear | None = None,
) -> "AmqpTransport | Failure":
    """Log in as the agent that `welcome` names. Exchange and queue must exist; the agent never makes one.

    `hear` is given each command, and returns when it need not come again. Commands come on the connection
    that reports leave by: under an alarm of the broker only acknowledgements would wait with these, and a
    command that comes twice is done once. So an agent whose network broke off has a place left to come back.
    """
    address = urlsplit(url)
    connection: AbstractConnection | None = None
    try:
        async with asyncio.timeout(limits.request_timeout):
            connection = await aio_pika.connect(
                host=address.hostname or "localhost",
                port=address.port or (5671 if address.scheme == "amqps" else 5672),
                login=welcome.agent_id,
                password=token,
                virtualhost=unquote(address.path.removeprefix("/")) or "/",
                ssl=address.scheme == "amqps",
                ssl_context=context,
                timeout=limits.publish_timeout,
                heartbeat=limits.amqp_heartbeat,
                client_properties={"connection_name": f"agent {welcome.agent_id}"},
            )
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            exchange = await channel.get_exchange(EXCHANGE, ensure=False)
            if hear is not None:
                await _listen(connection, welcome.command_queue, hear, limits)
    except (AuthenticationError, ProbableAuthenticationError) as error:
        return Failure(f"the broker refuses the token ({_text(error)})", answered=True, refused=True)
    except (AMQPError, OSError, TimeoutError, RuntimeError) as error:
        await _close(connection)
        if _cancelled():
            raise asyncio.CancelledError from error
        return Failure(f"the broker cannot be used: {_text(error)}", answered=isinstance(error, _ANSWERS))
    except asyncio.CancelledError:
        await _close(connection)
        if _cancelled():
            raise
        return Failure("the broker dropped the connection", answered=True)
    return AmqpTransport(connection, channel, exchange, welcome.routing_key, limits)


class AmqpTransport:
    """Publishes with confirms, a limited number at a time; only an ack counts as sent."""

    def __init__(
        self,
        connection: AbstractConnection,
        channel: AbstractChannel,
        exchange: AbstractExchange,
        routing_key: str,
        limits: Limits,
    ) -> None:
        self._connection, self._channel, self._exchange = connection, channel, exchange
        self._routing_key, self._limits = routing_key, limits

    async def send(self, reports: Sequence[Outgoing]) -> Delivery:
        room = asyncio.Semaphore(self._limits.in_flight)
        failures: list[Failure] = []

        async def one(report: Outgoing) -> Outgoing | None:
            async with room:
                # After a failure the connection is given up: what has not begun stays.
                failure = failures[0] if failures else await self._publish(report.body)
            if failure is not None:
                failures.append(failure)
            return None if failure else report

        sent = await asyncio.gather(*(one(report) for report in reports))
        confirmed = [report for report in sent if report is not None]
        return Delivery(confirmed, failure=failures[0] if failures else None)

    async def heartbeat(self) -> Failure | None:
        return await self._publish(protocol.Heartbeat(sent_at=datetime.now(UTC)).model_dump_json().encode())

    async def close(self) -> None:
        await _close(self._connection)

    async def _publish(self, body: bytes) -> Failure | None:
        message = aio_pika.Message(
            body, content_type="application/json", delivery_mode=aio_pika.DeliveryMode.PERSISTENT
        )
        timeout = self._limits.publish_timeout
        try:
            async with asyncio.timeout(timeout):
                answer = await self._exchange.publish(
                    message, self._routing_key, mandatory=True, timeout=timeout
                )
        except Exception as error:  # aiormq ends what waits for a lost channel with a bare one
            if _cancelled():
                raise asyncio.CancelledError from error
            return _failure(error)
        except asyncio.CancelledError:
            # A lost connection can look like a cancellation that nobody asked for.
            if _cancelled():
                raise
            return Failure("the broker's connection was lost")
        if not isinstance(answer, spec.Basic.Ack):
            return Failure("the broker answered something else than an ack", answered=True)
        return None


async def _listen(connection: AbstractConnection, queue: str, hear: Hear, limits: Limits) -> None:
    channel = await connection.channel(publisher_confirms=False)
    await channel.set_qos(prefetch_count=limits.commands_at_once)

    async def receive(message: AbstractIncomingMessage) -> None:
        await hear(message.body)
        # On a channel that died meanwhile; then it comes again.
        with contextlib.suppress(AMQPError, OSError, RuntimeError):
            await message.ack()

    async def give_up(*_: object) -> None:
        # Whoever deleted the queue: an introduction makes it anew, and a new connection goes with that.
        await _close(connection)

    await (await channel.get_queue(queue, ensure=False)).consume(receive)
    (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(give_up)


def _failure(error: Exception) -> Failure:
    match error:
        case TimeoutError():
            return Failure("the broker did not confirm in time", answered=True)
        case PublishError():
            return Failure("the broker has no queue for reports", answered=True)
        case DeliveryError():
            return Failure("the broker did not take a report (its queue is full)", answered=True)
        case ChannelClosed():
            return Failure(f"the broker closed the channel: {_text(error)}", answered=True)
    return Failure(f"the broker's connection broke: {_text(error)}")


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _close(connection: AbstractConnection | None) -> None:
    if connection is None:
        return
    try:
        async with asyncio.timeout(5):
            await connection.close()
    except (AMQPError, OSError, TimeoutError, RuntimeError):
        pass


def _text(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()[:300]
