"""The OpenAPI document: what its own readers say of it, and that it has every row of the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from json_schema import validator
from msgspec import json

from chatd.cli import main
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import RequestType

# What lies in java.lang, and needs no import. (File, Import, List … are renamed by generators.)
IN_JAVA = {
    "Boolean", "Byte", "Character", "Class", "Deprecated", "Double", "Enum", "Error", "Exception", "Float",
    "Integer", "Iterable", "Long", "Module", "Number", "Object", "Override", "Package", "Process", "Record",
    "Runtime", "Short", "String", "System", "Thread", "Throwable", "Void",
}  # fmt: skip


@pytest.fixture(scope="module")
def document() -> Any:
    result = CliRunner().invoke(main, ["schema", "--openapi"])
    assert result.exit_code == 0, result.output
    return json.decode(result.stdout)


def test_the_document_is_openapi(document: Any) -> None:
    """As schemathesis reads it, which asks a server by it."""
    import schemathesis  # takes long, like jsonschema

    schemathesis.openapi.from_dict(document).validate()
    assert document["openapi"].startswith("3.1.")
    for schema in document["components"]["schemas"].values():
        validator(schema).check_schema(schema)
    for reference in _references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (value["$ref"],) if "$ref" in value else ()
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _references(one)


@pytest.mark.parametrize("row", REQUESTS.values(), ids=lambda row: row.name)
def test_every_request_is_an_operation(document: Any, row: RequestType) -> None:
    operation = document["paths"][row.http.path][row.http.method.lower()]
    assert operation["operationId"] == row.name
    assert str(row.http.status) in operation["responses"]
    named = {parameter["name"] for parameter in operation["parameters"] if "name" in parameter}
    in_body = set()
    if row.http.has_body:
        content = operation["requestBody"]["content"]["application/json"]
        schema = document["components"]["schemas"][row.request.__name__]
        assert content["schema"]["$ref"].endswith(f"/{row.request.__name__}")
        assert not schema["additionalProperties"]
        in_body = schema["properties"].keys()
        if "example" in content:
            validator({**schema, "components": document["components"]}).validate(content["example"])
    assert named | in_body == set(row.fields)
    assert not named & in_body


@pytest.mark.parametrize("options", [["--openapi"], ["--asyncapi"]])
def test_an_integer_that_may_not_fit_into_32_bits_says_so(options: list[str]) -> None:
    """Otherwise what generates code makes an int32 of it: times overflow, and Go does not even compile."""
    document = json.decode(CliRunner().invoke(main, ["schema", *options]).stdout)
    integers = [one for one in _schemas(document) if one.get("type") == "integer"]
    wide = [one for one in integers if one.get("maximum", 2**53) >= 2**31]
    assert 0 < len(wide) < len(integers)
    assert {one.get("format") for one in wide} == {"int64"}
    assert not [one for one in integers if one not in wide and "format" in one]


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _schemas(one)


@pytest.mark.parametrize("options", [[], ["--openapi"], ["--asyncapi"]])
def test_an_array_is_of_one_schema(options: list[str]) -> None:
    """Some makers of code take no document with `prefixItems`, or with a boolean as the schema of items."""
    document = json.decode(CliRunner().invoke(main, ["schema", *options]).stdout)
    arrays = [one for one in _schemas(document) if one.get("type") == "array"]
    assert arrays
    for array in arrays:
        assert isinstance(array["items"], dict)
        assert "prefixItems" not in array


def test_no_schema_has_the_name_of_what_generated_code_itself_uses(document: Any) -> None:
    """A class is made for each; one called Override hides the annotation that each method of Java has."""
    assert not document["components"]["schemas"].keys() & IN_JAVA


def test_the_document_has_no_operation_that_is_no_request(document: Any) -> None:
    operations = [name for path in document["paths"].values() for name in path]
    assert len(operations) == len(REQUESTS)
