"""How much one visitor may ask for."""

import threading
from contextlib import ExitStack

import pytest

from ui.access import Visitor
from ui.limits import Limits, Rate, TooMany

ADA = Visitor("ada", "10.0.0.1")
BEN = Visitor("ben", "10.0.0.1")


def ask(limits: Limits, visitor: Visitor) -> None:
    with limits.question(visitor):
        pass


def test_too_many_questions_are_refused_and_told_how_long_to_wait() -> None:
    limits = Limits(questions="2/minute")
    ask(limits, ADA)
    ask(limits, ADA)
    with pytest.raises(TooMany, match=r"You have asked 2 in a minute.*Ask again in \d+ seconds") as refused:
        ask(limits, ADA)
    assert 50 <= refused.value.retry_after <= 60


def test_visitors_are_counted_each_by_himself() -> None:
    limits = Limits(questions="1/hour")
    ask(limits, ADA)
    ask(limits, BEN)  # behind the same proxy, but another user
    with pytest.raises(TooMany):
        ask(limits, ADA)


def test_so_many_questions_are_answered_at_once_and_no_more() -> None:
    limits = Limits(at_once=2)
    with limits.question(ADA), limits.question(ADA):
        with pytest.raises(TooMany, match="2 of your questions are still being answered"):
            ask(limits, ADA)
        ask(limits, BEN)
    ask(limits, ADA)


def test_a_question_that_fails_is_over() -> None:
    limits = Limits(at_once=1)
    with pytest.raises(ZeroDivisionError), limits.question(ADA):
        raise ZeroDivisionError
    ask(limits, ADA)


def test_what_is_refused_for_being_at_once_is_not_counted() -> None:
    limits = Limits(questions="2/minute", at_once=1)
    with limits.question(ADA), pytest.raises(TooMany, match="still being answered"):
        ask(limits, ADA)
    ask(limits, ADA)


def test_many_threads_get_exactly_what_is_allowed() -> None:
    limits = Limits(questions="1000/minute", at_once=5)
    start, refused = threading.Barrier(20), []
    with ExitStack() as running:  # whoever came in stays until all have tried

        def come() -> None:
            start.wait()
            try:
                running.enter_context(limits.question(ADA))
            except TooMany as error:
                refused.append(error)

        threads = [threading.Thread(target=come) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 15


@pytest.mark.parametrize("text", ["", "many", "60", "60/fortnight", "0/minute", "-1/minute", "60/minute; 5/second"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="60/minute"):
        Rate(text)
