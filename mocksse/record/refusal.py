"""Why there is no connection, in one line that names the place and says what to do.

Takes the exception with which connecting failed, gives the MocksseError for it. Must not repeat a URL, nor anything
of a proxy's URL but host and port: there may be a key or a password in it.
"""

from __future__ import annotations

from ssl import SSLCertVerificationError, SSLError
from typing import TYPE_CHECKING

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientHttpProxyError,
    ClientResponseError,
    InvalidURL,
)

from mocksse.errors import MocksseError, UpstreamError, UpstreamTimeoutError, UsageError

if TYPE_CHECKING:
    from yarl import URL

# What OpenSSL makes, by version, of a peer that answers a TLS hello with something else.
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})


def explain_refusal(exc: Exception, origin: URL, proxy: URL | None, patience: float) -> MocksseError:
    """The error to show for `exc`, met while connecting to `origin`, perhaps through `proxy`, within `patience`
    seconds."""
    place = f"{origin.host_subcomponent}:{origin.port}"
    through = f"{place} through proxy {proxy.host_subcomponent}:{proxy.port}" if proxy is not None else place
    match exc:
        case TimeoutError():
            return UpstreamTimeoutError(
                f"no connection to {through} within {patience:g} s", "--connect-timeout SECONDS"
            )
        case ClientConnectorDNSError():
            return UpstreamError(f"unknown host {exc.host}: {exc.strerror}", "is the name right, and the network up?")
        case ClientConnectorCertificateError():
            return _explain_os_error(exc.certificate_error, exc.host, exc.port, proxy)
        case ClientConnectorError():
            return _explain_os_error(exc.os_error, exc.host, exc.port, proxy)
        case ClientHttpProxyError():
            hint = "HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT" if exc.status == 407 else "NO_PROXY=HOST goes direct"
            return UpstreamError(f"no connection to {through}: it says {exc.status} {exc.message}", hint)
        case ClientResponseError():
            return UpstreamError(f"no connection to {through}: its answer is not HTTP", "is it an HTTP proxy?")
        case InvalidURL() | UnicodeError():
            return UsageError(f"{origin.host} is neither a host name nor an address")
    return UpstreamError(f"no connection to {through}: {exc}")


def _explain_os_error(error: Exception, host: str, port: int | None, proxy: URL | None) -> UpstreamError:
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if proxy is not None and (host, port) == (proxy.raw_host, proxy.port):
        at = f"proxy {at}"
    match error:
        case SSLCertVerificationError():
            hint = "--insecure takes it all the same, SSL_CERT_FILE=FILE trusts another CA"
            return UpstreamError(f"TLS: the certificate of {at} is not trusted: {error.verify_message}", hint)
        case SSLError() if error.reason in _NOT_TLS:
            return UpstreamError(f"{at} does not speak TLS", "http:// instead of https://?")
        case SSLError():
            return UpstreamError(f"TLS handshake with {at} failed: {error.reason or error}")
        case ConnectionRefusedError():
            return UpstreamError(f"connection refused: {at}", "is the server running there?")
        case ConnectionResetError() | ConnectionAbortedError():
            return UpstreamError(f"{at} hung up while we were connecting", "for https://: does it speak TLS?")
    return UpstreamError(f"can't connect to {at}: {getattr(error, 'strerror', None) or error}")
