"""A name that the source lacks is told; another form of one that it has is not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.named import strange_name

BRIDGE = (
    "Ada Lind, director of the Mill Bridge Trust, told the European Union on Tuesday that Norway and North Korea back "
    "the plan. Thomas J. Berg flew an F-16 there. “We trade with China,” he said of the gross domestic product; NATO "
    "and the prime minister, a follower of Keynes, fear Covid-19. Trade and exports fell, in the United States too."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Lind spoke on Tuesday.",
        "Ada Lind spoke.",
        "Mr Berg and Ms Lind's trust spoke.",
        "Director Ada Lind spoke.",
        "Thomas Berg flew.",
        "Berg, Thomas, flew.",
        "The EU agreed.",
        "Norwegian and North Korean ships sail.",
        "Norwegians like Chinese trade.",
        "norway and china agree.",
        "A Keynesian plan is backed by Nato.",
        "The US and American exports are named, and the U.S. too.",
        "GDP fell.",
        "An F16 and two F-16s flew despite Covid.",
        "The Prime Minister and the President met in May.",
        "The Mill Bridge Trust agrees.",
        "ADA LIND TOLD NORWAY OF THE PLAN.",
        "“We trade,” Berg said: Exports fell.",
        "The gross domestic product (GDP) fell, I'm told.",
    ],
)
def test_names_of_the_source_pass_in_related_forms(sentence: str) -> None:
    assert strange_name(sentence, BRIDGE) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Trade rose in May.",
        "Shipping grew quickly.",
        "Moreover, it fell.",
        "Heavy rain fell.",
        "Establish a fund.",
        "Pregnant women were told first.",
        "Officials fear the rain.",
        "However, the council refused.",
        "It rained. Food ran out. “Water is scarce,” he said.",
        "Residents: Keep dry.",
        "- Rents fell",
        "We’re late, and they've gone.",
    ],
)
def test_a_capital_at_the_head_of_a_sentence_makes_no_name(sentence: str) -> None:
    assert strange_name(sentence, "It rained in the valley, he said.") is None


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Freedonia has lost 40,000 sheep in the flood.", "Freedonia"),
        ("Russia has lost many ships.", "Russia"),
        ("russia has lost many ships.", "russia"),
        ("Moss doubts the plan.", "Moss"),
        ("Jones is against it.", "Jones"),
        ("“It is late,” said Jones.", "Jones"),
        ("Moss's plan failed.", "Moss"),
        ("It was Sigrid Moss who spoke.", "Sigrid Moss"),
        ("Marta Lind spoke.", "Marta Lind"),
        ("Ada Berg spoke.", "Ada Berg"),
        ("Thomas Lind spoke.", "Thomas Lind"),
        ("Thomas J. Lind spoke.", "Thomas J. Lind"),
        ("A model called GPT-3.5 wrote it.", "GPT-3.5"),
        ("The 49ers won.", "49ers"),
        ("Adam Lind spoke.", "Adam Lind"),
        ("South Korea backs the plan.", "South Korea"),
        ("The Mill Lane Trust agrees.", "Mill Lane Trust"),
        ("The UK agreed.", "UK"),
        ("The WHO agreed.", "WHO"),
        ("An A320 flew.", "A320"),
        ("An F-15 flew.", "F-15"),
        ("The G7 met.", "G7"),
        ("Swedish ships sail.", "Swedish"),
        ("Nigeria agreed.", "Nigeria"),
        ("She met Lindberg.", "Lindberg"),
        ("Moss and Berg met.", "Moss"),
        ("Moss, a shepherd, spoke.", "Moss"),
        ("Moss also spoke.", "Moss"),
        ("Moss himself said so.", "Moss"),
        ("Mr. Moss of the trust agreed.", "Moss"),
        ("McAdam of the trust agreed.", "McAdam"),
        ("Charles Moss agreed.", "Charles Moss"),
        ("SWEDEN BACKS THE PLAN OF LIND.", "SWEDEN BACKS"),
    ],
)
def test_a_name_that_the_source_lacks_is_told(sentence: str, name: str) -> None:
    found = strange_name(sentence, BRIDGE)
    assert found is not None
    assert found.startswith(name.split()[0])


def test_a_full_name_needs_both_parts_and_a_family_name_only_itself() -> None:
    assert strange_name("Ada Lind spoke.", "Lind spoke.") == "Ada Lind"
    assert strange_name("Ada Lind spoke.", "Lind spoke. Ada Lind") is None
    assert strange_name("Lind spoke.", "Ada Lind spoke.") is None


def test_an_acronym_is_not_a_word_that_looks_like_it() -> None:
    assert strange_name("The US agreed.", "It told us so.") == "US"
    assert strange_name("The IT team agreed.", "It told us so.") == "IT"


def test_a_family_name_is_not_a_word_that_looks_like_it() -> None:
    assert strange_name("It was Bill Hill.", "The bill for the hill was paid.") == "Bill Hill"


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Greenland agreed.", "Greece agreed."),
        ("Niger agreed.", "Nigeria agreed."),
        ("The Indian coast.", "The Indiana coast."),
        ("She met Williams.", "William spoke."),
        ("She met Marta.", "She met Martin."),
        ("She met Hansen.", "She met Hanson."),
        ("She met Husseini.", "She met Hussein."),
        ("In New Mexico.", "In Mexico, a new plan."),
        ("The Democrats agreed.", "It was a democratic vote."),
        ("Poland agreed.", "They polish the poles."),
    ],
)
def test_names_that_only_look_alike_are_two(sentence: str, source: str) -> None:
    assert strange_name(sentence, source) is not None


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The European Union agreed.", "The EU agreed."),
        ("The United Nations agreed.", "The UN agreed."),
        ("Britain agreed.", "The UK agreed."),
        ("American ships.", "US ships."),
        ("Kyiv agreed.", "Kiev agreed."),
        ("José Díaz spoke.", "Jose Diaz spoke."),
        ("JD Moss spoke.", "J. D. Moss spoke."),
        ("J.D. Moss spoke.", "JD Moss spoke."),
        ("The Republicans agreed.", "A Republican agreed."),
        ("Covid 19 spread.", "Covid-19 spread."),
        ("The Southeast London office.", "The South East London office."),
    ],
)
def test_two_forms_of_one_name_meet_either_way(sentence: str, source: str) -> None:
    assert strange_name(sentence, source) is None
    assert strange_name(source, sentence) is None


@given(st.text(), st.text())
def test_no_text_makes_it_fail(sentence: str, source: str) -> None:
    strange_name(sentence, source)


WORDS = (
    "Ada Lind the US EU North Korea of F-16 said. “We Norway's trade, and IT fell: A. B van der J.D. O'Neill".split()
)


@given(st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_every_text_bears_out_its_own_names(text: str) -> None:
    assert strange_name(text, text) is None


@pytest.mark.parametrize("piece", ["Ada ", "A", "A-", "A1-", "a'", "A&", "U.", "Ada Lind ", "china ", "North Korea "])
def test_long_hostile_text_is_read_in_linear_time(piece: str) -> None:
    began = time.perf_counter()
    strange_name(piece * 1_000 + "x", piece * 2_000)
    assert time.perf_counter() - began < 5
