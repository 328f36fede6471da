"""Single sign-on at the proxy: docs/nginx/newscite.conf is run as it stands, and a wiki shows the widget."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser.company import EXAMPLE, Company, missing, open_company
from tests.browser.conftest import copy_of
from tests.browser.room import ODUYA
from tests.browser.server import serving


@pytest.fixture(scope="module")
def company(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company that follows the example, and has the wiki of another site on the list besides."""
    if why := missing():
        pytest.skip(why)
    company = Company()
    options = [*company.options(), "--embed-origin", company.other_wiki]
    with (
        serving(copy_of(prepared, tmp_path_factory), *options) as server,
        open_company(company, tmp_path_factory.mktemp("company"), server.url),
    ):
        with company.client("warmer") as client:  # the embedding model is read before anybody's patience counts
            client.post("/api/ask", json={"question": ODUYA}).raise_for_status()
        yield company


# -- what nginx lets through ---------------------------------------------------------------------------------------


def test_the_example_is_run_whole(company: Company) -> None:
    run = company.example("http://127.0.0.1:1", Path("corp.pem"), Path("corp.key"))
    assert ".example" not in run
    assert "/etc/nginx/tls" not in run
    assert directives(run) == directives(EXAMPLE)


def directives(configuration: str) -> list[str]:
    """Return what every line says first, which no change of a name touches."""
    return [line.split()[0] for line in configuration.splitlines() if line]


@pytest.mark.parametrize("path", ["/app/", "/api/articles", "/library", "/widget/visitor", "/static/chat.js"])
def test_a_program_that_is_not_signed_in_gets_a_plain_401(company: Company, path: str) -> None:
    for headers in ({}, {"X-Forwarded-User": "ada"}, {"Cookie": "corp=guessed"}, {"Sec-Fetch-Dest": "iframe"}):
        with company.client(**headers) as client:
            refused = client.get(path)
        assert refused.status_code == 401
        assert "location" not in refused.headers
        assert "Sign in in a new tab" in refused.text


def test_a_tab_is_led_to_the_sign_in_and_back(company: Company) -> None:
    with company.client(**{"Sec-Fetch-Dest": "document"}) as client:
        led = client.get("/library?publisher=Harbour")
    assert led.status_code == 302
    assert led.headers["location"] == (
        f"{company.login}/oauth2/sign_in?rd={company.assistant}/library?publisher=Harbour"
    )


def test_without_tls_everybody_is_led_to_tls(company: Company) -> None:
    led = httpx.get(f"http://127.0.0.1:{company.plain_port}/app/", headers={"Host": "qa.corp.test"})
    assert (led.status_code, led.headers["location"]) == (301, f"{company.assistant}/app/")


def test_what_the_wiki_loads_first_comes_without_sign_in(company: Company) -> None:
    with company.client() as client:
        script = client.get("/widget.js")
        allowed = client.get("/widget/allowed", params={"origin": company.wiki})
    assert script.status_code == allowed.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert allowed.json() == {"allowed": True, "origin": company.wiki, "add": None, "sign_in": True}
