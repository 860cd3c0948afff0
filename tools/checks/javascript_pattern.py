"""Whether V8 accepts the pattern and the flags of a regular expression literal."""

import re

__all__ = ["pattern_error"]

_QUANTIFIER = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_GROUP_NAME = re.compile(r"\(\?<([A-Za-z_$][\w$]*)>")
_PROPERTY_NAME = re.compile(r"\{[\w=]+\}")
_CODE_POINT = re.compile(r"\{[0-9a-fA-F]{1,6}\}|[0-9a-fA-F]{4}")
_NAMED = re.compile(r"\?<([A-Za-z_$\u0080-\uffff][\w$]*)>")
_MODIFIERS = re.compile(r"\?[ims]*(?:-[ims]*)?:")


def pattern_error(pattern: str, flags: str) -> str:
    """Say what is wrong with `/pattern/flags`; empty when it compiles."""
    if len(set(flags)) != len(flags) or set(flags) - set("dgimsuvy") or {"u", "v"} <= set(flags):
        return f"flags `{flags}`"
    return _Pattern(pattern, unicode=bool(set(flags) & {"u", "v"}), sets="v" in flags).error()


class _Pattern:
    def __init__(self, pattern: str, *, unicode: bool, sets: bool) -> None:
        self.pattern = pattern
        self.unicode = unicode
        self.sets = sets
        self.index = 0
        self.open: list[bool] = []
        """For each open group whether it is a lookbehind, which cannot be repeated."""
        self.atom = False
        self.names = _GROUP_NAME.findall(pattern)

    def error(self) -> str:
        while self.index < len(self.pattern):
            error = self._step(self.pattern[self.index])
            if error:
                return error
        return "unterminated group" if self.open else ""

    def _step(self, char: str) -> str:
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._class()
        if char == "(":
            return self._group()
        if char == ")":
            return self._close()
        if char in "*+?" or (char == "{" and (self.unicode or _QUANTIFIER.match(self.pattern, self.index))):
            return self._repeat(char)
        if self.unicode and char in "]}":
            return "lone quantifier brackets"
        self.atom = char not in "|^"
        self.index += 1
        return ""

    def _escape(self) -> str:
        following = self.pattern[self.index + 1 : self.index + 2]
        if not following:
            return "\\ at the end"
        self.atom = following not in "bB"
        self.index += 2
        if following == "k" and (self.unicode or self.names):
            match = re.compile(r"<([^>]*)>").match(self.pattern, self.index)
            if match is None or match[1] not in self.names:
                return "invalid named reference"
        if not self.unicode:
            return ""
        return self._unicode_escape(following)

    def _unicode_escape(self, following: str) -> str:
        if following in "pPu":
            braces = _CODE_POINT if following == "u" else _PROPERTY_NAME
            match = braces.match(self.pattern, self.index)
            self.index += len(match[0]) if match is not None else 0
            return "" if match is not None else "invalid unicode escape"
        if following in "bBdDsSwWfnrtvk0cx123456789^$\\.*+?()[]{}|/-":
            if following == "-" and not self.sets:
                return "invalid escape"
            return ""
        return "invalid escape"

    def _class(self) -> str:
        if self.sets:
            return self._nested_class()
        end = self.index + 1
        while end < len(self.pattern) and self.pattern[end] != "]":
            end += 2 if self.pattern[end] == "\\" else 1
        if end >= len(self.pattern):
            return "unterminated character class"
        body = self.pattern[self.index + 1 : end].removeprefix("^")
        self.index = end + 1
        self.atom = True
        return _range_error(body, unicode=self.unicode)

    def _nested_class(self) -> str:
        depth = 0
        while self.index < len(self.pattern):
            char = self.pattern[self.index]
            self.index += 2 if char == "\\" else 1
            depth += (char == "[") - (char == "]")
            if depth == 0:
                self.atom = True
                return ""
        return "unterminated character class"

    def _group(self) -> str:
        self.index += 1
        self.atom = False
        if not self.pattern.startswith("?", self.index):
            self.open.append(True)
            return ""
        for opening, repeatable in (
            ("?:", True),
            ("?=", not self.unicode),
            ("?!", not self.unicode),
            ("?<=", False),
            ("?<!", False),
        ):
            if self.pattern.startswith(opening, self.index):
                self.open.append(repeatable)
                self.index += len(opening)
                return ""
        head = _NAMED.match(self.pattern, self.index) or _MODIFIERS.match(self.pattern, self.index)
        if head is None:
            return "invalid group"
        self.open.append(True)
        self.index += len(head[0])
        return ""

    def _close(self) -> str:
        if not self.open:
            return "unmatched ')'"
        self.atom = self.open.pop()
        self.index += 1
        return ""

    def _repeat(self, char: str) -> str:
        if not self.atom:
            return "nothing to repeat"
        length = 1
        if char == "{":
            match = _QUANTIFIER.match(self.pattern, self.index)
            if match is None:
                return "incomplete quantifier"
            if match[3] and int(match[3]) < int(match[1]):
                return "numbers out of order in {} quantifier"
            length = len(match[0])
        self.index += length
        if self.pattern[self.index : self.index + 1] == "?":
            self.index += 1
        self.atom = False
        return ""


_SIMPLE = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11, "b": 8, "0": 0}
_CODE = re.compile(r"u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})")
_PROPERTY = re.compile(r"[pP]\{[^}]*\}")
_DASH = -1
"""The hyphen that makes a range; an escaped one is an ordinary member."""


def _range_error(body: str, *, unicode: bool) -> str:
    members = _members(body)
    index = 1
    while index < len(members) - 1:
        low, operator, high = members[index - 1 : index + 2]
        if operator != _DASH:
            index += 1
            continue
        if low is None or high is None:
            if unicode:
                return "invalid character class"
        elif (ord("-") if low == _DASH else low) > (ord("-") if high == _DASH else high):
            return "range out of order in character class"
        index += 3
    return ""


def _members(body: str) -> list[int | None]:
    r"""Code points of a character class; None stands for a class escape such as `\d`."""
    found: list[int | None] = []
    index = 0
    while index < len(body):
        char = body[index]
        if char != "\\" or index + 1 >= len(body):
            found.append(_DASH if char == "-" else ord(char))
            index += 1
        elif (code := _CODE.match(body, index + 1)) is not None:
            found.append(int(code[1] or code[2] or code[3], 16))
            index += 1 + len(code[0])
        elif (prop := _PROPERTY.match(body, index + 1)) is not None:
            found.append(None)
            index += 1 + len(prop[0])
        else:
            char = body[index + 1]
            found.append(None if char in "dDsSwW" else _SIMPLE.get(char, ord(char)))
            index += 2
    return found
