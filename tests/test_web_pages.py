"""What a web page must become: one article under its own address, whichever form of it was fetched; or one line."""

from indexes.readers.html import fragment


def test_a_piece_of_html_that_is_an_article_already_keeps_all_its_text() -> None:
    blocks = fragment("<p>The ferry is back.</p><h2>Tolls</h2><p>It costs two <b>crowns</b>.</p><ul><li>One bus</ul>")
    assert [(block.text, block.known) for block in blocks] == [
        ("The ferry is back.", "body"),
        ("Tolls", "heading"),
        ("It costs two crowns.", "body"),
        ("One bus", "body"),
    ]
    assert fragment("") == fragment("<!-- nothing -->") == ()
