"""Promises about who said it. The articles in tests/articles are our own: invented places, invented people."""

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from indexes.article import CONFIDENT, Paragraph, Speaker
from indexes.speakers import resolve_speakers
from rag.evaluation.attribution import measure, table

ARTICLES = sorted((Path(__file__).parent / "articles").glob("*.txt"))
DATA = Path(__file__).parents[2] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the development data in ../shared/data is not here")


def read(*texts: str) -> tuple[Paragraph, ...]:
    return resolve_speakers([Paragraph(text, number=number) for number, text in enumerate(texts, start=1)])


def speakers(*texts: str) -> list[str | None]:
    """Return the first speaker of each paragraph."""
    return [paragraph.speakers[0].name if paragraph.speakers else None for paragraph in read(*texts)]


def only(text: str) -> Speaker:
    [paragraph] = read(text)
    [speaker] = paragraph.speakers
    return speaker


# ----------------------------------------------------------------------------------------- articles in several styles


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_of_ours_has_the_speakers_that_a_reader_gives_it(path: Path) -> None:
    gold: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    texts = [line.strip() for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    found = speakers(*texts)
    assert {n: found[int(n) - 1] for n in gold["speaker_of_paragraph"]} == gold["speaker_of_paragraph"]
    assert [found[n - 1] for n in gold["nobody"]] == [None] * len(gold["nobody"])


@needs_data
def test_development_articles_and_the_reference_article_keep_their_figures() -> None:
    figures = measure(DATA)
    assert figures.gum.accuracy >= 0.95
    assert figures.gum.precision >= 0.95
    assert figures.left_out[0] >= 0.95
    assert figures.gum.span_recall >= 0.98
    assert figures.reference == (17, 17)
    assert "| persons: right speaker |" in table(figures)


# --------------------------------------------------------------------------------------------------- words around it


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“It is late,” Nora Vance told the Daily Post.", "Nora Vance"),
        ("“It is late,” said Nora Vance, a baker at the market.", "Nora Vance"),
        ("Nora Vance, an expert on bread and author of a book, says “it is late”.", "Nora Vance"),
        ("The union’s president, Nora Vance, said: “It is late.”", "Nora Vance"),
        ("“It is late,” Nora Vance, 41, of Mill Lane, said on Monday.", "Nora Vance"),
        ("According to Nora Vance, the bakers are late.", "Nora Vance"),
        ("The bakers are late, according to Nora Vance.", "Nora Vance"),
        ("Still, Nora Vance cautions, the bread will be late.", "Nora Vance"),
        ("In a statement, Nora Vance said the bread would be late.", "Nora Vance"),
        ("Nora Vance issued a statement: “The bread will be late.”", "Nora Vance"),
        ("Nora Vance described the bread as “a disgrace”.", "Nora Vance"),
        ("“It is late,” Nora Vance tweeted.", "Nora Vance"),
        ("“It is late,” Nora Vance surmised.", "Nora Vance"),
        ("Nora Vance shrugged: “It is late.”", "Nora Vance"),
        ("Nora Vance went on to say that the bread was late.", "Nora Vance"),
        ("Asked whether the bread was late, Nora Vance said no.", "Nora Vance"),
        ("With Nora Vance stating: “It is late,” the bakers went home.", "Nora Vance"),
        ("“It is late.” — Nora Vance, Mill Lane", "Nora Vance"),
        ("But Nora Vance said the bread was late.", "Nora Vance"),
        ("When the oven broke, Nora Vance said “it is late”.", "Nora Vance"),
        ("Minister of Education Dr. Nora Vance said school was late.", "Nora Vance"),
        ("Ambassador to the United States Nora Vance said school was late.", "Nora Vance"),
        ("Nora Vance of Columbia, South Carolina, said school was late.", "Nora Vance"),
        ("Nora Vance — elected in May — told voters that school was late.", "Nora Vance"),
        ("“Is it late?” Nora Vance asked the crowd.", "Nora Vance"),
    ],
)
def test_the_words_around_it_name_the_speaker(text: str, name: str) -> None:
    speaker = only(text)
    assert (speaker.name, speaker.how, speaker.paragraph) == (name, "named", 1)


