"""Papers without a fixed layout: letters, proofs, notices (domain.md 2.11).

:mod:`running` joins the lines of a sheet to text whose characters know their places,
``letters.toml`` says what tells each kind and how its facts are worded, :mod:`kinds` loads that,
:mod:`telling` says which kind a text is, :mod:`reading` reads the fields, :mod:`closing` issuer and
date, :mod:`changes` what a police station's proof says was changed. :mod:`names` knows where a name
begins and ends, :mod:`people` who stands beside which number; :mod:`owners` weighs the fields by
that, :mod:`mentions` by what the text says more than once.
"""
