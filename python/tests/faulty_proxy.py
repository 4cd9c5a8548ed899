"""A proxy with faults: cut responses, storms of 503, and buffered streams. Each connection serves one request."""

from __future__ import annotations

import random
import socket
import threading
from urllib.parse import urlsplit

REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class FaultyProxy:
    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self.target = (parts.hostname or "", parts.port or 80)
        self.storm = 0
        """Number of the next requests that get a 503."""
        self.cuts = 0
        """Number of the next responses that are cut."""
        self.buffers = False
        """Whether streams of events are held back until they end."""
        self.requests = 0
        self.random = random.Random(7)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self) -> FaultyProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                received = client.recv(65_536)
                if not received:
                    return
                head += received
            self.requests += 1
            if self.storm > 0:
                self.storm -= 1
                client.sendall(REFUSAL)
                return
            with socket.create_connection(self.target) as upstream:
                upstream.sendall(head.replace(b"Connection: keep-alive", b"Connection: close", 1))
                threading.Thread(target=self._pump, args=(client, upstream), daemon=True).start()
                self._respond(upstream, client, is_stream=b"text/event-stream" in head)
        except OSError:
            pass
        finally:
            try:
                client.shutdown(socket.SHUT_RDWR)  # A close alone sends nothing while another thread reads.
            except OSError:
                pass
            client.close()

    def _pump(self, client: socket.socket, upstream: socket.socket) -> None:
        try:
            while received := client.recv(65_536):
                upstream.sendall(received)
        except OSError:
            pass

    def _respond(self, upstream: socket.socket, client: socket.socket, is_stream: bool) -> None:
        left = None
        if self.cuts > 0:
            self.cuts -= 1
            left = self.random.randint(1, 3_000)
        held = b""
        while received := upstream.recv(65_536):
            if is_stream and self.buffers:
                held += received
            elif left is None:
                client.sendall(received)
            else:
                client.sendall(received[:left])
                left -= len(received)
                if left <= 0:
                    return
        client.sendall(held)
