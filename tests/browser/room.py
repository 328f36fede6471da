"""The chat as a reader sees it: where things are, so that a test can say what is done. No test stands here."""

from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

HECKER = "why does Hecker doubt a split?"
ODUYA = "what does Oduya promise the boats?"
PARIS = "what is the price of bread in Paris?"  # which no article tells


class Chat:
    """The chat on one page, with its evidence panel."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.question = page.get_by_role("textbox", name="Your question")
        self.answers = page.locator("#nc-history .nc-answer")
        self.asked = page.locator("#nc-history [data-testid=user]")
        self.stop = page.get_by_role("button", name="Stop", exact=True)
        self.panel = page.get_by_role("complementary", name="Sources")
        self.card = self.panel.locator("article.is-focused")  # of the chip that was clicked
        self.marks = self.panel.locator("mark")

    def open(self, address: str = "app/") -> Self:
        """Load the chat, and wait until it takes questions."""
        self.page.goto(address)
        expect(self.question).to_be_enabled()
        return self

    @property
    def id(self) -> str:
        """The id of the conversation, which stands in the page's fragment."""
        return parse_qs(urlsplit(self.page.url).fragment)["c"][0]

    def send(self, question: str) -> Locator:
        """Ask; return the place where the answer appears."""
        before = self.answers.count()
        self.question.fill(question)
        self.question.press("Enter")
        return self.answers.nth(before)

    def ask(self, question: str) -> Locator:
        """Ask; return the answer when it is whole."""
        answer = self.send(question)
        self.wait_for(answer)
        return answer

    def wait_for(self, answer: Locator) -> None:
        """Wait until an answer is whole: only then it says how it came about, and the box takes the next question."""
        expect(how(answer)).to_be_visible()
        expect(self.stop).to_be_hidden()

    def marked(self) -> str:
        """Return the words that are marked in the card of the chip that was clicked."""
        return "".join(self.card.locator("mark.is-focused").all_text_contents())

    def choose_model(self, name: str) -> None:
        """Choose who answers."""
        self.choose("Answered by", name)

    def choose(self, label: str, name: str) -> None:
        """Choose from one of the lists."""
        self.page.get_by_label(label).click()
        self.page.get_by_role("option", name=name).click()


def chips(answer: Locator) -> Locator:
    """The numbers in an answer, each a link to the words that it stands for."""
    return answer.locator("a.nc-chip:not(.nc-near)")


def how(answer: Locator) -> Locator:
    """The line below an answer: who answered, as of when."""
    return answer.locator(".nc-how")


def cited(newsroom: str, question: str, page: Page, **asked: Any) -> list[dict[str, Any]]:
    """Return the citations that the HTTP API gives for a question: the chat must show the same."""
    response = page.request.post(f"{newsroom}/api/ask", data={"question": question, **asked})
    assert response.ok, response.text()
    citations: list[dict[str, Any]] = response.json()["citations"]
    return citations