@pytest.mark.parametrize(
    ("full", "short", "name"),
    [
        ("Chidinma Okafor runs the port.", "Ms Okafor", "Chidinma Okafor"),
        ("Suleiman al-Tamr runs the port.", "Al-Tamr", "Suleiman al-Tamr"),
        ("Anke van der Berg runs the port.", "Van der Berg", "Anke van der Berg"),
        ("Siobhan O'Neill runs the port.", "O’Neill", "Siobhan O'Neill"),
        ("J. D. Marlowe runs the port.", "Marlowe", "J. D. Marlowe"),
        ("Chen Wei-ming runs the port.", "Chen", "Chen Wei-ming"),
        ("José Núñez-Prada runs the port.", "Nunez-Prada", "José Núñez-Prada"),
        ("Martin Hale Jr. runs the port.", "Hale", "Martin Hale Jr."),
        ("Peter T. King runs the port.", "King", "Peter T. King"),
    ],
)
def test_a_surname_is_joined_to_the_full_name_given_before_or_later(full: str, short: str, name: str) -> None:
    said = f"“It is closed,” {short} said."
    assert speakers(full, said)[1] == name
    assert speakers(said, full)[0] == name


@pytest.mark.parametrize("organisation", ["FilterCorp", "Norvane Harbour Authority", "BBQ", "Marsh & Wren"])
def test_an_organisation_speaks_for_itself(organisation: str) -> None:
    assert only(f"“We are late,” {organisation} said.").name == organisation


def test_a_spokesman_speaks_for_the_organisation() -> None:
    assert only("A spokesman for Norvane Ferries said: “We are late.”").name == "Norvane Ferries"


def test_two_people_who_speak_together_are_not_one_of_them() -> None:
    assert speakers("“We are late,” Nora Vance and Olaf Brandt said.") == [None]


@pytest.mark.parametrize(
    "text",
    [
        "Some experts say the bridge is old.",
        "The bridge, critics say, is old.",
        "On Monday said the bridge was old.",
        "Nora Vance was told that the bridge was old.",
        "Nora Vance did not say that the bridge was old.",
        "Nora Vance scored twice and claimed the title.",
        "It was a view of Western states, and of nobody else.",
        "The Norvane report said nothing.",
        "They are not “marching in lockstep”.",
        "The ship was named “Better Idea of Norvane Girls”.",
        "“One woman ran,” said a witness, who declined to be named.",
    ],
)
def test_where_nobody_is_known_to_speak_nobody_is_named(text: str) -> None:
    assert speakers(text) == [None]


def test_whoever_reports_somebody_else_is_the_speaker() -> None:
    assert only("Nora Vance said Olaf Brandt wanted the bridge closed.").name == "Nora Vance"
    assert only("Olaf Brandt lied about the bridge, Nora Vance said.").name == "Nora Vance"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Sellick Town lost. Town boss Pavel Orn was angry with linesman Ann Gray. “We were robbed,” he said.",
            "Pavel Orn",
        ),
        ("Sellick Vale lost. Vale coach and former keeper Luis Orn was calm. “We ran well,” he said.", "Luis Orn"),
        ("Sellick Vale lost. The Vale boss, Luis Orn, was calm. “We ran well,” he said.", "Luis Orn"),
        ("Brackwater chief executive Ilka Brandt was calm. “We ran well,” she said.", "Ilka Brandt"),
        ("Bank of Norvane governor Ilka Brandt was calm. “We ran well,” she said.", "Ilka Brandt"),
        ("The University of Norvane’s director, Ilka Brandt, was calm. “We ran well,” she said.", "Ilka Brandt"),
        ("Sellick Vale fan Ilka Brandt was calm. “We ran well,” she said.", "Ilka Brandt"),
        ("Head of grocer Pellin, Ilka Brandt, said that prices would rise.", "Ilka Brandt"),
        ("Boss of grocer Dell Marsh, Ilka Brandt, said that prices would rise.", "Ilka Brandt"),
        ("Boss of grocer Dell Marsh, Ilka Brandt, was angry. “It is over,” she said.", "Ilka Brandt"),
        ("“It is over,” said the boss of grocer Pellin, Ilka Brandt.", "Ilka Brandt"),
    ],
)
def test_whoever_runs_an_organisation_speaks_and_not_the_organisation(text: str, name: str) -> None:
    assert {paragraph.speakers[0].name for paragraph in read(text)} == {name}
    assert [speaker.name for paragraph in read(text) for speaker in paragraph.speakers] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "The boss of grocer Pellin said that prices would rise.",
        "Sellick Vale won. The Vale boss was calm. “We ran well,” she said.",
        "Sellick Vale’s manager was calm. “We ran well,” she said.",
        "Sellick Vale lost. The Vale boss was angry with referee Ann Gray. “We were robbed,” she said.",
    ],
)
def test_a_boss_without_a_name_is_neither_the_organisation_nor_anybody_beside_her(text: str) -> None:
    assert speakers(text) == [None]


