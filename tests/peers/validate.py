"""Holds files against schemas with validators that nobody here wrote.

Usage: validate.py json SCHEMA FILE     JSON Schema, one document
       validate.py lines SCHEMA FILE    JSON Schema, a document a line
       validate.py toml SCHEMA FILE     JSON Schema, a TOML file
       validate.py xsd SCHEMA FILE      XML Schema
       validate.py yaml - FILE          no schema: prints the YAML file's documents as JSON
Prints what is wrong, and ends with 1 where something is.
"""

import json
import sys


def against_json_schema(schema, documents):
    import jsonschema

    with open(schema, encoding="utf-8") as file:
        schema = json.load(file)
    kind = jsonschema.validators.validator_for(schema, default=None)
    if kind is None:
        return [f"the schema names no dialect that is known: {schema.get('$schema')}"]
    kind.check_schema(schema)
    validator = kind(schema)
    wrong = []
    for at, document in enumerate(documents, 1):
        for error in validator.iter_errors(document):
            wrong.append(f"{at}: {error.json_path}: {error.message[:500]}")
    return wrong


def against_xml_schema(schema, path):
    import lxml.etree

    # What is not in the file itself is never fetched.
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    schema = lxml.etree.XMLSchema(lxml.etree.parse(schema, parser))
    document = lxml.etree.parse(path, parser)
    return [] if schema.validate(document) else [str(error) for error in schema.error_log]


def yaml_as_json(path):
    import yaml

    with open(path, encoding="utf-8") as file:
        # YAML 1.1 reads the key `on` as true: JSON has no such key.
        print(json.dumps(list(yaml.safe_load_all(file)), default=str))


def main(kind, schema, path):
    if kind == "yaml":
        yaml_as_json(path)
        return
    if kind == "xsd":
        wrong = against_xml_schema(schema, path)
    elif kind == "toml":
        import tomllib

        with open(path, "rb") as file:
            document = tomllib.load(file)
        # The schema speaks of JSON: dates are texts there.
        wrong = against_json_schema(schema, [json.loads(json.dumps(document, default=lambda date: date.isoformat()))])
    else:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        documents = [json.loads(line) for line in text.splitlines()] if kind == "lines" else [json.loads(text)]
        wrong = against_json_schema(schema, documents)
    for line in wrong[:50]:
        print(line)
    print(f"{len(wrong)} problems")
    sys.exit(1 if wrong else 0)


main(*sys.argv[1:])
