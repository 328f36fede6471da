"""What a mail and a mailbox must become: the newsletter's articles, each dated and sent by whom, and nothing else."""

import io
import mailbox
import tracemalloc
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from indexes.article import Article
from indexes.errors import ReadError
from indexes.readers import items, items_in_bytes, read_bytes

FIRST = "The ferry to Skarra sails again on Monday, nine months after a winter storm broke its pier in two."
SECOND = "“We have missed the noise of it,” said Ada Pell, who keeps the shop above the harbour."
THIRD = "The council paid 4.2 million crowns for the new pier, twice what it had planned."
TEXT = f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n"


def message(text: str | None = TEXT, markup: str | None = None, **headers: str) -> EmailMessage:
    made = EmailMessage()
    known = {
        "Subject": "The ferry is back",
        "From": "The Skarra Post <news@post.example>",
        "Date": "Tue, 04 Mar 2025 23:30:00 -0500",
        "Message-ID": "<one@post.example>",
    }
    for name, value in {**known, **{key.replace("_", "-"): value for key, value in headers.items()}}.items():
        if value:
            made[name] = value
    if text is not None:
        made.set_content(text)
    if markup is not None:
        made.add_alternative(markup, subtype="html") if text is not None else made.set_content(markup, subtype="html")
    return made


def article(mail: EmailMessage | bytes) -> Article:
    return read_bytes("ferry.eml", mail if isinstance(mail, bytes) else bytes(mail))


def raw(head: str, text: bytes) -> Article:
    first = "Subject: The ferry is back\nFrom: The Skarra Post <news@post.example>\n"
    return article((first + head + "\n\n").encode() + text)


def body(found: Article) -> list[str]:
    return [paragraph.text for paragraph in found.body]


def kinds(found: Article) -> list[tuple[str, str]]:
    return [(paragraph.kind, paragraph.text) for paragraph in found.paragraphs]


# --- the head ---------------------------------------------------------------------------------------------------------


def test_the_head_gives_title_publisher_and_date() -> None:
    found = article(message())
    assert (found.title, found.publisher, found.published) == (
        "The ferry is back",
        "The Skarra Post",
        date(2025, 3, 4),
    )
    assert body(found) == [FIRST, SECOND, THIRD]


def test_a_newsletter_with_the_same_subject_is_a_new_article_each_week() -> None:
    first, second = message(Subject="Skarra weekly"), message(Subject="Skarra weekly", Message_ID="<two@post.example>")
    assert article(first).id != article(second).id
    assert article(first).id == article(bytes(first)).id
    unnamed = [message(Message_ID="", Date=f"Tue, {day} Mar 2025 06:00:00 +0000") for day in ("04", "11")]
    assert article(unnamed[0]).id != article(unnamed[1]).id


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: The ferry is back", "The ferry is back"),
        ("FW: Fwd: RE[2]: The ferry is back", "The ferry is back"),
        ("Skarra, zurück am Kai – endlich", "Skarra, zurück am Kai – endlich"),
        ("Reform: the ferry", "Reform: the ferry"),
    ],
)
def test_the_subject_is_the_title_without_what_mail_programs_put_before_it(subject: str, title: str) -> None:
    assert article(message(Subject=subject)).title == title


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_a_head_that_is_not_encoded_as_it_should_be_is_read(charset: str) -> None:
    data = f"Subject: Fähre zurück\nFrom: Skärgård <a@b.example>\nMessage-ID: <ä@b>\n\n{FIRST}\n".encode(charset)
    found = article(data)
    assert (found.title, found.publisher) == ("Fähre zurück", "Skärgård")
    assert found.id


def test_a_sender_without_a_name_is_the_address() -> None:
    assert article(message(From="news@post.example")).publisher == "news@post.example"


