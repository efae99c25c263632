"""居民身份证, second generation: portrait side and emblem side (domain.md 2.1).

Zhuang labels stand above, below or beside the Han labels, in several spellings: what Guangxi's
bureaus print has changed over the years, and readers must not count lines.
"""

from __future__ import annotations

from datetime import date
from random import Random

from samples.draw import Canvas, Colour, Drawn, Ink, Kit
from samples.layouts.dates import add_years, dotted
from samples.ornament import emblem, guilloche, portrait, tint, watermark
from samples.persons import TODAY, Person, places

WIDTH, HEIGHT = 85.6, 54.0

_ZHUANG = (
    {
        "姓名": "SINGQMINGZ",
        "性别": "SINGQBIED",
        "民族": "MINZCUZ",
        "出生": "SENG",
        "住址": "DIEGYOUQ",
        "公民身份号码": "GUNGHMINZ SINHFWN HAUMAJ",
    },
    {
        "姓名": "Singqmingz",
        "性别": "Singqbied",
        "民族": "Mwnzcuz",
        "出生": "Ok Seng",
        "住址": "Dieg Youq",
        "公民身份号码": "Gunghminz Sinhfwnh Hauhmaj",
    },
    {
        "姓名": "Mingzcoh",
        "性别": "Saimbouxmbwk",
        "民族": "Minzcuz",
        "出生": "Seng",
        "住址": "Diegdieh",
        "公民身份号码": "Goengminz Sinfwnhauh",
    },
)
_ZHUANG_TITLE = (
    ("CUNGHVAZ YINZMINZ GUNGHOZGOZ", "GIHMINZ SINHFWNCWNG"),
    ("Cunghvaz Yinzminz Gunghozgoz", "Gihminz Sinhfwncwng"),
)


def paper(canvas: Canvas) -> None:
    """The card stock: pale, tinted from corner to corner, with fine lines."""
    rng = canvas.rng
    tint(
        canvas,
        rng.choice(
            (
                ((214, 230, 240), (238, 228, 224), (226, 236, 232), (240, 226, 226)),
                ((222, 236, 228), (228, 232, 242), (240, 230, 220), (230, 226, 238)),
                ((232, 236, 242), (216, 232, 238), (244, 232, 228), (224, 236, 236)),
            )
        ),
    )
    guilloche(canvas, (120, 170, 190), rng.uniform(0.18, 0.4), rng.choice(("waves", "mesh")))
    guilloche(canvas, (210, 150, 160), rng.uniform(0.12, 0.3), "rosette")


def label_colour(rng: Random) -> Colour:
    """The blue of the labels, which fades with the batch."""
    return rng.choice(((44, 106, 160), (60, 128, 176), (70, 112, 150), (36, 92, 132)))


class Labels:
    """Writes the labels of a card, in Han and, on bilingual cards, in Zhuang letters."""

    def __init__(self, canvas: Canvas, han: Ink, latin: Ink, zhuang: dict[str, str], place: str):
        self.canvas, self.han, self.latin = canvas, han, latin
        self.zhuang, self.place = zhuang, place

    def write(
        self, x: float, y: float, width: float, key: str, size: float, text: str = ""
    ) -> None:
        """The label ``key`` spread over ``width``; ``text`` replaces its Han wording."""
        self.canvas.spread(x, y, width, text or key, size, self.han)
        word = self.zhuang.get(key)
        if not word:
            return
        small = size * 0.52
        if self.place == "above":
            self.canvas.write(x, y - small * 1.15, word, small, self.latin)
        else:
            self.canvas.write(x, y + size * 1.12, word, small, self.latin)


def draw_portrait_side(
    person: Person, kit: Kit, *, with_ethnicity: bool = True, zhuang: bool | None = None
) -> Drawn:
    """The side with the portrait; also the portrait side of the HMT residence permit."""
    rng = kit.rng
    canvas = kit.canvas(WIDTH, HEIGHT)
    paper(canvas)
    if zhuang is None:
        zhuang = rng.random() < 0.5
    colour = label_colour(rng)
    hei = kit.ink("hei", (22, 22, 26))
    labels = Labels(
        canvas,
        kit.ink("hei", colour),
        kit.ink("latin", colour),
        rng.choice(_ZHUANG) if zhuang else {},
        rng.choice(("above", "below")),
    )
    left = rng.uniform(4.8, 7.2)
    value = left + rng.uniform(10.0, 11.4)
    size, tag = rng.uniform(3.0, 3.35), rng.uniform(2.55, 2.85)
    y, step = rng.uniform(5.0, 6.8), rng.uniform(7.1, 7.9)

    labels.write(left, y + 0.5, 7.2, "姓名", tag)
    canvas.write(value, y, person.name, size * 1.18, hei, 0.25)
    y += step
    labels.write(left, y + 0.3, 7.2, "性别", tag)
    canvas.write(value, y, person.sex, size, hei)
    if with_ethnicity:
        middle = value + rng.uniform(8.5, 11)
        labels.write(middle, y + 0.3, 7.0, "民族", tag)
        canvas.write(middle + rng.uniform(9.6, 10.6), y, person.ethnicity, size, hei)
    y += step
    labels.write(left, y + 0.3, 7.2, "出生", tag)
    x = canvas.write(value, y, str(person.birth.year), size, hei) + 1.1
    x = canvas.write(x, y + 0.3, "年", tag, labels.han) + 1.2
    x = canvas.write(x, y, str(person.birth.month), size, hei) + 1.2
    x = canvas.write(x, y + 0.3, "月", tag, labels.han) + 1.2
    x = canvas.write(x, y, str(person.birth.day), size, hei) + 1.2
    canvas.write(x, y + 0.3, "日", tag, labels.han)
    y += step
    labels.write(left, y + 0.3, 7.2, "住址", tag)
    per_line = 11 if len(person.address) <= 33 else 12
    room = canvas.measure("国" * per_line, size, hei, 0.06) + 0.2
    canvas.paragraph(value, y, room, person.address, size, hei, leading=1.38, track=0.06)
    lines = canvas.wrap(person.address, room, size, hei, 0.06)
    ends = value + max(canvas.measure(line, size, hei, 0.06) for line in lines)
    bottom = rng.uniform(45.2, 46.4)
    labels.write(left, bottom + 0.4, 17.4, "公民身份号码", tag)
    digits = kit.ink("number", (22, 22, 26)) if rng.random() < 0.75 else hei
    number_size = 3.7
    room = WIDTH - 6.5 - (left + 20.5)
    track = (room - canvas.measure(person.id_number, number_size, digits)) / 18
    canvas.write(left + 20.5, bottom, person.id_number, number_size, digits, max(track, 0.1))

    # No card prints an address under its photo.
    px0, py0 = max(rng.uniform(55.5, 57), ends), rng.uniform(7.5, 9.5)
    portrait(
        canvas,
        px0,
        py0,
        24.5,
        30.2,
        person.sex,
        ground=rng.choice(((232, 238, 242), (242, 242, 244))),
    )
    watermark(canvas, px0 + 12.2, py0 + 26.4, 4.6, kit.ink("hei"), 0.75)
    watermark(canvas, 76, 42.6, 2.8, kit.ink("hei"), 0.28)
    fields = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }
    if not with_ethnicity:
        del fields["ethnicity"]
    return Drawn("portrait", canvas.pixels(), fields, notes={"zhuang_labels": zhuang})


