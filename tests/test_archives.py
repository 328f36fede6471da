"""What an archive must become: its members, read as the files of a folder are, and no bomb."""

import io
import json
import mailbox
import struct
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest

from indexes.errors import ReadError
from indexes.readers import items, items_in_bytes

STORY = "The ferry to Skarra sails again on Monday, nine months late.\n\nThe council paid for the new pier.\n"


def packed_as(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def outcomes(data: bytes) -> dict[str, str]:
    """Return what became of each member: how many paragraphs it has, or the error."""
    found = {}
    for item in items_in_bytes("all.zip", data):
        try:
            found[item.name] = f"{len(item.read().body)}"
        except ReadError as error:
            found[item.name] = f"{error.what} {error.hint or 'NO HINT'}"
    assert not any("\n" in outcome or "NO HINT" in outcome for outcome in found.values())
    return found


def word() -> bytes:
    document, file = docx.Document(), io.BytesIO()
    for text in STORY.strip().split("\n\n"):
        document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def mail(subject: str = "The ferry is back") -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"] = subject, "The Post <news@post.example>"
    made.set_content(STORY)
    return made


def box(folder: Path) -> bytes:
    made = mailbox.mbox(folder / "box")
    for number in range(2):
        made.add(mail(f"The ferry is back {number}"))
    made.close()
    return (folder / "box").read_bytes()


def test_an_archive_is_its_members_in_order_whatever_their_format(tmp_path: Path) -> None:
    record = json.dumps({"title": "Ferry", "text": STORY})
    data = packed_as(
        {
            "stories/b.txt": STORY,
            "stories/": b"",
            "stories/a.md": f"# Ferry\n\n{STORY}",
            "c.docx": word(),
            "d.eml": bytes(mail()),
            "e.mbox": box(tmp_path),
            "f.jsonl": f"{record}\n{{\n{record}\n",
            "g.odt": b"x",
            "h.zip": packed_as({"a.txt": STORY}),
            "i.txt": b"",
            "j.json": b"[]",
        }
    )
    found = outcomes(data)
    assert list(found) == [
        "all.zip#c.docx", "all.zip#d.eml", "all.zip#e.mbox#1", "all.zip#e.mbox#2", "all.zip#f.jsonl#1",
        "all.zip#f.jsonl#2", "all.zip#f.jsonl#3", "all.zip#g.odt", "all.zip#h.zip", "all.zip#i.txt", "all.zip#j.json",
        "all.zip#stories/a.md", "all.zip#stories/b.txt",
    ]  # fmt: skip
    assert found.pop("all.zip#f.jsonl#2").startswith("all.zip#f.jsonl#2: it is no JSON")
    assert found.pop("all.zip#g.odt").startswith("all.zip#g.odt: not read yet: .odt;")
    assert found.pop("all.zip#h.zip").startswith("all.zip#h.zip: it is an archive in an archive, which is not opened.")
    assert found.pop("all.zip#i.txt").startswith("all.zip#i.txt: it is empty.")
    assert found.pop("all.zip#j.json").startswith("all.zip#j.json: there is no article in it.")
    assert set(found.values()) == {"2"}


def test_a_member_lends_its_article_its_name_and_its_place(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(packed_as({"stories/ferry-is_back.txt": STORY}))
    (found,) = [item.read() for item in items(path)]
    assert (found.title, found.source) == ("ferry is back", f"{path}#stories/ferry-is_back.txt")


def test_what_is_hidden_or_belongs_to_a_page_is_passed_over() -> None:
    page = f"<html><body><h1>Ferry</h1><p>{'The ferry to Skarra sails again on Monday. ' * 5}</p></body></html>"
    members = {"a.txt": STORY, ".b.txt": STORY, ".git/c.txt": STORY, "__MACOSX/._a.txt": b"x", "x/__MACOSX/b": b"x"}
    assert list(outcomes(packed_as({**members, "p.html": page, "p_files/s.js": "x", "q_files/t.txt": STORY}))) == [
        "all.zip#a.txt",
        "all.zip#p.html",
        "all.zip#q_files/t.txt",
    ]


def test_a_name_is_a_name_and_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = outcomes(
        packed_as({"../up.txt": STORY, "/etc/abs.txt": STORY, "two\nlines.txt": STORY, "Skärgård.txt": STORY})
    )
    assert list(found) == [
        "all.zip#../up.txt",
        "all.zip#/etc/abs.txt",
        "all.zip#Skärgård.txt",
        "all.zip#two\ufffdlines.txt",
    ]
    assert set(found.values()) == {"2"}
    assert not list(tmp_path.iterdir())


def test_a_name_in_utf_8_that_does_not_say_so_is_read() -> None:
    data = packed_as({"Sk\u00e4r.txt": STORY})
    unsaid = data.replace(b"\x00\x08", b"\x00\x00")
    assert unsaid != data
    assert list(outcomes(unsaid)) == ["all.zip#Skär.txt"]


# --- bad input --------------------------------------------------------------------------------------------------------


def locked(data: bytes) -> bytes:
    """Return an archive whose only member says that it is encrypted."""
    at = data.rindex(b"PK\x01\x02")
    return data[:6] + b"\x01" + data[7 : at + 8] + b"\x01" + data[at + 9 :]


GOOD = packed_as({"a.txt": STORY, "b.txt": STORY})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\n", "all.zip: it is empty"),
        (b"only text", "all.zip: it is cut off or damaged"),
        (GOOD[:-30], "all.zip: it is cut off or damaged"),
        (packed_as({}), "all.zip: there is no article in it"),
        (packed_as({".hidden": "x"}), "all.zip: there is no article in it"),
        (locked(packed_as({"a.txt": STORY})), "all.zip#a.txt: it is locked with a password"),
        (packed_as({"a.txt": STORY}, zipfile.ZIP_BZIP2), "all.zip#a.txt: it is packed in a rare way"),
        (packed_as({"a.txt": STORY}, zipfile.ZIP_LZMA), "all.zip#a.txt: it is packed in a rare way"),
        (packed_as({"a.mbox": STORY}, zipfile.ZIP_LZMA), "all.zip#a.mbox: it is packed in a rare way"),
        (packed_as({"a.txt": b" " * 5_000_000}), "all.zip#a.txt: it would grow beyond measure"),
        (packed_as({"a.jsonl": b" " * 5_000_000}), "all.zip#a.jsonl: it would grow beyond measure"),
        (packed_as({"a.txt": b"x" * 21_000_000}, zipfile.ZIP_STORED), "all.zip#a.txt: it has 21 MB; at most 20 MB"),
        (packed_as({f"{i}.txt": "" for i in range(20_001)}), "all.zip: it has too many members"),
    ],
)
def test_what_is_not_read_gets_one_clear_line(data: bytes, says: str) -> None:
    (error,) = outcomes(data).values()
    assert error.startswith(says)


