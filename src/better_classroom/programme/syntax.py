"""libyaml's errors in words for people who never asked to know YAML."""

from __future__ import annotations

import yaml

# What libyaml says, what we say, what to do. The first that is contained in the problem counts.
_EXPLAINED = (
    (
        "mapping values are not allowed",
        "a colon stands where YAML cannot read one",
        "put a text that contains “: ” into quotes; and check that this line begins where its neighbours do",
    ),
    ("tab character", "a tab stands where YAML wants spaces", "indent with spaces"),
    (
        "cannot start any token",
        "a value cannot begin with this character",
        "put a text that begins with @, % or ` into quotes; indent with spaces, never tabs",
    ),
    (
        "while scanning a quoted scalar",
        "a quotation mark is opened here and never closed",
        "close it with the same mark, \" or '",
    ),
    ("',' or ']'", "this list is not closed, or a comma is missing in it", "write [first, second]"),
    ("',' or '}'", "this group is not closed, or a comma is missing in it", "write {key: value, other: value}"),
    (
        "could not find expected ':'",
        "a key without its colon",
        "write `key: value`, with a blank after the colon; indent a text of several lines deeper than its key",
    ),
    (
        "did not find expected key",
        "this line belongs nowhere",
        "begin it exactly where its neighbours begin; quotation marks, here or above, enclose a whole text",
    ),
    ("did not find expected '-'", "this line is no part of the list before it", "begin it with “- ”, or indent less"),
    (
        "block sequence entries are not allowed",
        "a list cannot begin here",
        "begin it on the next line, indented, with “- ”",
    ),
    (
        "unknown escape character",
        "a backslash inside double quotes means something to YAML",
        "use single quotes, or write \\\\ for one backslash",
    ),
    ("unexpected end of stream", "the file ends in the middle of something", "close what this line opens"),
    ("document start", "something follows the end of the programme", "remove it, or indent it as its neighbours are"),
    ("mapping keys are not allowed", "a text cannot begin with “? ”", "put it into quotes"),
    ("expected node content", "a value is missing before this", "write it, or remove the comma or bracket"),
    ("undefined tag handle", "an exclamation mark begins a tag, and a programme has none", "put the text into quotes"),
    ("while scanning an anchor", "a text cannot begin with &", "put it into quotes"),
    ("while scanning an alias", "a text cannot begin with *", "put it into quotes"),
    ("while scanning a block scalar", "a text of several lines begins wrongly", "write nothing after the | or >"),
)


def explain(error: yaml.MarkedYAMLError) -> tuple[int, int, str, str]:
    """Return line, column, message and remedy of a syntax error."""
    problem, context = str(error.problem or ""), str(error.context or "")
    place = error.problem_mark or error.context_mark
    if _is_where_it_began(error, problem, context):
        place = error.context_mark or place
    line, column = (place.line + 1, place.column + 1) if place else (1, 1)
    for words, message, remedy in _EXPLAINED:
        if words in f"{context}: {problem}":
            return line, column, message, remedy
    return line, column, f"this cannot be read as YAML: {problem or context}", "docs/programme.md shows the form"


def _is_where_it_began(error: yaml.MarkedYAMLError, problem: str, context: str) -> bool:
    """Whether a person should look at what was begun, rather than at the place where hope was given up."""
    if any(words in context for words in ("simple key", "an anchor", "an alias", "block scalar")):
        return "tab character" not in problem
    if "quoted scalar" in context:
        return "end of stream" in problem
    opened, missed = error.context_mark, error.problem_mark
    return "flow" in context and opened is not None and missed is not None and opened.line != missed.line
