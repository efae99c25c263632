"""A letter that is being read: its text, and the fields found so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.labelled.candidates import prefer
from extractors.labelled.grammar import Grammar
from extractors.labelled.looks import look
from extractors.letters.closing import weigh_digits
from extractors.letters.grammar import LETTER_GRAMMARS
from extractors.letters.kinds import LetterFact
from extractors.letters.names import begins_surely, is_open
from extractors.letters.people import Span
from extractors.letters.places import mend_place
from extractors.letters.running import Running
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value
from pipeline.model import Sheet

LETTER_USES = {"name": "name", "person": "name", "org": "issuing_authority"}
"""As which field's characters second choices are weighed, by grammar."""
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
            prefer(LETTER_USES[grammar], evidence)
        if grammar == "org":
            mend_place(evidence)
        if grammar == "full_date":
            weigh_digits(evidence)
        evidence.doubts += doubts
        self.fields[name] = evidence
        return evidence

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
