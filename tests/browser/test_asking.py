"""Asking: an answer comes sentence by sentence, can be stopped, asked again, changed, taken back and copied."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import HECKER, ODUYA, PARIS, Chat, chips, how
from tests.browser.server import Server
from tests.fake_llm import FakeLLM


@pytest.fixture
def written(visit: Visit, studio: Server) -> Chat:
    """A new conversation with models."""
    return Chat(visit(studio)).open()


def test_a_question_is_answered_with_quotes_and_says_how_it_came_about(chat: Chat) -> None:
    answer = chat.ask(ODUYA)
    expect(answer).to_contain_text("The north quay will be shut for eight months or more")
    expect(chips(answer)).to_have_text(["1"])
    expect(how(answer)).to_contain_text("Quoted word for word")
    expect(how(answer)).to_contain_text("as of 9 July 2025")


def test_a_chip_tells_speaker_and_headline_on_hover(chat: Chat) -> None:
    chip = chips(chat.ask(ODUYA))
    expect(chip).to_have_attribute("title", re.compile("Maren Oduya.*Harbour master Maren Oduya to run Marlhaven port"))


def test_enter_sends_and_shift_enter_breaks_the_line(chat: Chat) -> None:
    chat.question.fill("what does Oduya promise")
    chat.question.press("Shift+Enter")
    chat.question.press_sequentially("the boats?")
    expect(chat.question).to_have_value("what does Oduya promise\nthe boats?")
    expect(chat.answers).to_have_count(0)
    chat.question.press("Enter")
    chat.wait_for(chat.answers.first)
    expect(chat.question).to_have_value("")


def test_an_example_question_is_answered_at_a_click(chat: Chat) -> None:
    examples = chat.page.locator("#nc-history").get_by_role("button").filter(has_text="?")
    expect(examples.first).to_be_visible()
    question = examples.first.inner_text().strip()
    examples.first.click()
    chat.wait_for(chat.answers.first)
    expect(chat.asked.first).to_contain_text(question)
    expect(chips(chat.answers.first).first).to_be_visible()


def test_what_the_articles_do_not_say_looks_different_and_offers_what_is_near(chat: Chat) -> None:
    answer = chat.ask(PARIS)
    expect(answer).to_have_class(re.compile("nc-abstained"))
    expect(answer).to_contain_text("The articles do not say")
    expect(answer).to_contain_text("“Paris” stands in none of the articles")
    nearest = answer.locator("a.nc-near")
    expect(nearest.first).to_be_visible()
    nearest.first.click()
    expect(chat.panel.get_by_role("article").first).to_be_visible()
    found = chat.ask(ODUYA)
    looks = "e => { const s = getComputedStyle(e); return [s.borderLeft, s.backgroundColor, s.color, s.fontStyle] }"
    assert answer.evaluate(looks) != found.evaluate(looks)


def test_filters_restrict_what_is_asked(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Filter by date").click()
    chat.page.get_by_role("textbox", name="Until").fill("2025-01-01")
    answer = chat.ask(ODUYA)
    expect(answer).not_to_contain_text("The north quay will be shut")
    expect(how(answer)).to_contain_text("until 2025-01-01")
    chat.page.get_by_role("textbox", name="Until").fill("")
    chat.choose("Publisher", "Ostrey Register")
    answer = chat.ask(ODUYA)
    expect(answer).to_contain_text("The north quay will be shut")
    expect(how(answer)).to_contain_text("only Ostrey Register")


def test_a_filter_that_is_no_date_is_explained(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Filter by date").click()
    chat.page.get_by_role("textbox", name="Until").fill("next May")
    chat.send(ODUYA)
    expect(chat.page.locator(".nc-problem")).to_contain_text("'next May' is not a date")


def test_retry_asks_again_in_the_same_place(chat: Chat) -> None:
    answer = chat.ask(ODUYA)
    said = answer.inner_text()
    chat.page.get_by_role("button", name="Retry").click()
    chat.wait_for(chat.answers.first)
    expect(chat.answers).to_have_count(1)
    expect(chat.asked).to_have_count(1)
    expect(chat.answers.first).to_have_text(said, use_inner_text=True)  # how it came about is told last


def test_an_edited_question_is_answered_in_its_place(chat: Chat) -> None:
    chat.ask("who is Ali Wyne? (really)")
    chat.asked.first.hover()
    chat.page.get_by_role("button", name="Edit").first.click()
    field = chat.page.get_by_role("textbox", name="Edit your question")
    expect(field).to_have_value("who is Ali Wyne? (really)")  # as it was typed, not as it is kept out of Markdown
    field.fill(ODUYA)
    field.press("Enter")
    expect(chat.answers.first).to_contain_text("The north quay will be shut")
    chat.wait_for(chat.answers.first)
    expect(chat.asked).to_have_count(1)
    expect(chat.asked.first).to_contain_text(ODUYA)


def test_undo_takes_the_question_back_into_the_box(chat: Chat) -> None:
    chat.ask(HECKER)
    chat.ask(ODUYA)
    chat.page.get_by_role("button", name="Undo").click()
    expect(chat.question).to_have_value(ODUYA)
    expect(chat.answers).to_have_count(1)
    chat.page.reload()
    expect(chat.answers).to_have_count(1)


def test_copying_an_answer_gives_readable_text_with_its_sources(chat: Chat) -> None:
    answer = chat.ask("what’s Hecker’s view & why does he doubt a split?")
    answer.hover()
    chat.page.locator(".bot").get_by_role("button", name="Copy message").first.click()
    expect(chat.page.locator(".nc-copied")).to_be_visible()
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert "a very hard one [1]" in copied.replace("\xa0", " ")
    assert "[1] Charles Hecker" in copied
    assert f"{chat.page.url.partition('/app')[0]}/p/" in copied
    assert not re.search(r"&#?\w+;|<\w", copied)


def test_copying_a_question_gives_it_as_it_was_typed(chat: Chat) -> None:
    question = "what’s *Hecker’s* view & <b>why</b>: [1] `x`?"
    chat.send(question)
    chat.wait_for(chat.answers.first)
    expect(chat.asked.first).to_contain_text(question)
    chat.asked.first.hover()
    chat.page.locator(".user").get_by_role("button", name="Copy message").first.click()
    expect(chat.page.locator(".nc-copied")).to_be_visible()
    assert chat.page.evaluate("navigator.clipboard.readText()") == question


def test_a_model_writes_and_is_named(written: Chat) -> None:
    answer = written.ask(ODUYA)
    expect(how(answer)).to_contain_text("openai:good")
    expect(answer).to_have_class(re.compile("nc-written"))
    expect(chips(answer).first).to_have_text("1")


def test_another_model_or_none_can_be_chosen(written: Chat) -> None:
    written.choose_model("quotes only")
    expect(how(written.ask(ODUYA))).to_contain_text("Quoted word for word")
    written.choose_model("openai:good")
    expect(how(written.ask(HECKER))).to_contain_text("openai:good")


def test_an_answer_appears_sentence_by_sentence(written: Chat) -> None:
    written.choose_model("openai:slow")
    answer = written.send(HECKER)
    expect(chips(answer)).to_have_count(1)
    expect(written.stop).to_be_visible()
    expect(how(answer)).to_be_hidden()
    expect(chips(answer)).to_have_count(2)
    written.wait_for(answer)


def test_stopping_in_mid_stream_keeps_what_was_there(written: Chat) -> None:
    written.choose_model("openai:slow")
    answer = written.send(HECKER)
    expect(chips(answer)).to_have_count(1)
    written.stop.click()
    expect(written.stop).to_be_hidden()
    expect(chips(answer)).to_have_count(1)
    expect(how(answer)).to_contain_text("stopped before its end")
    written.page.reload()
    expect(chips(written.answers.first)).to_have_count(1)
    expect(how(written.answers.first)).to_contain_text("stopped before its end")


def test_stopping_hangs_up_on_the_model_in_mid_sentence(written: Chat, llm: FakeLLM) -> None:
    written.choose_model("openai:endless")
    expect(chips(written.send(HECKER))).to_have_count(1)
    llm.disconnected.clear()
    written.stop.click()
    assert llm.disconnected.wait(10), "the model is still writing"


def test_a_question_that_is_stopped_before_its_answer_goes_back_into_the_box(written: Chat) -> None:
    written.choose_model("openai:silent")
    written.send(ODUYA)
    expect(written.page.locator(".nc-waiting")).to_be_visible()
    written.stop.click()
    expect(written.asked).to_have_count(0)
    expect(written.question).to_have_value(ODUYA)
    written.choose_model("openai:good")
    written.question.press("Enter")
    expect(chips(written.answers.first).first).to_be_visible()


def test_a_question_is_answered_as_soon_as_the_box_takes_one(page: Page) -> None:
    page.goto("app/")
    chat = Chat(page)
    chat.question.fill(ODUYA)
    chat.question.press("Enter")
    chat.wait_for(chat.answers.first)
    expect(chat.asked).to_have_count(1)


def test_a_question_that_could_not_be_asked_says_why_and_can_be_undone(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Filter by date").click()
    chat.page.get_by_role("textbox", name="Until").fill("yesterday")
    chat.send(ODUYA)
    expect(chat.page.locator(".nc-problem")).to_contain_text("'yesterday' is not a date")
    expect(chat.question).to_have_value(ODUYA)
    chat.page.get_by_role("button", name="Undo").click()
    expect(chat.asked).to_have_count(0)
    expect(chat.question).to_have_value(ODUYA)


def test_an_empty_question_asks_nothing(chat: Chat) -> None:
    chat.question.fill("   ")
    chat.question.press("Enter")
    expect(chat.question).to_have_value("")
    expect(chat.asked).to_have_count(0)


def test_a_follow_up_is_understood(chat: Chat) -> None:
    chat.ask(HECKER)
    answer = chat.ask("and Gabuev?")
    expect(answer).to_contain_text("Understood as")
    expect(answer).to_contain_text("Gabuev")
