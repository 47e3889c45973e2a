"""Behind a TLS proxy: the recipe for nginx as it is, and headers that only the proxy may send."""

from __future__ import annotations

import http.client
import logging
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from riv_careplans.producer import make_app
from riv_careplans.settings import CallerSettings, ProducerSettings, ProxySettings
from tests.builders import ASTA
from tests.certificates import CALLER, Authority
from tests.producer_calls import CannedSource, Reply, clock, post, question
from tests.servers import running

ROOT = Path(__file__).parents[1]
SECONDS = 20
HEADER = "x-forwarded-tls-client-cert"
EVERYONE = (CallerSettings(hsa_id="*"),)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def behind_proxy(source: CannedSource | None = None, **changes: Any) -> Any:
    proxy: dict[str, Any] = {"addresses": ("127.0.0.1", "10.1.0.0/16"), "header": HEADER} | changes
    callers = proxy.pop("callers", EVERYONE)
    settings = ProducerSettings(proxy=ProxySettings(**proxy), callers=callers)
    return make_app(source or CannedSource(), settings, clock=clock)


def told(app: Any, *headers: tuple[str, str], address: str = "127.0.0.1") -> Reply:
    return post(app, headers=headers, environ={"REMOTE_ADDR": address})


# --- what the proxy says ------------------------------------------------------------------------------


def forms(authority: Authority) -> dict[str, str]:
    pem = authority.issue(CALLER).certificate
    inside = "".join(pem.splitlines()[1:-1])
    return {
        "escaped": quote(pem, safe=""),
        "in one line": " ".join(pem.splitlines()),
        "without its first and last line": inside,
        "escaped without them": quote(inside, safe=""),
    }


def test_a_certificate_is_read_in_every_form_a_proxy_sends_it_in(authority: Authority) -> None:
    for form in forms(authority).values():
        source = CannedSource()

        reply = told(behind_proxy(source), (HEADER, form))

        assert reply.verdict == "OK"
        assert source.queries[0].call.caller == CALLER


