"""Reads a PowerShell script, named as the argument, with tree-sitter's grammar, and prints what it is made of, as JSON.

The grammar is nobody's here. What it does not know is added by PowerShell's own rules ("about_Quoting_Rules", and IsSingleQuote of
PowerShell's CharTraits.cs): inside of a string in single quotes each of five characters is a quote, and stands for itself when it is doubled.
"""

import json
import re
import sys

import tree_sitter
import tree_sitter_powershell

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
# What PowerShell itself does is called Verb-Noun; all else is a program.
OWN = re.compile(r"[A-Z][A-Za-z]+-[A-Z][A-Za-z]+")
CHECKED = re.compile(r"if \(\$LASTEXITCODE -ne 0\) \{ throw ")
# Stands for what is not known before the script runs.
VARIABLE = "\ufffc"


def text(node):
    return node.text.decode()


def walk(node):
    yield node
    for child in node.children:
        yield from walk(child)


def above(node, kinds):
    while node is not None and node.type not in kinds:
        node = node.parent
    return node


def value(node, wrong):
    """A string's value by PowerShell's rules."""
    inner, out, at = text(node)[1:-1], [], 0
    while at < len(inner):
        out.append(inner[at])
        if inner[at] in SINGLE_QUOTES:
            if at + 1 == len(inner) or inner[at + 1] not in SINGLE_QUOTES:
                wrong.append(f"a quote ends the string early: {text(node)}")
            at += 1
        at += 1
    return "".join(out)


def added(node, wrong):
    """The value of literals that are added up, with a mark for all else."""
    if node.type == "verbatim_string_characters":
        return value(node, wrong)
    if node.type == "additive_expression" and len(node.children) == 3:
        return added(node.children[0], wrong) + added(node.children[2], wrong)
    if len(node.named_children) == 1 and node.type not in ("invokation_expression", "member_access"):
        return added(node.named_children[0], wrong)
    return VARIABLE


def checked(command):
    """Whether the next statement looks at the exit code."""
    statement = above(command, ["pipeline"])
    while statement.parent.type not in ("statement_list", "script_block_body"):
        statement = above(statement.parent, ["pipeline"])
        if statement is None:
            return False
    following = statement.next_named_sibling
    return following is not None and CHECKED.match(text(following)) is not None


def read(source):
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    root = parser.parse(source.encode()).root_node
    wrong, strings, commands, functions, expandable = [], [], [], [], []
    outside = list(source.encode())
    for node in walk(root):
        if node.is_error or node.is_missing:
            wrong.append(f"line {node.start_point[0] + 1} is no PowerShell: {text(node)[:200]}")
        if node.type in ("verbatim_string_characters", "comment"):
            outside[node.start_byte : node.end_byte] = b" " * (node.end_byte - node.start_byte)
        if node.type == "verbatim_string_characters":
            strings.append(value(node, wrong))
        if node.type == "expandable_string_literal":
            expandable.append(text(node))
        if node.type == "function_name":
            functions.append(text(node))
        if node.type == "command":
            name = node.child_by_field_name("command_name") or next(
                (child for child in node.children if child.type == "command_name"), None
            )
            if name is None:
                continue
            elements = next((child for child in node.children if child.type == "command_elements"), None)
            arguments = [child for child in elements.named_children if child.type != "command_argument_sep"] if elements else []
            commands.append(
                {
                    "name": text(name),
                    "is_program": OWN.fullmatch(text(name)) is None,
                    "is_checked": checked(node),
                    "arguments": [added(argument, wrong) if "'" in text(argument) else text(argument) for argument in arguments],
                }
            )
    rest = bytes(outside).decode(errors="replace")
    for letter in sorted({letter for letter in rest if not letter.isascii()}):
        wrong.append(f"U+{ord(letter):04X} is outside of strings and comments")
    if "--%" in rest:
        wrong.append("--% is outside of strings and comments")
    return {"wrong": wrong, "strings": strings, "commands": commands, "functions": functions, "expandable": expandable}


with open(sys.argv[1], encoding="utf-8", newline="") as script:
    json.dump(read(script.read()), sys.stdout)
