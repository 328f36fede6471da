"""Which addresses may be connected to: those of the public internet.

A host's name is looked up here, once a connection; each address is checked, and the connection goes to exactly the
address that was checked, so a name that leads elsewhere the second time gains nothing. Where a name leads to public
and to private addresses, only the public ones are used.
"""

import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore

from indexes.web.deadline import Deadline, TimedStream
from indexes.web.mishaps import Mishap

Resolve = Callable[[str, int], Sequence[str]]  # a host's name and a port → its addresses; raises socket.gaierror

# What IANA's registries of special addresses say is not reachable from everywhere. `ipaddress` knows most of it, but
# not the same in each release of Python.
_NOT_PUBLIC = [
    ip_network(net)
    for net in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
        "2001::/23 2001:db8::/32 2002::/16 3fff::/20"
    ).split()
]
_PUBLIC_IPV6 = IPv6Network("2000::/3")
# Where clouds give their machines keys and passwords, and what is no host's address: refused whoever asks.
_NEVER = [
    ip_network(net)
    for net in (
        "169.254.0.0/16 100.100.100.200/32 168.63.129.16/32 192.0.0.192/32 fd00:ec2::/32 fd20:ce::/64 "
        "0.0.0.0/8 224.0.0.0/4 240.0.0.0/4 ::/128 fe80::/10 ff00::/8"
    ).split()
]
_NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address, in networks that have only IPv6
_HIDES_IPV4 = (_NAT64, IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))  # in the last 32 bits

Address = IPv4Address | IPv6Address


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses that a host's name leads to, in the order in which they are to be tried."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def may_connect(address: str, allow_private: bool = False) -> bool:
    """Tell whether an address may be connected to."""
    found = _parsed(address)
    if found is None or any(_is_in(inner, _NEVER) for inner in (found, *_hidden(found))):
        return False
    return allow_private or _is_public(found)


def _is_public(address: Address) -> bool:
    if address in _NAT64:
        return all(map(_is_public, _hidden(address)))
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    return not _is_in(address, _NOT_PUBLIC)


def _is_in(address: Address, nets: Iterable[object]) -> bool:
    return any(address in net for net in nets)  # type: ignore[operator]


def _hidden(address: Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, IPv4Address) or address.is_loopback:
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if any(address in net for net in _HIDES_IPV4):
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def _parsed(address: str) -> Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


class Guard(httpcore.NetworkBackend):
    """Makes connections, through a network, to allowed addresses only, and until a deadline."""

    def __init__(
        self, network: httpcore.NetworkBackend, resolve: Resolve, deadline: Deadline, allow_private: bool
    ) -> None:
        self._network = network
        self._resolve = resolve
        self._deadline = deadline
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of a host's allowed addresses that answers."""
        failed: Exception | None = None
        for address in self._allowed(host, port):
            try:
                with self._deadline.within(timeout) as limit:
                    stream = self._network.connect_tcp(address, port, limit, local_address, socket_options)
                return TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = failed or error
        raise failed or socket.gaierror(socket.EAI_NONAME, "no address")

    def _allowed(self, host: str, port: int) -> list[str]:
        found = [host] if _parsed(host) else list(self._resolve(host, port))
        allowed = [address for address in found if may_connect(address, self._allow_private)]
        if found and not allowed:
            raise self._refusal(host, found[0])
        return allowed

    def _refusal(self, host: str, address: str) -> Mishap:
        where = f"{host} is" if host == address else f"{host} ({address}) is"
        if may_connect(address, allow_private=True):
            what, hint = "not on the public internet.", "If you trust it, add --allow-private."
        else:
            what, hint = "an address that is never fetched from.", "Check the address."
        return Mishap(f"{where} {what}", hint, reached=False, inside=True)
