#!/usr/bin/python3
"""Checks an OpenRPC document: validate.py SCHEMA DOCUMENT

Prints each error with its place and exits with 1; prints nothing and exits with 0 when there is none.
"""

import json
import sys

try:
    from jsonschema import Draft7Validator, FormatChecker, SchemaError
except ImportError:
    sys.exit("validate.py needs jsonschema: make test-packages")

FORMATS = FormatChecker()


def place(path):
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def mismatches(value, schema, path):
    """What of a value does not fit a schema."""
    for error in Draft7Validator(schema, format_checker=FORMATS).iter_errors(value):
        yield place([*path, *error.absolute_path]), error.message


def objects(value, path=()):
    """Every object of a document with its path."""
    if isinstance(value, dict):
        yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from objects(child, (*path, key))


def target(document, reference):
    """What a reference inside the document leads to; None when it leads nowhere."""
    if not reference.startswith("#"):
        return None
    here = document
    for part in reference[1:].split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        elif isinstance(here, dict) and part in here:
            here = here[part]
        else:
            return None
    return here


def resolved(document, values):
    """The values with what they refer to in place of references."""
    return [target(document, value["$ref"]) if "$ref" in value else value for value in values]


def broken_references(document):
    for path, found in objects(document):
        if isinstance(found.get("$ref"), str) and target(document, found["$ref"]) is None:
            yield place(path), f"{found['$ref']} leads nowhere"


def broken_rules(document):
    """What the specification demands and the schema cannot say."""
    names = set()
    for number, method in enumerate(resolved(document, document["methods"])):
        path = ["methods", number]
        if method["name"] in names:
            yield place([*path, "name"]), f"{method['name']} is there twice"
        names.add(method["name"])
        params = resolved(document, method["params"])
        if len({param["name"] for param in params}) < len(params):
            yield place([*path, "params"]), "a name is there twice"
        order = [param.get("required", False) for param in params]
        if order != sorted(order, reverse=True):
            yield place([*path, "params"]), "an optional param is before a required one"


def wrong_schemas(document):
    """Schemas that are not of draft 7, and their examples that do not fit."""
    for path, content in objects(document):
        if "name" not in content or "schema" not in content:
            continue
        try:
            Draft7Validator.check_schema(content["schema"])
        except SchemaError as error:
            yield place([*path, "schema", *error.absolute_path]), error.message
            continue
        for inner, schema in objects(content["schema"], (*path, "schema")):
            examples = schema.get("examples")
            for number, example in enumerate(examples if isinstance(examples, list) else []):
                yield from mismatches(example, schema, [*inner, "examples", number])


def wrong_examples(document):
    """Examples of methods that do not fit the schemas of the params and the result."""
    for number, method in enumerate(resolved(document, document["methods"])):
        params = {param["name"]: param for param in resolved(document, method["params"])}
        for index, pairing in enumerate(resolved(document, method.get("examples", []))):
            path = ["methods", number, "examples", index]
            examples = resolved(document, pairing["params"])
            given = {example["name"] for example in examples}
            for name in (name for name, param in params.items() if param.get("required") and name not in given):
                yield place([*path, "params"]), f"{name} is missing"
            for position, example in enumerate(examples):
                here = [*path, "params", position]
                if example["name"] in params:
                    yield from mismatches(example["value"], params[example["name"]]["schema"], [*here, "value"])
                else:
                    yield place(here), f"{example['name']} is no param"
            if "result" in pairing:
                example, result = resolved(document, [pairing["result"], method["result"]])
                yield from mismatches(example["value"], result["schema"], [*path, "result", "value"])


def errors(schema, document):
    """Each check stands on the one before it."""
    checks = (broken_references, wrong_schemas, broken_rules, wrong_examples)
    for check in (lambda document: mismatches(document, schema, []), *checks):
        found = list(check(document))
        if found:
            return found
    return []


def main(schema_file, document_file):
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    with open(document_file, encoding="utf-8") as file:
        document = json.load(file)
    Draft7Validator.check_schema(schema)
    found = errors(schema, document)
    for where, what in found:
        print(f"{where}: {what[:300]}")
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
