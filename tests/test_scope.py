"""What the page around the chat restricts it to: read from a browser, and settled by the list of the articles."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexes.library import Listed
from ui.scope import LONGEST, MOST, NO_ARTICLE, Scope, folded_address, settle


def listed(id: str, publisher: str | None = None, url: str | None = None) -> Listed:
    return Listed(id, "01234567", f"About {id}", publisher, None, url, "/news/x.txt", 1, ())


PIER = listed("aa11", "Quay Gazette", "https://gazette.example/2025/pier")
WALL = listed("aa22", "Ostrey Register", "https://www.register.example/wall?id=7&part=2")
FERRY = listed("bb33", "Quay Gazette", "http://gazette.example:8080/F%C3%A4hre/")
BARE = listed("cc44", url="urn:quay:7")
ARTICLES = [PIER, WALL, FERRY, BARE]


def written(**said: Any) -> str:
    return json.dumps(said)


# -- reading it -------------------------------------------------------------------------------------------------------


def test_what_a_page_says_is_read() -> None:
    said = {"publisher": " Quay Gazette ", "article": "aa", "pages": ["https://a.example/"], "suggestions": ["why?"]}
    scope = Scope.read(json.dumps(said))
    assert scope == Scope("Quay Gazette", "aa", ("https://a.example/",), ("why?",))
    assert Scope.read(scope.written()) == scope


@pytest.mark.parametrize(
    "text",
    [None, "", "null", "{", "[]", "7", '"publisher"', "[" * 100_000, '{"publisher": 1' + "0" * 9_000 + "}", "\x00"],
)
def test_what_is_no_scope_restricts_nothing(text: str | None) -> None:
    assert Scope.read(text) == Scope()


@pytest.mark.parametrize("wrong", [None, 7, True, [], ["a"], {}, {"a": 1}])
def test_a_value_of_another_type_is_left_out(wrong: Any) -> None:
    scope = Scope.read(written(publisher=wrong, article="aa", pages=[wrong, "https://a.example/"], suggestions="why?"))
    assert scope == Scope(article="aa", pages=("https://a.example/",))


def test_too_much_is_cut_and_still_restricts() -> None:
    scope = Scope.read(written(publisher="a" * 9_000, pages=["b" * 9_000] * 99, suggestions=["", " "] + ["c"] * 99))
    assert scope.publisher == "a" * LONGEST
    assert Scope.read(written(publisher="a" + " " * LONGEST + "b")).publisher == "a"
    assert scope.pages == ("b" * LONGEST,) * MOST
    assert len(scope.suggestions) <= MOST
    assert "" not in scope.suggestions


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
)
names = st.sampled_from(["publisher", "article", "pages", "suggestions", "else"])


@given(st.dictionaries(names, json_values | st.lists(st.text())))
def test_anything_can_be_read_settled_and_stored(said: dict[str, Any]) -> None:
    settled, notice = settle(Scope.read(json.dumps(said)), ARTICLES)
    assert settle(settled, ARTICLES)[0] == settled == Scope.read(settled.written())
    assert settled.pages == ()
    for text in (notice, *settled.filters.values()):
        text.encode()


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(Scope.read(text), Scope)


# -- settling it ------------------------------------------------------------------------------------------------------


def test_a_page_that_says_nothing_restricts_nothing() -> None:
    assert settle(Scope(), ARTICLES) == (Scope(), "")
    assert Scope().filters == {}


def test_a_publisher_is_found_however_it_is_spelled() -> None:
    settled, notice = settle(Scope(publisher="quay  GAZETTE"), ARTICLES)
    assert (settled.filters, notice) == ({"publisher": "Quay Gazette"}, "")


@pytest.mark.parametrize("publisher", ["Nobody", "Quay", "\u0301", "%"])
def test_an_unknown_publisher_restricts_all_the_same_and_is_said(publisher: str) -> None:
    settled, notice = settle(Scope(publisher=publisher, pages=("https://a.example/",)), ARTICLES)
    assert settled.filters == {"publisher": publisher}
    assert notice.startswith(f"No article was published by “{publisher}”. No others are asked here")


@pytest.mark.parametrize("named", ["bb33", "b"])
def test_an_article_is_found_by_its_id_or_a_beginning(named: str) -> None:
    settled, notice = settle(Scope(article=named, pages=("https://nowhere.example/",)), ARTICLES)
    assert (settled.filters, notice) == ({"article": "bb33"}, "")


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(article="dd"), "No article has the id “dd”."),
        (Scope(article="aa"), "Several articles have an id that begins with “aa”."),
        (Scope("Quay Gazette", "aa22"), "No article by “Quay Gazette” has the id “aa22”."),
    ],
)
def test_an_article_that_is_not_there_restricts_all_the_same_and_is_said(scope: Scope, words: str) -> None:
    settled, notice = settle(scope, ARTICLES)
    assert settled.filters["article"] == scope.article
    assert notice == f"{words} No others are asked here, so no question can be answered."


@pytest.mark.parametrize(
    ("page", "article"),
    [
        ("https://gazette.example/2025/pier", PIER),
        ("http://www.Gazette.example:80/2025/pier/?utm_source=mail&fbclid=1#top", PIER),
        ("https://register.example/wall?id=7&part=2&UTM_campaign=x", WALL),
        ("https://gazette.example:8080/Fähre", FERRY),
    ],
)
def test_a_page_is_the_article_that_has_its_address(page: str, article: Listed) -> None:
    settled, notice = settle(Scope(pages=("https://nowhere.example/", page)), ARTICLES)
    assert (settled.filters, notice) == ({"article": article.id}, "")


@pytest.mark.parametrize(
    "page",
    [
        "https://gazette.example/2025/PIER",
        "https://gazette.example/2025",
        "https://register.example/wall",
        "https://register.example/wall?id=8&part=2",
        "https://gazette.example.evil.example/2025/pier",
        "https://gazette.example/F%C3%A4hre/",
        "about:srcdoc",
        "javascript:alert(1)",
        "http://[::1",
        "pier",
    ],
)
def test_a_page_that_is_no_article_restricts_nothing_and_is_said(page: str) -> None:
    assert settle(Scope(pages=(page,)), ARTICLES) == (Scope(), NO_ARTICLE)


def test_the_canonical_address_comes_first() -> None:
    settled, _ = settle(Scope(pages=(str(WALL.url), str(PIER.url))), ARTICLES)
    assert settled.article == WALL.id


def test_a_page_is_looked_for_among_its_publisher_s_articles() -> None:
    settled, notice = settle(Scope(publisher="quay gazette", pages=(str(WALL.url),)), ARTICLES)
    assert settled.filters == {"publisher": "Quay Gazette"}
    assert notice == "This page is not one of the articles by “Quay Gazette”, so all of these are asked."
    settled, notice = settle(Scope(publisher="quay gazette", pages=(str(PIER.url),)), ARTICLES)
    assert (settled.filters, notice) == ({"publisher": "Quay Gazette", "article": PIER.id}, "")


def test_an_article_that_goes_while_its_page_is_open_is_not_replaced_by_all() -> None:
    settled, _ = settle(Scope(pages=(str(PIER.url),)), ARTICLES)
    assert settle(settled, [WALL, FERRY])[0].filters == {"article": PIER.id}


def test_the_suggestions_of_the_page_stay() -> None:
    scope = Scope(pages=("https://nowhere.example/",), suggestions=("why?",))
    assert settle(scope, ARTICLES)[0] == replace(scope, pages=())


@given(st.text())
def test_any_text_can_be_compared_as_an_address(text: str) -> None:
    for url in (text, f"https://{text}", f"https://a.example/{text}"):
        assert "://" not in folded_address(url).partition("/")[0]
