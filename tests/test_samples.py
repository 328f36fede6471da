"""The articles that ship with Newscite keep the promises that the demo and the evaluation rely on."""

from datetime import date

import pytest

from indexes.article import Article
from indexes.readers import expand, read
from indexes.samples import sample_articles

RETOLD = "russia-china-why-a-split-is-unlikely.txt"
COURIER, BEACON, REGISTER, REVIEW = (
    "The Marlhaven Courier",
    "The Tessick Beacon",
    "Ostrey Register",
    "The Gannow Review",
)
# file: title, publisher, date, author, body paragraphs, headings
WRITTEN = {
    RETOLD: (
        "Money may return to Russia, but China is likely to stay its partner",
        "Newscite", None, None, 17,
        ["Companies may come back", "What the public thinks", "The view from the White House"],
    ),
    "storm-breaks-marlhaven-wall.txt": (
        "Sea breaks through Marlhaven wall on record tide",
        COURIER, date(2024, 1, 22), "Nell Farrant", 13, ["A bakery without ovens"],
    ),
    "tessick-disputes-flood-figure.txt": (
        "‘Count the cellars too’: Tessick disputes flood figure",
        BEACON, date(2024, 1, 24), "Ivo Castell", 13, ["Dunes or a wall"],
    ),
    "auditors-raise-storm-bill.md": (
        "Auditors raise January storm bill to 61 million crowns",
        REGISTER, date(2024, 6, 18), "Beatrix Lund", 12, ["Where the money went", "Nine letters"],
    ),
    "interview-night-boat-to-skarra.md": (
        "“I would be happy with 60”: the captain of the night boat to Skarra",
        COURIER, date(2024, 9, 13), "Nell Farrant", 14, [],
    ),
    "corvane-cannery-to-close-sardine-line.txt": (
        "Corvane cannery to close sardine line, 140 jobs at risk",
        REGISTER, date(2024, 11, 21), "Beatrix Lund", 14, ["Union asks for the accounts"],
    ),
    "eelgrass-returns-to-gannow-sound.html": (
        "Eelgrass returns to Gannow Sound, and seals with it",
        REVIEW, date(2025, 2, 11), "Otto Fairlie", 12, ["Seventy-four seals", "A storm and a softer sea"],
    ),
    "council-votes-for-higher-wall.txt": (
        "Council votes 14 to 9 for higher wall as Renn changes sides",
        COURIER, date(2025, 4, 29), "Nell Farrant", 13, ["Who pays"],
    ),
    "night-boat-carries-fewer-than-hoped.txt": (
        "Night boat to Skarra carries fewer than hoped",
        BEACON, date(2025, 5, 21), "Ivo Castell", 12, ["An island school grows"],
    ),
    "oduya-to-run-marlhaven-port.txt": (
        "Harbour master Maren Oduya to run Marlhaven port",
        REGISTER, date(2025, 7, 9), "Beatrix Lund", 13, ["Turbines east of the harbour"],
    ),
}  # fmt: skip


def article(name: str) -> Article:
    return read(sample_articles() / name)


def words(name: str) -> str:
    return "\n".join(paragraph.text for paragraph in article(name).body)


def kinds(name: str, kind: str) -> list[str]:
    return [paragraph.text for paragraph in article(name).paragraphs if paragraph.kind == kind]


def test_the_folder_holds_these_articles_and_no_others() -> None:
    shipped = [path.name for path in expand(sample_articles())]
    assert sorted(shipped) == sorted(WRITTEN)
    assert len(shipped) >= 8


@pytest.mark.parametrize("name", WRITTEN)
def test_reads_as_written(name: str) -> None:
    title, publisher, published, author, body, headings = WRITTEN[name]
    one = article(name)
    assert (one.title, one.publisher, one.published) == (title, publisher, published)
    assert one.authors == ((author,) if author else ())
    assert one.url is not None
    assert ".example/" in one.url
    assert len(one.body) == body
    assert [paragraph.number for paragraph in one.body] == list(range(1, body + 1))
    assert kinds(name, "heading") == headings


@pytest.mark.parametrize("name", WRITTEN)
def test_is_short(name: str) -> None:
    assert 250 <= len(words(name).split()) <= 550