def years_valid(age: float) -> int | None:
    """How many years a card runs that is issued at this age (domain.md 2.1); None is 长期."""
    if age >= 46:
        return None
    return 5 if age < 16 else 10 if age < 26 else 20


def validity(person: Person, rng: Random, today: date = TODAY) -> tuple[date, date | None]:
    """A span that fits the age at issue (domain.md 2.1); None is 长期. Now and then expired."""
    for _ in range(60):
        issued = date(rng.randrange(2009, 2027), rng.randrange(1, 13), rng.randrange(1, 29))
        age = (issued - person.birth).days / 365.25
        if issued >= today or age < 1:
            continue
        years = years_valid(age)
        if years is None:
            return issued, None
        until = add_years(issued, years)
        if until > today or rng.random() < 0.06:
            return issued, until
    issued = add_years(today, -1)
    return issued, add_years(issued, 5 if (issued - person.birth).days < 16 * 365 else 10)


def authority(person: Person, rng: Random) -> str:
    """The police bureau that issues this person's card."""
    place = person.place
    if place.county.endswith("区"):
        if rng.random() < 0.85:
            return f"{place.prefecture}公安局{place.county.removesuffix('区')}分局"
        return f"{place.prefecture}公安局"
    return f"{place.county}公安局"


def draw_emblem_side(
    person: Person, kit: Kit, *, zhuang: bool = False, span: tuple[date, date | None] | None = None
) -> Drawn:
    """The side with the emblem."""
    rng = kit.rng
    canvas = kit.canvas(WIDTH, HEIGHT)
    paper(canvas)
    emblem(canvas, rng.uniform(5, 7.5), rng.uniform(4.5, 6.5), rng.uniform(14.5, 16.5))
    song = kit.ink("song", (24, 20, 24), bold=0.06)
    hei = kit.ink("hei", (22, 22, 26))
    middle, y = rng.uniform(51, 54), rng.uniform(6.5, 8.5)
    if zhuang:
        first, second = rng.choice(_ZHUANG_TITLE)
        canvas.centre(middle, y - 2.6, first, 1.75, kit.ink("latin"))
        canvas.centre(middle, y + 6.9, second, 1.75, kit.ink("latin"))
    canvas.spread(middle - 19, y, 38, "中华人民共和国", 4.3, song)
    canvas.spread(middle - 22, y + 9.2, 44, "居民身份证", 6.6, song)
    watermark(canvas, 16, 30, 5, kit.ink("hei"), 0.35)
    issued, until = span or validity(person, rng)
    office = authority(person, rng)
    x = rng.uniform(21, 24.5)
    y = rng.uniform(37.2, 39)
    size = rng.uniform(3.0, 3.3)
    tag = kit.ink("hei", bold=0.05)
    canvas.write(x, y, "签发机关", 2.8, tag, 0.1)
    canvas.write(x + 14.6, y - 0.15, office, size if len(office) < 13 else size * 0.86, hei)
    y += rng.uniform(6.2, 7.0)
    canvas.write(x, y, "有效期限", 2.8, tag, 0.1)
    end = "长期" if until is None else dotted(until)
    canvas.write(x + 14.6, y - 0.15, f"{dotted(issued)}-{end}", size, hei, 0.1)
    fields = {
        "issuing_authority": office,
        "valid_from": issued.isoformat(),
        "valid_to": "长期" if until is None else until.isoformat(),
    }
    return Drawn("emblem", canvas.pixels(), fields, notes={"zhuang_labels": zhuang})


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """Both sides, portrait first."""
    bilingual = kit.rng.random() < 0.5 and person.place in places()
    return [
        draw_portrait_side(person, kit, zhuang=bilingual),
        draw_emblem_side(person, kit, zhuang=bilingual),
    ]
