"""The one Jinja2 environment of all pages: `templates.TemplateResponse(request, "library.html", {"up": "./", …})`.

Whatever a template prints is escaped, whatever it names must be given, and `ui/templates/base.html` says what a page
gives it. Template text is ours; article text only ever comes in as a value.
"""

from fastapi.templating import Jinja2Templates
from jinja2 import Environment, PackageLoader, StrictUndefined

from ui.message import day


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = day
    return environment


templates = Jinja2Templates(env=_environment())