def test_the_address_to_read_it_at_is_its_address_where_it_is_its_own() -> None:
    link = "<p><a href='{}'>View this email in your browser</a></p>" + "".join(f"<p>{p}</p>" for p in (FIRST, SECOND))
    own, latest = "https://post.example/nl/2025-03-04?utm_source=mail", "https://post.example/newsletter/latest"
    assert article(message(None, link.format(own))).url == "https://post.example/nl/2025-03-04"
    assert article(message(None, link.format(latest))).url is None
    assert article(message(None, link.format("javascript:alert(1)"))).url is None
    plain = article(message(f"View in browser: https://post.example/nl/17\n\n{TEXT}"))
    assert (plain.url, body(plain)) == ("https://post.example/nl/17", [FIRST, SECOND, THIRD])


# --- plain text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_text_reads_the_same_however_it_is_sent(charset: str, encoding: str) -> None:
    made = message(None)
    made.set_content("The café by the kai in Tromsø is open again.\n", charset=charset, cte=encoding)
    assert body(article(made)) == ["The café by the kai in Tromsø is open again."]


def test_a_wrong_charset_is_put_right_and_a_japanese_one_is_known() -> None:
    text = "The café in Tromsø is open again."
    assert body(raw("Content-Type: text/plain; charset=us-ascii", text.encode())) == [text]
    assert body(raw("Content-Type: text/plain; charset=x-unknown", text.encode("cp1252"))) == [text]
    assert body(
        raw("Content-Type: text/plain; charset=iso-2022-jp", "橋は月曜日に開通した。".encode("iso-2022-jp"))
    ) == ["橋は月曜日に開通した。"]


def test_flowed_text_is_joined_where_the_mail_program_broke_it() -> None:
    text = (
        b"The ferry sails on \r\nMonday, after nine \r\nmonths.\r\n\r\n From the pier it looks new.\r\n-- \r\nAda\r\n"
    )
    found = raw("Content-Type: text/plain; format=flowed", text)
    assert body(found) == ["The ferry sails on Monday, after nine months.", "From the pier it looks new."]


def test_a_signature_and_the_mail_that_is_answered_are_left_out() -> None:
    asked = "On Mon, 3 Mar 2025 at 10:00, Jo <jo@a.example> wrote:\n> Is it back?\n> Really?"
    text = f"{FIRST}\n\n{asked}\n\n{THIRD}\n-- \nAda\n"
    assert body(article(message(text))) == [FIRST, THIRD]


def test_a_mail_that_is_nothing_but_quoted_is_read() -> None:
    assert body(article(message(f"> {FIRST}\n>\n> {SECOND}\n"))) == [FIRST, SECOND]


def test_a_mail_that_was_sent_on_is_the_article() -> None:
    head = (
        "From: Skarra Radio <r@radio.example>\nDate: Mon, 3 Mar 2025 at 10:00\nSubject: Pier done\nTo: me@a.example\n"
    )
    inside = f"See below.\n\n---------- Forwarded message ---------\n{head}\n{TEXT}"
    found = article(message(inside, Subject="Fwd: Pier done", From="Jo <jo@a.example>"))
    assert (found.title, found.publisher, found.published) == ("Pier done", "Skarra Radio", date(2025, 3, 3))
    assert body(found) == [FIRST, SECOND, THIRD]


def test_a_mail_that_was_attached_to_one_without_words_is_read() -> None:
    outer = message(None, Subject="Fwd: see this")
    outer.make_mixed()
    outer.attach(message())
    assert body(article(outer)) == [FIRST, SECOND, THIRD]


# --- HTML -------------------------------------------------------------------------------------------------------------


def layout(*rows: str) -> str:
    """Return a newsletter as the usual programs lay one out: tables in tables, letters of no size round them."""
    cell = "<tr><td style='font-size:0px;padding:10px'><div style='font-size:16px'>{}</div></td></tr>"
    boxes = "".join(
        "<table role='presentation' width='100%'><tbody><tr><td style='font-size:0px'><div style='font-size:0px'>"
        f"<table><tbody>{cell.format(row)}</tbody></table></div></td></tr></tbody></table>"
        for row in rows
    )
    hidden = "<div style='display:none;max-height:0'>The best of the week.&zwnj;&nbsp;&zwnj;</div>"
    return f"<!doctype html><html><head><style>p{{}}</style></head><body>{hidden}<div>{boxes}</div></body></html>"


