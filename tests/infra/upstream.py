"""Services behind the front door that tell what they were asked."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Upstream(BaseHTTPRequestHandler):
    """Answers every request with its own port and the head as it came; switches protocols when asked to."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Upgrade") == "websocket":
            self.send_response_only(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.end_headers()
            self.close_connection = True
            return
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = f"{self.connection.getsockname()[1]}\n{self.requestline}\n{self.headers}".encode()
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Say nothing on the test's terminal."""


@contextmanager
def listening() -> Iterator[dict[str, int]]:
    """The port of each service."""
    with ExitStack() as stack:
        found = {}
        for name in ("auth", "ingest", "gateway"):
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Upstream))
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            found[name] = server.server_port
        yield found
