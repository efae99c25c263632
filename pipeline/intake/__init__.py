"""Intake: folder, zip, picture, PDF -> pages, with every guard against hostile files.

The only package that opens what people hand in. A file is judged by its content, never by its
name; what cannot be read becomes a ``SRC-*`` finding of that file, and the rest goes on::

    list_inbox   what lies in an inbox: its cases, and what is none
    list_case    the files of a case, hashed, each content once
    read_source  the pages of a file, one in memory at a time
"""

from pipeline.intake.case import CaseFiles, list_case
from pipeline.intake.inbox import Inbox, InboxCase, Unprocessed, is_inbox, list_inbox, natural_key
from pipeline.intake.source import SourceFile, read_source

__all__ = [
    "CaseFiles",
    "Inbox",
    "InboxCase",
    "SourceFile",
    "Unprocessed",
    "is_inbox",
    "list_case",
    "list_inbox",
    "natural_key",
    "read_source",
]
