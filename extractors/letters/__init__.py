"""Papers without a fixed layout: letters, proofs, notices (domain.md 2.11).

Who states what about whom, to whom, when: :mod:`running` joins the lines of a sheet to text whose
characters know their places; :mod:`telling` says which kind of letter it is; :mod:`people` finds
persons and their numbers, :mod:`subject` the one meant, :mod:`parties` who acts for whom,
:mod:`groups` what is proved and whether it still holds, :mod:`events` which date is an event's,
:mod:`changes` old and new values, :mod:`members` the household, :mod:`closing` issuer and date.
:mod:`reading` puts them together in a :mod:`draft`. The words by which all this is told are data:
``letters.toml``.
"""
