"""From an OpenAPI document to what the page about the API says: operations, their fields, and a line to try each.

Pure functions from JSON to small nouns; the page itself is `templates/api.html`. It knows as much of JSON Schema as
our own document uses.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from markdown_it import MarkdownIt
from markupsafe import Markup

Json = Mapping[str, Any]
_SHAPES = "#/components/schemas/"
_markdown = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value is, in words, and the name of its shape where it has one: "list of" Citation."""

    words: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a shape."""

    name: str
    kind: Kind
    description: str
    required: bool = False
    place: str = ""  # of a parameter: path, query, header


@dataclass(frozen=True, slots=True)
class Shape:
    """A JSON object."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One way in which an operation can end."""

    status: str
    description: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be asked of the server."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: Kind | None
    curl: str
    replies: tuple[Reply, ...]

    @property
    def name(self) -> str:
        """What a reader knows it by: GET /api/articles."""
        return f"{self.method} {self.path}"

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return re.sub(r"[^a-z]+", "-", self.name.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Described:
    """The whole API."""

    base: str
    groups: dict[str, list[Operation]]  # by what they are about
    shapes: tuple[Shape, ...]


def described(document: Json, base: str, given: Mapping[str, str]) -> Described:
    """Return what there is to say about the operations under `/api`.

    `base` is the address of the site, with a slash at its end; `given` are values for parameters in the examples.
    """
    schemas: Json = document.get("components", {}).get("schemas", {})
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/"):
                described = _operation(method.upper(), path, operation, schemas, base, given)
                groups.setdefault(next(iter(operation.get("tags", ())), "Other"), []).append(described)
    used = _used([operation for methods in document["paths"].values() for operation in methods.values()], schemas)
    return Described(base, groups, tuple(_shape(name, schemas[name]) for name in used))


def prose(text: str) -> Markup:
    """Return a description of several paragraphs as HTML; HTML in it is text."""
    return Markup(_markdown.render(text))


def sentence(text: str) -> Markup:
    """Return a description of one paragraph as HTML."""
    return Markup(_markdown.renderInline(text))


def _operation(
    method: str, path: str, operation: Json, schemas: Json, base: str, given: Mapping[str, str]
) -> Operation:
    parameters = operation.get("parameters", [])
    return Operation(
        method=method,
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=tuple(_field(each["name"], each["schema"], each) for each in parameters),
        body=kind_of(_body(operation)) if _body(operation) else None,
        curl=_curl(method, path, operation, schemas, base, given),
        replies=tuple(_reply(status, reply) for status, reply in operation["responses"].items()),
    )


def _body(operation: Json) -> Json:
    content: dict[str, Json] = operation.get("requestBody", {}).get("content", {})
    return next((body.get("schema", {}) for body in content.values()), {})


def _reply(status: str, reply: Json) -> Reply:
    description = reply["description"].replace("Successful Response", "")  # FastAPI's words where nobody gave any
    for media, content in reply.get("content", {}).items():
        if media == "application/json":
            return Reply(status, description, kind_of(content.get("schema", {})))
        return Reply(status, description, Kind(media))
    return Reply(status, description, Kind("nothing"))


def _shape(name: str, schema: Json) -> Shape:
    required = schema.get("required", ())
    fields = (_field(each, of, {"required": each in required}) for each, of in schema.get("properties", {}).items())
    return Shape(name, schema.get("description", ""), tuple(fields))


def _field(name: str, schema: Json, about: Json) -> Field:
    description = about.get("description") or schema.get("description", "")
    return Field(name, kind_of(schema), description, about.get("required", False), about.get("in", ""))


# -- kinds ------------------------------------------------------------------------------------------------------------


def kind_of(schema: Json) -> Kind:
    """Return what a schema allows, in words."""
    if "$ref" in schema:
        return Kind("", schema["$ref"].removeprefix(_SHAPES))
    if "anyOf" in schema:
        kinds = [kind_of(each) for each in schema["anyOf"]]
        words = " or ".join(kind.words for kind in kinds if kind.words)
        return Kind(f"or {words}" if kinds[0].shape else words, kinds[0].shape)
    if "enum" in schema:
        return Kind(", ".join(json.dumps(value) for value in schema["enum"]))
    if schema.get("type") == "array":
        inner = kind_of(schema.get("items", {}))
        return Kind(f"list of {inner.words}".rstrip(), inner.shape)
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return Kind(f"object of {kind_of(schema['additionalProperties']).words}")
    kind = str(schema.get("type", "anything"))
    return Kind(schema.get("format") or _TYPES.get(kind, kind))


_TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def _used(schema: Any, schemas: Json, seen: Sequence[str] = ()) -> list[str]:
    """Return the names of the shapes that a document part refers to, in the order in which a reader meets them."""
    found = list(seen)
    for name in _references(schema):
        if name not in found:
            found = _used(schemas[name], schemas, [*found, name])
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].removeprefix(_SHAPES)
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _references(each)


# -- a line to try ----------------------------------------------------------------------------------------------------


def _curl(method: str, path: str, operation: Json, schemas: Json, base: str, given: Mapping[str, str]) -> str:
    """Return a line for a shell. Only where nothing is changed does it name something real."""
    known = given if method == "GET" else {}
    needed = [each for each in operation.get("parameters", []) if each.get("required")]
    values = {each["name"]: known.get(each["name"]) or _placeholder(each) for each in needed}
    by_place = {
        place: {each["name"]: values[each["name"]] for each in needed if each["in"] == place} for place in _PLACES
    }
    for name, value in by_place["path"].items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    query = f"?{urlencode(by_place['query'])}" if by_place["query"] else ""
    words = ["curl"]
    if "text/event-stream" in operation["responses"].get("200", {}).get("content", {}):
        words.append("--no-buffer")
    if method not in ("GET", "POST"):
        words += ["-X", method]
    for name, value in by_place["header"].items():
        words += ["-H", f"{name}: {value}"]
    return shlex.join([*words, *_data(operation, schemas), base.rstrip("/") + path + query])


_PLACES = ("path", "query", "header")


def _placeholder(parameter: Json) -> str:
    return str(next(iter(parameter["schema"].get("examples", ())), parameter["name"].upper()))


def _data(operation: Json, schemas: Json) -> list[str]:
    """Return the words by which curl sends a body."""
    if "multipart/form-data" in operation.get("requestBody", {}).get("content", {}):
        return ["-F", "files=@FILE"]
    example = _example(_body(operation), schemas)
    if example is None:
        return []
    return ["-H", "Content-Type: application/json", "-d", json.dumps(example, ensure_ascii=False)]


def _example(schema: Json, schemas: Json) -> Any:
    """Return the first example of a schema, None where it gives none."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].removeprefix(_SHAPES)]
    return next(iter(schema.get("examples", ())), None)