NEWSLETTER = layout(
    "<a href='https://post.example/nl/2025-03-04'>View in browser</a>",
    "<img src='logo.png' alt='Logo'>",
    "<h1>The ferry is back</h1>",
    f"<h2>Harbour</h2><p>{FIRST}</p><p>{SECOND}</p><a href='https://post.example/1'>Read more</a>",
    f"<b>Money</b><br><br>{THIRD}<br><br>It will pay in June.",
    "<table><tr><td>Sailings</td><td>12</td></tr><tr><td>Cars</td><td>900</td></tr></table>",
    "<p>You are receiving this email because you signed up.</p>"
    "<p><a href='u'>Unsubscribe</a> | <a href='p'>Preferences</a></p><p>The Skarra Post, 1 Quay Street, Skarra</p>",
)


def test_a_newsletter_gives_its_paragraphs_and_its_small_print_as_promotion() -> None:
    assert kinds(article(message("Open this in a better program.\n", NEWSLETTER))) == [
        ("promotion", "View in browser"),
        ("title", "The ferry is back"),
        ("heading", "Harbour"),
        ("body", FIRST),
        ("body", SECOND),
        ("promotion", "Read more"),
        ("heading", "Money"),
        ("body", THIRD),
        ("body", "It will pay in June."),
        ("caption", "Sailings | 12"),
        ("caption", "Cars | 900"),
        ("promotion", "You are receiving this email because you signed up."),
        ("promotion", "Unsubscribe | Preferences"),
        ("promotion", "The Skarra Post, 1 Quay Street, Skarra"),
    ]


def test_the_plain_text_is_read_where_the_html_shows_only_a_picture() -> None:
    assert body(article(message(TEXT, "<html><body><img src='all.png'></body></html>"))) == [FIRST, SECOND, THIRD]


def test_what_is_attached_is_not_read() -> None:
    made = message()
    made.add_attachment("The secret plan of the council.", filename="plan.txt")
    assert body(article(made)) == [FIRST, SECOND, THIRD]


def test_a_paragraph_that_speaks_of_unsubscribing_stays_a_paragraph() -> None:
    told = "The company let nobody unsubscribe " + "from the list that it had bought in spring, the office found, " * 6
    assert told.strip() in body(article(message(f"{told.strip()}\n\n{TEXT}")))


# --- bad input --------------------------------------------------------------------------------------------------------


def picture_only() -> bytes:
    made = message(None)
    made.set_content(b"\x89PNG", maintype="image", subtype="png")
    return bytes(made)


def attachment_only() -> bytes:
    made = message(None)
    made.make_mixed()
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="ferry.pdf")
    return bytes(made)


