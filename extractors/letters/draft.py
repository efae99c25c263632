"""A letter that is being read: its text, and the fields found so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractors.labelled.grammar import Grammar
from extractors.labelled.looks import look
from extractors.letters.closing import weigh_digits
from extractors.letters.grammar import LETTER_GRAMMARS, SHORT_WORD
from extractors.letters.kinds import LetterFact
from extractors.letters.names import begins_surely, is_open
from extractors.letters.people import Span
from extractors.letters.places import mend_place
from extractors.letters.running import Running
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value
from pipeline.evidence.second_choices import prefer
from pipeline.layout.ink import Ink
from pipeline.model import Sheet

LETTER_USES = {"name": "name", "person": "name", "org": "issuing_authority"}
"""As which field's characters second choices are weighed, by grammar."""
BEFORE_WORD = 2.0
"""Line heights before a letter's number in which a lost character of its word would stand."""
SIDE_ROOM = 0.6
"""Line heights between the edge of a line and its first character, in which there is no other."""
LETTER_CUT = "姓名前后的字可能属于姓名"


@dataclass(slots=True)
class LetterDraft:
    """A letter's text with its picture, and the fields that were found."""

    running: Running
    sheet: Sheet
    recognise: Recogniser
    fields: dict[str, Evidence] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The running text."""
        return self.running.text

    def take(
        self, name: str, grammar: str, span: Span | None, doubts: Sequence[str] = ()
    ) -> Evidence | None:
        """Keep a stretch of the text as a field's value, looked at again where it is doubtful."""
        if span is None:
            return None
        squeezed = _squeezed(LETTER_GRAMMARS[grammar])
        pieces = self.running.pieces(*span)
        evidence = look(name, pieces, squeezed, self.sheet, self.recognise)
        if grammar in LETTER_USES:
            prefer(LETTER_USES[grammar], evidence, self.sheet.lines)
        if grammar == "org":
            mend_place(evidence)
        if grammar == "letter_number" and SHORT_WORD in evidence.value.doubts:
            self._trust_short_word(evidence)
        if grammar == "full_date":
            weigh_digits(evidence)
        evidence.doubts += doubts
        self.fields[name] = evidence
        return evidence

    def _trust_short_word(self, evidence: Evidence) -> None:
        """Clear the doubt that a number's word (证字) lost its first character, in place, where
        its line begins with it and no ink stands before."""
        first = evidence.pieces[0]
        begins = first.chars[0] is next(c for c in first.line.chars if not c.text.isspace())
        ink = Ink(self.sheet.image)
        ink.calibrate(evidence.pieces)
        edge = max(0.0, first.left - BEFORE_WORD * first.height)
        before, _ = ink.reach(first.quad, edge, first.left)
        clear = ink.is_calibrated and before <= 0
        room = first.chars[0].left * (first.line.quad[1][0] - first.line.quad[0][0])
        if begins and clear and room < SIDE_ROOM * first.height:
            doubts = tuple(d for d in evidence.value.doubts if d != SHORT_WORD)
            evidence.value = replace(evidence.value, doubts=doubts)

    def take_name(self, name: str, span: Span, *, labelled: bool, doubts: Sequence[str]) -> None:
        """Keep a person's name. One that no label announces must begin with a known surname, and
        is doubted where the character before or behind it may be a part of it: a surname that is
        not listed (亓景行), or one that names and sentences both go on with (为 in 韦有为)."""
        cut = is_open(self.text, *span) or not (labelled or begins_surely(self.text, *span))
        told = [*doubts, *([LETTER_CUT] if cut else [])]
        self.take(name, "name" if labelled else "person", span, told)

    def take_fact(self, fact: LetterFact) -> None:
        """Keep the value that the first fitting label or wording finds. One that does not fit the
        field's grammar counts only where no other does better."""
        spare: Span | None = None
        for found in fact.find(self.text):
            span = found.span("v")
            if not LETTER_GRAMMARS[fact.grammar](stripped(found["v"])).doubts:
                self.take(fact.name, fact.grammar, span)
                return
            spare = spare or span
        self.take(fact.name, fact.grammar, spare)

    def derive(self, name: str, source: Evidence, doubts: Sequence[str] = ()) -> None:
        """Keep the value of another field as this one's, too."""
        told = [*source.doubts, *doubts]
        self.fields[name] = Evidence(source.pieces, source.value, source.agreed, told, "derived")

    def state(self, name: str, value: str, source: Evidence, doubts: Sequence[str]) -> None:
        """Keep a word of a short list that the text says in other words."""
        self.fields[name] = Evidence(
            source.pieces, Value(value, (), True), False, list(doubts), "derived"
        )


def stripped(text: str) -> str:
    """A value without white space and the signs around it."""
    return re.sub(r"\s", "", text).strip(".,。，、·:;“”\"'_|")


def _squeezed(grammar: Grammar) -> Grammar:
    return lambda text: grammar(stripped(text))
