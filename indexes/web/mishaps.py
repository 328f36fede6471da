"""What goes wrong on the way to a page, in words for a reader, and whether asking again may help."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx

from indexes.web.fetched import SAVE_IT, FetchError

_LATER = "Try again later."
_ADDRESS = "Check the address."
_UNSAFE = "Nothing is fetched from a host that cannot show who it is. " + SAVE_IT
_BROKE_OFF = re.compile("disconnected|closed connection")  # in the words of h11 and httpcore
_CERTIFICATE = {  # OpenSSL's numbers
    10: "has expired",
    18: "vouches only for itself",
    19: "vouches only for itself",
    20: "is vouched for by nobody we know",
    62: "is another host's",
}


class Mishap(FetchError):
    """A fetch went wrong. It may pass, and its server may have said after how many seconds."""

    def __init__(
        self,
        what: str,
        hint: str = "",
        *,
        passing: bool = False,
        pause: float | None = None,
        reached: bool = True,
        inside: bool = False,
    ) -> None:
        super().__init__(what, hint, inside=inside)
        self.passing = passing
        self.pause = pause
        self.reached = reached  # there was a connection to the host


class EndlessRedirects(Mishap):
    """An address leads on and on, or in a circle."""


@contextmanager
def told(host: str, silence: float) -> Iterator[None]:
    """Raise what breaks on the way to a host as a Mishap. `silence` is how many seconds of it are borne."""
    try:
        yield
    except httpcore.TimeoutException as error:
        reached = not isinstance(error, httpcore.ConnectTimeout)
        raise Mishap(f"{host} did not answer for {silence:g} s.", _LATER, passing=True, reached=reached) from None
    except (httpcore.ConnectError, httpcore.ReadError, httpcore.WriteError, OSError) as error:
        raise _unconnected(_cause(error), host) from None
    except httpcore.ProtocolError as error:
        raise _ill_spoken(str(error), host) from None
    except (httpx.RemoteProtocolError, httpx.InvalidURL, UnicodeError):  # httpx says it of a redirect
        raise Mishap("it redirects to what is not a web address.", SAVE_IT) from None


def _cause(error: Exception) -> Exception:
    cause = error.__context__  # httpcore's pool leaves no __cause__
    return cause if isinstance(cause, OSError) else error


def _unconnected(error: Exception, host: str) -> Mishap:
    if isinstance(error, socket.gaierror):
        return _nameless(error, host)
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATE.get(error.verify_code, f"is not valid ({error.verify_message})")
        return Mishap(f"the certificate of {host} {why}.", _UNSAFE, reached=False)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return Mishap(
            f"no secure connection to {host} could be made.", "Does its address begin with http://?", reached=False
        )
    if isinstance(error, ConnectionRefusedError):
        return Mishap(f"{host} refuses the connection.", _LATER, passing=True, reached=False)
    if isinstance(error, OSError) and error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return Mishap(f"there is no way to {host}.", "Is this computer online?", passing=True, reached=False)
    return Mishap(f"the connection to {host} broke off.", _LATER, passing=True)


def _nameless(error: socket.gaierror, host: str) -> Mishap:
    if error.errno == socket.EAI_AGAIN:
        what = f"the name {host} could not be looked up."
        return Mishap(what, "Is this computer online?", passing=True, reached=False)
    return Mishap(f"there is no host {host}.", _ADDRESS, reached=False)


def _ill_spoken(words: str, host: str) -> Mishap:
    if _BROKE_OFF.search(words):
        return Mishap(f"the connection to {host} broke off.", _LATER, passing=True)
    return Mishap(f"what {host} answers is not proper HTTP.", SAVE_IT)
