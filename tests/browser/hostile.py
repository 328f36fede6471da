"""An article that tries everything, and how a page shows that nothing of it came true."""

from playwright.sync_api import Page

# Each sets `canary` where it runs, or asks evil.example for something, or shows 49.
PAYLOADS = (
    "<script>canary=1</script>",
    "<img src=https://evil.example/a.png onerror=canary=1>",
    "${7*7}{{7*7}}",
    "${canary=1}",
    "[tap](javascript:canary=1)",
    "[more](https://evil.example/c)",
    '<form action="https://evil.example/d"><button>Go</button></form>',
    "\\x3cimg src\\x3dx onerror\\x3dcanary=1\\x3e \\u12",
    "<style>*{background:url(https://evil.example/e.png)}</style>",
    "<iframe src=https://evil.example/f></iframe>",
    '"onmouseover="canary=1',
    "'><svg onload=canary=1>",
    "&lt;b&gt; &#60;b&#62; </div></p></template>",
    "\u202egnp.exe\u2066",
    "<https://evil.example/g> `code` **bold** $$x$$",
    "![pixel](https://evil.example/b.png)",  # last, for a sentence may end at its first character
)
TITLE = "Lamp " + " ".join(PAYLOADS) + " of Quillfeather"
# Commas, for the splitter of sentences takes some of them for an end; the body of an answer is to have them all.
SENTENCE = f"The lamp of the Quillfeather lighthouse weighs 77 tonnes {', '.join(PAYLOADS)} and turns at night."
QUESTION = "what does the lamp of the Quillfeather lighthouse weigh?"
HOSTILE_ARTICLE = f"""Title: {TITLE}
Publisher: Evil <img src=https://evil.example/p.png onerror=canary=1> Press
Date: 3 March 2025
By: Mallory <script>canary=1</script>
URL: https://evil.example/"onmouseover="canary=1/x

{SENTENCE}

Its keeper, Ozias {"".join(PAYLOADS[:3])} Thrupp, said that the stairs have 301 steps.
"""

_FORGED = """() => {
  const ours = location.origin;
  const found = [];
  for (const e of document.querySelectorAll("*")) {
    for (const name of e.getAttributeNames()) {
      const value = e.getAttribute(name);
      if (/^on/i.test(name) || /^\\s*javascript:/i.test(value)) found.push(e.outerHTML);
      const loads = ["src", "srcset", "action", "formaction", "data", "poster", "style", "background"].includes(name);
      if (loads && value.includes("evil.example")) found.push(e.outerHTML);
    }
    if (["SCRIPT", "STYLE"].includes(e.tagName) && e.textContent.includes("evil.example")) found.push(e.outerHTML);
    if (["IFRAME", "OBJECT", "EMBED"].includes(e.tagName)) found.push(e.outerHTML);
    if (e.tagName === "FORM" && e.action && !e.action.startsWith(ours)) found.push(e.outerHTML);
  }
  for (const e of document.querySelectorAll("#nc-history :is(.nc-answer, .nc-problem, [data-testid=user]) *")) {
    if (["IMG", "FORM", "SCRIPT", "STYLE", "svg", "BUTTON", "VIDEO"].includes(e.tagName)) found.push(e.outerHTML);
    if (e.tagName === "A" && !new URL(e.href, document.baseURI).href.startsWith(ours)) found.push(e.outerHTML);
  }
  if (window.canary !== undefined) found.push("the canary was set");
  return found;
}"""


def assert_inert(page: Page) -> None:
    """Assert that nothing of an article or a model has become script, image, form, frame or style on a page.

    That nothing was asked for elsewhere is seen by the page's `Watch`.
    """
    assert page.evaluate(_FORGED) == []


def reads(shown: str, text: str) -> bool:
    """Tell whether a text stands in what a page shows, letter by letter; only spaces may differ."""
    return " ".join(text.split()) in " ".join(shown.replace("\xa0", " ").split())