@pytest.mark.parametrize(
    "job", ["Supervisor", "Substitute", "Corporal", "Private", "Accountant", "Judge", "Team mechanic"]
)
def test_a_rank_or_a_job_is_no_part_of_a_name(job: str) -> None:
    assert only(f"“It was cold,” said {job} Ilka Brandt.").name == "Ilka Brandt"
    assert only(f"{job} Ilka Brandt said the hall was cold.").name == "Ilka Brandt"


def test_what_a_firm_does_is_no_part_of_its_name() -> None:
    assert only("Surveyors Pellow & Marsh, who saw the hall in May, warned that it leaked.").name == "Pellow & Marsh"
    assert only("Brewers & Sons said that beer would cost more.").name == "Brewers & Sons"


@pytest.mark.parametrize(
    "question",
    [
        "Where, she asked, are they to go?",
        "And who, she wondered, would pay for it?",
        "Where, asked Nora Vance, are they to go?",
    ],
)
def test_a_question_in_the_reporters_words_is_whose_who_asked_it(question: str) -> None:
    text = f"Nora Vance is worried. {question}"
    [paragraph] = read(text)
    [asked] = paragraph.quotations
    assert not asked.direct
    assert asked.speaker is not None
    assert (asked.speaker.name, text[asked.start : asked.end]) == ("Nora Vance", question)


def test_whoever_asks_for_something_states_nothing() -> None:
    assert speakers("Nora Vance is worried. When the rain came, she asked, and nobody answered.") == [None]


def test_a_chamber_of_commerce_speaks_for_itself() -> None:
    name = "Norvane Chamber of Commerce"
    assert only(f"Half of the boats lie idle, according to the {name}.").name == name


@pytest.mark.parametrize(
    "unnamed",
    [
        "One, who asked not to be named, said: “We will lose in May.”",
        "One was blunter: “We will lose in May.”",
        "“We will lose in May,” said one backbencher.",
    ],
)
def test_whoever_only_welcomed_something_does_not_pass_for_the_unnamed_who_is_quoted(unnamed: str) -> None:
    assert speakers(f"Party leader Nora Vance welcomed the plan. Others were less sure. {unnamed}") == [None]
    assert speakers("Party leader Nora Vance welcomed the plan.") == ["Nora Vance"]


# ------------------------------------------------------------------------------------------------ what stands before


def test_a_pronoun_means_the_last_speaker_of_its_gender_and_says_where_the_name_stands() -> None:
    _, _, third = read("“No,” said Nora Vance.", "“Yes,” said her son, Olaf Brandt.", "“Never,” she said.")
    assert [(s.name, s.how, s.paragraph) for s in third.speakers] == [("Nora Vance", "pronoun", 1)]


def test_a_pronoun_that_may_mean_two_people_means_nobody() -> None:
    texts = ("Zor Talmek was late.", "“No,” said Quil Ambry.", "The rain fell.", "It fell all day.", "“Yes,” she said.")
    assert speakers(*texts)[4] is None


def test_nobody_speaks_of_himself_by_his_name() -> None:
    texts = ("Nora Vance sings.", "Her manager, Quil Ambry, shrugged.", "“Quil saved me,” she said.")
    assert speakers(*texts)[2] == "Nora Vance"


def test_whoever_is_named_in_what_he_said_is_not_the_speaker() -> None:
    texts = ("Olaf Brandt sells boats.", "The law will not stop Peter Hale, he said.")
    assert speakers(*texts)[1] == "Olaf Brandt"


def test_whoever_added_something_spoke_last() -> None:
    texts = ("“It is late,” Olaf Brandt said. Peter Hale was asleep.", "The bread would be late too, he added.")
    assert speakers(*texts)[1] == "Olaf Brandt"


def test_a_role_means_the_person_who_is_said_to_have_it() -> None:
    _, second = read("Trade Minister Nora Vance cut the tax.", "The minister said the tax was old.")
    assert [(s.name, s.how, s.paragraph) for s in second.speakers] == [("Nora Vance", "role", 1)]


