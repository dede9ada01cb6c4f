r"""The language of ``q``: from text to a test of one file.

google-apis.md D.2 "q syntax": terms joined by ``and``, ``or`` and ``not``, parentheses, strings in single quotes with
``\'`` and ``\\``. What a term means is in terms.py. ``not`` binds closest, then ``and``, then ``or``: Google's order
for a mixture without parentheses is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from better_classroom.sandbox.drive import terms
from better_classroom.sandbox.drive.refusals import invalid
from better_classroom.sandbox.drive.terms import Predicate, Subject

_DEEPEST = 50  # a guard of our own: nobody writes more parentheses, and Python's stack ends somewhere
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\['\\])*')
          |(?P<mark><=|>=|!=|[=<>(){}])
          |(?P<word>[A-Za-z][A-Za-z0-9_.]*))""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(['\\])")
Token = tuple[str, str]  # (kind, value); kind is text, mark, word or end
_END: Token = ("end", "")


def parse(q: str) -> Predicate:
    """The test that ``q`` describes; raises 400 "Invalid Value" for anything that is no query."""
    if not q.strip():
        return _everything
    parser = _Parser(_tokens(q))
    predicate = parser.either()
    if parser.token != _END:
        raise invalid("q")
    return predicate


def _everything(_: Subject) -> bool:
    return True


def _tokens(q: str) -> list[Token]:
    found: list[Token] = []
    position, end = 0, len(q.rstrip())
    while position < end:
        match = _TOKEN.match(q, position)
        if match is None:
            raise invalid("q")
        kind = match.lastgroup or ""
        value = match[kind]
        found.append((kind, _ESCAPE.sub(r"\1", value[1:-1]) if kind == "text" else value))
        position = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens, one method per level of binding."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = iter(tokens)
        self._depth = 0
        self.token = _END
        self._advance()

    def either(self) -> Predicate:
        """``a or b or …``."""
        branches = [self._both()]
        while self.token == ("word", "or"):
            self._advance()
            branches.append(self._both())
        return branches[0] if len(branches) == 1 else _any_of(branches)

    def _both(self) -> Predicate:
        branches = [self._single()]
        while self.token == ("word", "and"):
            self._advance()
            branches.append(self._single())
        return branches[0] if len(branches) == 1 else _all_of(branches)

    def _single(self) -> Predicate:
        negated = False
        while self.token == ("word", "not"):
            self._advance()
            negated = not negated
        predicate = self._group() if self.token == ("mark", "(") else self._term()
        return _negation(predicate) if negated else predicate

    def _group(self) -> Predicate:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise invalid("q", "The query is too complex.")
        self._advance()
        predicate = self.either()
        self._expect("mark", ")")
        self._depth -= 1
        return predicate

    def _term(self) -> Predicate:
        if self.token[0] == "text":  # 'value' in collection
            value = self._take("text")
            self._expect("word", "in")
            return terms.membership(self._take("word"), value)
        field = self._take("word")
        if field in terms.PROPERTIES:
            return self._property(field)
        if self.token[0] == "text":
            raise invalid("q")
        operator = self._advance()[1]
        kind, value = self._advance()
        return terms.comparison(field, operator, value, quoted=kind == "text")

    def _property(self, field: str) -> Predicate:
        """``appProperties has { key='k' and value='v' }``."""
        for expected in (("word", "has"), ("mark", "{"), ("word", "key"), ("mark", "=")):
            self._expect(*expected)
        key = self._take("text")
        for expected in (("word", "and"), ("word", "value"), ("mark", "=")):
            self._expect(*expected)
        value = self._take("text")
        self._expect("mark", "}")
        return terms.has_property(field, key, value)

    def _advance(self) -> Token:
        """Step over the current token and return it."""
        passed = self.token
        self.token = next(self._tokens, _END)
        return passed

    def _take(self, kind: str) -> str:
        if self.token[0] != kind:
            raise invalid("q")
        return self._advance()[1]

    def _expect(self, kind: str, value: str) -> None:
        if self.token != (kind, value):
            raise invalid("q")
        self._advance()


def _any_of(branches: list[Predicate]) -> Predicate:
    return lambda subject: any(branch(subject) for branch in branches)


def _all_of(branches: list[Predicate]) -> Predicate:
    return lambda subject: all(branch(subject) for branch in branches)


def _negation(predicate: Callable[[Subject], bool]) -> Predicate:
    return lambda subject: not predicate(subject)