def nested(depth: int, kind: str = "multipart/mixed") -> bytes:
    heads = "".join(f"Content-Type: {kind}; boundary=b{i}\n\n--b{i}\n" for i in range(depth))
    return f"Subject: x\n{heads}Content-Type: text/plain\n\nhello".encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b" \n", "empty"),
        (b"The ferry is back.\n\nIt sails on Monday.\n", "no mail"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an old office document"),
        (bytes(message("")), "no text in it"),
        (bytes(message(None, "<html><body><img src='a.png'></body></html>")), "a picture and no text"),
        (picture_only(), "a picture and no text"),
        (attachment_only(), r"only attachments: ferry\.pdf"),
        (b"Subject: x\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--", "encrypted"),
        (b"Subject: x\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB", "encrypted"),
        (bytes(message("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n")), "encrypted"),
        (nested(30), "mails in mails without end"),
        (nested(5000), "malformed"),
        (b"Subject: x\n" + b"Content-Type: message/rfc822\n\n" * 3000, "malformed|without end"),
        (b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000, "malformed"),
        (b"Subject: x\nContent-Type: text/plain; " + b"a=b; " * 50_000 + b"\n\nhello", "malformed"),
    ],
)
def test_what_holds_no_text_gets_one_clear_line(content: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=says) as caught:
        article(content)
    assert str(caught.value).startswith("ferry.eml: ")
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    "header",
    [
        "From: " + '"' * 100_000,
        "From: " + "(" * 5000,
        "From: @\nDate: Foo, 99 Foo 99999 99:99\nMessage-ID: <<<>@@",
        "Subject: " + "=?utf-8?q?a?= " * 50_000,
        "Subject: =?utf-8?b?====?=\nFrom: =?x-no?q?=ff?= <>",
        "Content-Type: text/plain; charset*=x''y; format=((((\nContent-Transfer-Encoding: nonsense",
        "Content-Type: ;;;",
        "no colon here",
    ],
)
def test_malformed_headers_cost_only_what_they_say(header: str) -> None:
    assert FIRST in body(article(f"Received: x\n{header}\n\n{TEXT}".encode()))


# --- mailboxes --------------------------------------------------------------------------------------------------------


def box(folder: Path, *mails: EmailMessage | bytes) -> Path:
    made = mailbox.mbox(folder / "all.mbox")
    for mail in mails:
        made.add(mail)
    made.close()
    return folder / "all.mbox"


def test_each_mail_of_a_mailbox_is_an_article_and_a_bad_one_stops_nothing(tmp_path: Path) -> None:
    quoted = message(f"{FIRST}\n\nFrom the pier it looks new, and it is.\n", Message_ID="<2@post.example>")
    path = box(tmp_path, message(), picture_only(), quoted)
    found: list[Article | ReadError] = []
    names = []
    for item in items(path):
        names.append(item.name.removeprefix(str(path)))
        try:
            found.append(item.read())
        except ReadError as error:
            found.append(error)
    assert names == ["#1", "#2", "#3"]
    assert isinstance(found[0], Article)
    assert body(found[0]) == [FIRST, SECOND, THIRD]
    assert "#2: it holds a picture and no text." in str(found[1])
    assert isinstance(found[2], Article)
    assert body(found[2]) == [FIRST, "From the pier it looks new, and it is."]


def test_a_sentence_that_begins_with_from_begins_no_mail() -> None:
    data = b"From x@y Tue Mar  4 06:30:00 2025\n" + bytes(message()) + b"\n\nFrom Skarra the ferry takes an hour.\n"
    (only,) = items_in_bytes("a.mbox", data)
    assert body(only.read())[-1] == "From Skarra the ferry takes an hour."


def test_only_one_mail_of_a_mailbox_is_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    mail = b"From x@y Tue Mar  4 06:30:00 2025\nSubject: x\n\n" + (b"x" * 900 + b"\n") * 300 + b"\n"
    path.write_bytes(mail * 100)
    tracemalloc.start()
    try:
        assert sum(1 for _ in items(path)) == 100
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_what_is_no_mailbox_gets_one_clear_line() -> None:
    (item,) = items_in_bytes("a.mbox", bytes(message()))
    with pytest.raises(ReadError, match=r"a\.mbox: it is no mailbox"):
        item.read()


def test_a_mail_in_a_mailbox_that_is_too_large_fails_alone() -> None:
    line = b"From x@y Tue Mar  4 06:30:00 2025\n"
    file = io.BytesIO(line + b"Subject: x\n\n" + b"x" * 51_000_000 + b"\n\n" + line + bytes(message()))
    first, second = items_in_bytes("a.mbox", file.getvalue())
    with pytest.raises(ReadError, match=r"a\.mbox#1: it has more than 50 MB"):
        first.read()
    assert body(second.read()) == [FIRST, SECOND, THIRD]
