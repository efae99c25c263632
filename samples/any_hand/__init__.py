"""A layout randomiser: papers as other issues and other offices draw them.

``layouts/`` next door keeps fixed layouts as regression tests. Here each paper has a layout of its
own, chosen by a *family*: a coherent set of choices, as one issue of a card or one office makes.
``family.py`` names them, ``words.toml`` and ``letters.toml`` say what is printed, ``rows.py``,
``card.py``, ``letter.py`` and others lay it out, ``wear.py`` damages it by augraphy. Families named
*held-out*, and the fonts they are set in, serve measuring only: nothing is developed on them.
"""