def test_a_member_that_is_damaged_stops_nothing() -> None:
    at = GOOD.index(b"a.txt") + 8
    first, second = outcomes(GOOD[:at] + b"\xff\xff\xff" + GOOD[at + 3 :]).values()
    assert first.startswith("all.zip#a.txt: it is cut off or damaged.")
    assert second == "2"


def test_a_member_of_many_that_is_damaged_keeps_what_came_before() -> None:
    record = json.dumps({"title": "Ferry", "text": STORY}) + "\n"
    long = json.dumps({"title": "Ferry", "x": "x" * 2000}) + "\n"
    data = packed_as({"a.jsonl": record + long * 100, "b.txt": STORY}, zipfile.ZIP_STORED)
    at = data.index(b"PK", 100) - 200
    found = list(outcomes(data[:at] + b"#" + data[at + 1 :]).items())
    assert found[0] == ("all.zip#a.jsonl#1", "2")
    assert any("cut off or damaged" in outcome for _, outcome in found)
    assert found[-1] == ("all.zip#b.txt", "2")


def test_a_directory_that_promises_too_much_is_refused() -> None:
    data = packed_as({"a.txt": STORY, "b.txt": STORY})
    for at in [i for i in range(len(data)) if data[i : i + 4] == b"PK\x01\x02"]:
        data = data[: at + 24] + struct.pack("<L", 1_500_000_000) + data[at + 28 :]
    (error,) = outcomes(data).values()
    assert error.startswith("all.zip: it holds 3,000 MB when it is unpacked; at most 2,000 MB are.")


def test_members_that_share_their_bytes_are_refused() -> None:
    first, second = (GOOD.rindex(name) - 46 for name in (b"a.txt", b"b.txt"))
    (error,) = outcomes(GOOD[: second + 42] + GOOD[first + 42 : first + 46] + GOOD[second + 46 :]).values()
    assert error.startswith("all.zip: its members lie over each other, as in a ZIP bomb.")


def test_a_directory_that_is_too_large_is_not_even_read() -> None:
    at = GOOD.rindex(b"PK\x05\x06")
    (error,) = outcomes(GOOD[: at + 12] + struct.pack("<L", 30_000_000) + GOOD[at + 16 :]).values()
    assert error.startswith("all.zip: it has too many members")