@pytest.mark.parametrize(
    ("subject", "caller"),
    [
        (f"serialNumber={CALLER},CN=ag", CALLER),
        (f"CN=ag,O=Region,SERIALNUMBER={CALLER}", CALLER),
        (f"2.5.4.5={CALLER}", CALLER),
        (f"CN=ag+serialNumber={CALLER},C=SE", CALLER),
        (f"CN=a\\,serialNumber=SE2321000016-XX,serialNumber={CALLER}", CALLER),
        (f'CN=\\C3\\A5 \\"\\\\,serialNumber={CALLER}', CALLER),
        (f"serialNumber={CALLER},serialNumber={CALLER}", None),
        (f"serialNumber={CALLER}+serialNumber=SE2321000016-XX", None),
        ("CN=ag", None),
        ("", None),
        ("serialNumber", None),
        (f"serialNumber={CALLER},", None),
        (f"serialNumber={CALLER}\\", None),
        (f"serialNumber={ASTA}", None),
        (f"serialNumber={CALLER}, serialNumber=SE2321000016-XX", None),
        ("serialNumber=#0C03534531", None),
    ],
)
def test_a_subject_is_read_as_rfc_2253_writes_it(
    subject: str, caller: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    source = CannedSource()

    reply = told(behind_proxy(source, carries="subject"), (HEADER, subject))

    assert [query.call.caller for query in source.queries] == ([caller] if caller else [])
    assert reply.verdict == ("OK" if caller else "FC")
    assert ASTA not in caplog.text + (reply.body.decode() if caller is None else "")


def broken(authority: Authority) -> Iterator[str]:
    form = forms(authority)["without its first and last line"]
    yield from ("", "x", "%", "%zz", "åäö", "=" * 50, f"{form}, {form}", f"{form},{form}", form + form)
    yield authority.issue(CALLER, CALLER, name="two").certificate.replace("\n", "")
    yield authority.issue(name="none").certificate.replace("\n", "")
    yield from (form[:length] for length in range(0, len(form), 16))
    yield from (form[:place] + "AAAA" + form[place + 4 :] for place in range(0, 400, 4))


def test_a_header_that_carries_no_one_certificate_is_never_our_failure(authority: Authority) -> None:
    source = CannedSource()
    app = behind_proxy(source)

    replies = {told(app, (HEADER, form)).verdict for form in broken(authority)}

    assert replies <= {"FC", "OK"}
    assert {query.call.caller for query in source.queries} <= {CALLER}
    assert told(app).verdict == "FC"


@pytest.mark.parametrize("address", ["127.0.0.2", "10.2.0.1", "::1", "", "192.0.2.1"])
def test_a_header_from_anybody_but_the_proxy_is_not_read(
    address: str, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    source = CannedSource()

    reply = told(behind_proxy(source), (HEADER, forms(authority)["escaped"]), address=address)

    assert (reply.verdict, source.queries) == ("FC", [])
    assert "the question did not come through the proxy" in caplog.text


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3"])
def test_the_proxy_is_known_by_its_addresses(address: str, authority: Authority) -> None:
    reply = told(behind_proxy(), (HEADER, forms(authority)["escaped"]), address=address)

    assert reply.verdict == "OK"


def test_without_a_proxy_the_header_means_nothing(authority: Authority) -> None:
    source = CannedSource()

    told(make_app(source, clock=clock), (HEADER, forms(authority)["escaped"]))

    assert source.queries[0].call.caller == ""


def test_with_tls_in_the_process_the_header_means_nothing(authority: Authority) -> None:
    source = CannedSource()
    settings = ProducerSettings(tls=authority.settings, callers=EVERYONE)

    reply = told(make_app(source, settings, clock=clock), (HEADER, forms(authority)["escaped"]))

    assert (reply.verdict, source.queries) == ("FC", [])


# --- the recipe, with a real nginx --------------------------------------------------------------------


@pytest.fixture(scope="module")
def nginx() -> str:
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        pytest.skip("nginx is not installed")
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def recipe(folder: Path, authority: Authority, producer: int, port: int) -> Path:
    """Write the recipe with the addresses and files of this test, and nothing else changed."""
    text = (ROOT / "examples" / "nginx.conf").read_text(encoding="utf-8")
    for written, here in {
        "pid /run/nginx.pid": f"daemon off; pid {folder}/nginx.pid",
        "/var/log/nginx/error.log": f"{folder}/error.log",
        "/var/lib/nginx/body;": f"{folder}/body; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; "
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;",
        "server 127.0.0.1:8080;": f"server 127.0.0.1:{producer};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/riv-careplans/server.pem": str(authority.server),
        "/etc/riv-careplans/server.key": str(authority.server),
        "/etc/riv-careplans/authority.pem": str(authority.path),
        "worker_processes auto;": "worker_processes 1;",
    }.items():
        assert text.count(written) == 1, written
        text = text.replace(written, here)
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    return path


def ask(
    port: int, context: ssl.SSLContext, *, method: str = "POST", path: str = "/", **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPSConnection("localhost", port, timeout=SECONDS, context=context)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, question(), {"Content-Type": "text/xml", **named})
        answered = connection.getresponse()
        return answered.status, answered.read().decode()
    finally:
        connection.close()


def wait_for(port: int) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end, "nginx does not listen"
            time.sleep(0.05)
        else:
            return


def test_the_recipe_lets_callers_in_by_their_certificates_alone(
    nginx: str, authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    source = CannedSource()
    known, stranger = authority.issue(CALLER), authority.issue("SE2321000016-XX", name="stranger")
    app = behind_proxy(source, callers=(CallerSettings(hsa_id=CALLER),))
    with running(app) as server:
        port = free_port()
        config = recipe(tmp_path, authority, server.port, port)
        with subprocess.Popen([nginx, "-p", tmp_path, "-c", config, "-e", tmp_path / "error.log"]) as process:
            try:
                wait_for(port)
                forged = {
                    "X_Forwarded_Tls_Client_Cert": quote(known.certificate, safe=""),
                    "x_vp_sender_id": CALLER,
                }

                assert ask(port, authority.trust(known))[0] == 200
                assert ask(port, authority.trust(known), **forged)[0] == 200
                status, body = ask(port, authority.trust(stranger), **forged)
                assert (status, "The caller is not known here." in body) == (500, True)
                assert ask(port, authority.trust())[0] == 400
                assert ask(port, authority.trust(authority.expired()), **forged)[0] == 400
                assert ask(port, authority.trust(known), method="GET", path="/metrics")[0] == 405
            finally:
                process.terminate()

    assert [query.call.caller for query in source.queries] == [CALLER] * 2
    assert ASTA not in caplog.text
