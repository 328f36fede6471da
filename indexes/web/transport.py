"""What httpx sends its requests through: httpcore, whose connections our guard makes.

Nothing else is asked on the way. Proxies that the environment names are not used: a proxy looks a name up itself, and
nobody could say then which address was connected to.
"""

from collections.abc import Iterator
from contextlib import suppress

import httpcore
import httpx


class Transport(httpx.BaseTransport):
    """Takes requests to the network that it is given. A connection is kept for a few seconds, for the next request."""

    def __init__(self, network: httpcore.NetworkBackend) -> None:
        self._network = network
        self._pools: dict[bytes, httpcore.ConnectionPool] = {}  # by scheme

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer to a request as soon as its head is there."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool(url.scheme).handle_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer))

    def close(self) -> None:
        """End the connections that are kept."""
        for pool in self._pools.values():
            pool.close()

    def _pool(self, scheme: bytes) -> httpcore.ConnectionPool:
        if scheme not in self._pools:
            # The authorities of the system, or of SSL_CERT_FILE, and certifi's. To read them takes a tenth of a second.
            trusted = httpcore.default_ssl_context() if scheme == b"https" else None
            self._pools[scheme] = httpcore.ConnectionPool(
                ssl_context=trusted, max_keepalive_connections=4, keepalive_expiry=5, network_backend=self._network
            )
        return self._pools[scheme]


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        with suppress(httpcore.NetworkError):
            self._answer.close()