@pytest.mark.parametrize("name", sorted(set(WRITTEN) - {RETOLD}))
def test_an_invented_article_says_so_in_its_credit_line(name: str) -> None:
    (credit,) = kinds(name, "credit")
    assert "invented for Newscite" in credit


def test_the_retold_article_names_its_source_and_is_undated() -> None:
    (credit,) = kinds(RETOLD, "credit")
    assert "in our own words" in credit
    assert "Voice of America" in credit
    assert "IBNS" in credit
    assert article(RETOLD).published is None


def test_the_retold_article_puts_no_words_into_the_mouth_of_a_real_person() -> None:
    assert not set('“”„"«»‘') & set(words(RETOLD) + article(RETOLD).title)
    for name in ("Charles Hecker", "Vasily Gatov", "Alexander Gabuev", "Ali Wyne"):
        assert name in words(RETOLD)


def test_the_retold_article_says_why_a_split_is_doubted() -> None:
    reasons = {paragraph.number: paragraph.text for paragraph in article(RETOLD).body}
    assert reasons[6].startswith("Hecker warned")
    assert "doubts that the West can part the two countries" in reasons[7]
    assert "ideological" in reasons[9]
    assert all("Hecker" not in reasons[number] for number in (7, 8, 9))


def test_two_newspapers_disagree_on_the_flooded_homes_and_a_later_one_revises_both() -> None:
    courier, beacon = "storm-breaks-marlhaven-wall.txt", "tessick-disputes-flood-figure.txt"
    assert article(courier).publisher != article(beacon).publisher
    assert "412 homes had been flooded" in words(courier)
    assert "At least 640 homes were flooded" in words(beacon)
    assert "587 flooded homes" in words("auditors-raise-storm-bill.md")


def test_a_figure_grows_over_time() -> None:
    assert "damage at 38 million crowns" in words("storm-breaks-marlhaven-wall.txt")
    assert "61 million crowns" in words("auditors-raise-storm-bill.md")


def test_a_correction_goes_with_its_article_and_is_none_of_its_paragraphs() -> None:
    corrected = article("night-boat-carries-fewer-than-hoped.txt")
    (correction,) = corrected.corrections
    assert correction.startswith("Correction: an earlier version")
    assert "136" in correction
    assert "163" in correction
    assert correction not in [paragraph.text for paragraph in corrected.body]


def test_people_change_their_minds_and_their_posts() -> None:
    assert "I’ll vote against it" in words("tessick-disputes-flood-figure.txt")
    assert "He voted for it" in words("council-votes-for-higher-wall.txt")
    assert "Maren Oduya, the harbour master" in words("storm-breaks-marlhaven-wall.txt")
    assert "become chief executive" in words("oduya-to-run-marlhaven-port.txt")


def test_quotations_run_on_over_paragraphs() -> None:
    def runs_on(text: str, opening: str, closing: str) -> bool:
        return text.startswith(opening) and text.rfind(opening) > text.rfind(closing)

    for name, opening, closing in [
        ("storm-breaks-marlhaven-wall.txt", "“", "”"),
        ("council-votes-for-higher-wall.txt", "“", "”"),
        ("oduya-to-run-marlhaven-port.txt", "“", "”"),
        ("tessick-disputes-flood-figure.txt", "‘", "’ "),
    ]:
        assert any(runs_on(paragraph.text, opening, closing) for paragraph in article(name).body), name


def test_hard_wrapped_lines_are_joined_by_one_space() -> None:
    (first, *_) = article("oduya-to-run-marlhaven-port.txt").body
    assert "2013, will become chief executive of the Marlhaven Harbour Trust on 1 September." in first.text


def test_captions_and_newsletters_are_not_body() -> None:
    for name in ("storm-breaks-marlhaven-wall.txt", "eelgrass-returns-to-gannow-sound.html"):
        assert "Photo:" not in words(name)
    for name in ("corvane-cannery-to-close-sardine-line.txt", "eelgrass-returns-to-gannow-sound.html"):
        assert "newsletter" not in words(name)


def test_hostile_characters_survive() -> None:
    text = words("eelgrass-returns-to-gannow-sound.html")
    assert "石嶺直子" in text
    assert "🦭" in text