def test_the_29_year_old_is_whoever_was_just_spoken_of() -> None:
    assert speakers("Striker Olaf Brandt scored.", "“We had luck,” the 29-year-old said.")[1] == "Olaf Brandt"


def test_a_prime_minister_is_not_the_minister() -> None:
    texts = ("Trade Minister Nora Vance met Prime Minister Olaf Brandt.", "The minister said the tax was old.")
    assert speakers(*texts)[1] == "Nora Vance"


def test_the_company_is_the_one_just_spoken_of() -> None:
    assert (
        speakers("Norvane Ferries has raised its fares.", "“We are sorry,” the company said.")[1] == "Norvane Ferries"
    )


def test_a_running_quotation_has_one_speaker_wherever_it_is_named() -> None:
    first, second, third = read("“It was cold.", "“It was dark.", "“It was over,” Nora Vance said.")
    assert [(s.name, s.how, s.paragraph) for s in first.speakers] == [("Nora Vance", "running quotation", 3)]
    assert [s.how for s in second.speakers] == ["running quotation"]
    assert [s.how for s in third.speakers] == ["named"]


def test_a_paragraph_of_nothing_but_quotation_goes_on_from_the_one_before() -> None:
    _, second = read("“It was cold,” Nora Vance said.", "“It was dark.”")
    assert [(s.name, s.how, s.inferred) for s in second.speakers] == [("Nora Vance", "carried", True)]


def test_a_colon_at_the_end_of_a_paragraph_names_the_speaker_of_the_next() -> None:
    assert speakers("Nora Vance wrote on her page:", "“It was cold.”")[1] == "Nora Vance"


def test_an_unattributed_phrase_between_two_paragraphs_of_a_speaker_is_theirs() -> None:
    texts = ("“It is cold,” Nora Vance said.", "Thus they are not “marching in step”.", "“Not at all,” she said.")
    assert speakers(*texts)[1] == "Nora Vance"


def test_a_date_below_a_headline_is_no_signature() -> None:
    assert speakers("“Fire in the old harbour” — Norvane Gazette, May 3, 2020") == [None]


# ------------------------------------------------------------------------------------------------------ what is kept


def test_only_body_paragraphs_are_attributed_and_captions_give_names() -> None:
    caption = Paragraph("Nora Vance at the bridge.", kind="caption")
    body = Paragraph("“It is old,” Vance said.", number=1)
    heading, kept, attributed = resolve_speakers([Paragraph("“Old”, says Vance", kind="heading"), caption, body])
    assert (heading.quotations, kept) == ((), caption)
    assert attributed.speakers[0].name == "Nora Vance"


def test_an_indirect_statement_is_the_sentence_of_the_reporter() -> None:
    [paragraph] = read("It rained. Mayor Nora Vance said the bridge would open in May. People cheered.")
    [statement] = paragraph.quotations
    assert not statement.direct
    assert paragraph.text[statement.start : statement.end] == "Mayor Nora Vance said the bridge would open in May."


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_spans_lie_in_their_paragraph_and_direct_ones_do_not_overlap(path: Path) -> None:
    for paragraph in read(*path.read_text(encoding="utf-8").split("\n")):
        assert all(0 <= q.start < q.end <= len(paragraph.text) for q in paragraph.quotations)
        direct = [q for q in paragraph.quotations if q.direct]
        assert all(one.end <= other.start for one, other in pairwise(direct))
        assert all(q.speaker is None or 0 < q.speaker.confidence <= 1 for q in paragraph.quotations)
        assert all(speaker.confidence >= CONFIDENT for speaker in paragraph.speakers)


def test_an_article_without_body_comes_back_as_it_was() -> None:
    assert resolve_speakers([]) == ()


HOSTILE = {
    "said": "said ",
    "he said": "he said ",
    "names": "Nora Vance said, ",
    "quotations": "“a” said ",
    "commas": "Vance, ",
    "according": "according to ",
    "marks": '"',
    "brackets": "(",
    "one long paragraph": "The mayor said it would open. “Yes,” she said. ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_the_text_takes_no_more_than_thrice_the_time(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        taken = []
        for _ in range(3):
            start = time.process_time()
            read(text)
            taken.append(time.process_time() - start)
        return min(taken)

    assert seconds(24_000) < 3 * seconds(12_000) + 0.05
