"""Which column of a stranger's table is which of ours; columns about persons are left unread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ..coverage.errors import InvalidInputError
from ..coverage.schema import FrameSchema

LONGITUDE_NAMES: Final = (
    "geometry_longitude", "longitude", "lon", "lng", "long", "x", "point x", "x coord", "долгота", "бойлық",
)  # fmt: skip
LATITUDE_NAMES: Final = (
    "geometry_latitude", "latitude", "lat", "y", "point y", "y coord", "широта", "ендік",
)  # fmt: skip
SHAPE: Final = "geometry_shape"
"""Column of a GeoJSON of areas with the outline of each, as GeoJSON."""
_ID_NAMES: Final = ("номер", "№", "код", "нөмірі", "сәйкестендіргіш", "идентификатор", "feature_id")
_NAME_NAMES: Final = ("название", "наименование", "атауы", "title", "label")
NAMES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "cameras": {
        "id": ("camera id", "camera", "osm_id", "@id", "id камеры", "камера", *_ID_NAMES),
        "name": _NAME_NAMES,
        "programme": ("program", "project", "программа", "проект", "бағдарлама", "жоба"),
        "owner": ("operator", "владелец", "собственник", "балансодержатель", "иесі", "оператор"),
        "state": ("status", "состояние", "статус", "күйі", "жағдайы"),
        "kind": ("camera type", "camera:type", "type", "тип", "вид", "түрі", "тип камеры", "камера түрі"),
        "heading_deg": ("heading", "camera direction", "camera:direction", "direction", "bearing", "azimuth",
                        "направление", "азимут", "бағыты", "бағыт"),
        "headings_deg": ("headings", "presets", "preset headings", "пресеты", "предустановки", "пресеттер"),
        "hfov_deg": ("hfov", "fov", "field of view", "camera:angle:horizontal", "угол обзора", "көру бұрышы"),
        "focal_mm": ("focal length", "focal", "lens mm", "фокусное расстояние", "фокус", "фокус қашықтығы"),
        "sensor_width_mm": ("sensor width", "sensor mm", "ширина матрицы", "матрица ені"),
        "pixels_across": ("pixels", "resolution x", "horizontal resolution", "пикселей по горизонтали",
                          "көлденең пиксель"),
        "height_m": ("height", "mounting height", "высота", "высота установки", "биіктігі",
                     "орнату биіктігі"),
        "tilt_deg": ("tilt", "наклон", "угол наклона", "еңкею бұрышы", "еңіс"),
        "ir_range_m": ("ir range", "ir", "range m", "range", "ик подсветка", "дальность ик", "дальность"),
        "retention_days": ("retention", "срок хранения", "глубина архива", "сақтау мерзімі"),
        "consent": ("agreement", "согласие", "келісім"),
        "desk": ("duty desk", "дежурная часть", "кезекші бөлім"),
        "feeds": ("feed", "recorder", "nvr", "dvr", "feeder", "регистратор", "видеорегистратор", "фидер",
                  "тіркегіш", "бейнетіркегіш"),
        "indoor": ("inside", "в помещении", "ішкі", "үй ішінде"),
    },
    "incidents": {
        "id": ("incident id", "incident", "case number", "case", "происшествие", "оқиға", "кусп", "ердр",
               "ердр №",
               "номер кусп", "номер ердр", *_ID_NAMES),
        "occurred_from": ("occurred", "occurred at", "datetime", "date time", "timestamp", "date",
                          "start", "from",
                          "дата и время", "дата", "дата происшествия", "начало", "күні", "күні мен уақыты",
                          "басталуы"),
        "occurred_to": ("until", "to", "end", "окончание", "конец", "аяқталуы"),
        "occurred_time": ("time", "время", "уақыты", "уақыт"),
        "category": ("type", "crime type", "offence", "offense", "kind", "категория", "вид",
                     "вид преступления",
                     "преступление", "санаты", "түрі", "қылмыс түрі"),
        "reported_by": ("reporter", "source", "кто сообщил", "источник", "кім хабарлады", "дереккөз"),
        "precision": ("geocoding precision", "accuracy", "точность", "дәлдігі"),
        "severity": ("weight", "тяжесть", "вес", "ауырлығы"),
    },
    "stations": {
        "id": ("station id", "station", "отдел", "отделение", "бөлім", "@id", "osm_id", *_ID_NAMES),
        "name": _NAME_NAMES,
    },
    "units": {
        "id": ("unit id", "unit", "crew", "наряд", "экипаж", "жасақ", "экипаж №", *_ID_NAMES),
        "station": ("station id", "отдел", "отделение", "отдел полиции", "бөлім", "полиция бөлімі"),
        "kind": ("type", "тип", "вид", "түрі"),
        "shift_start": ("start", "from", "начало", "начало смены", "басталуы", "ауысымның басы"),
        "shift_end": ("end", "to", "until", "конец", "окончание", "конец смены", "аяқталуы",
                      "ауысымның соңы"),
        "break_minutes": ("break", "break min", "break length", "rest minutes", "перерыв", "перерыв мин",
                          "минут перерыва", "длительность перерыва", "үзіліс", "үзіліс мин", "үзіліс минуты",
                          "үзіліс ұзақтығы"),
        "break_from": ("break start", "break after", "начало перерыва", "перерыв с", "перерыв от",
                       "үзіліс басы", "үзілістің басы", "үзіліс басталуы"),
        "break_to": ("break end", "break until", "break before", "конец перерыва", "перерыв до",
                     "окончание перерыва", "үзіліс соңы", "үзілістің соңы", "үзіліс аяқталуы"),
        "zone": ("zones", "area", "sector", "beat", "зона", "зоны", "участок", "сектор", "район",
                 "зона патрулирования", "аймақ", "аймақтар", "телім", "учаске"),
        "cameras": ("camera", "камеры", "камера", "камералар"),
    },
    "states": {
        "camera": ("camera id", "id камеры", "камера", "номер камеры", "камера нөмірі", "id", *_ID_NAMES),
        "state": ("status", "new state", "состояние", "статус", "новое состояние", "күйі", "жағдайы",
                  "жаңа күйі"),
        "since": ("from", "at", "start", "time", "datetime", "date time", "timestamp", "date", "с", "начало",
                  "с какого времени", "дата и время", "дата", "время", "бастап", "басталуы",
                  "күні мен уақыты", "күні", "уақыты"),
        "was": ("before", "previous", "old state", "было", "прежнее состояние", "бұрынғы күйі"),
    },
    "places": {
        "id": ("place id", "place", "место", "орын", "@id", "osm_id", *_ID_NAMES),
        "name": ("address", *_NAME_NAMES, "адрес", "мекенжай"),
        "kind": ("support", "support kind", "type", "опора", "вид опоры", "тип", "вид", "тірек", "тірек түрі",
                 "түрі"),
        "height_m": ("height", "mounting height", "высота", "высота установки", "биіктігі",
                     "орнату биіктігі"),
        "extra_cost": ("extra cost", "surcharge", "extra", "cost", "доплата", "дополнительные расходы",
                       "наценка",
                       "қосымша шығын", "үстеме"),
    },
    "forbidden": {
        "id": ("area id", "area", "зона", "аймақ", "@id", "osm_id", *_ID_NAMES),
        "name": _NAME_NAMES,
        "reason": ("why", "cause", "причина", "основание", "себебі", "себеп"),
    },
    "duties": {
        "id": ("duty id", "duty", "event", "задание", "мероприятие", "тапсырма", "іс шара", "@id",
               *_ID_NAMES),
        "name": ("address", *_NAME_NAMES, "адрес", "мекенжай"),
        "opens": ("open", "from", "start", "начало", "с", "открытие", "басталуы", "бастап"),
        "closes": ("close", "to", "until", "end", "конец", "окончание", "до", "закрытие", "аяқталуы",
                   "дейін"),
        "dwell_minutes": ("dwell", "minutes", "stay", "минут", "минуты", "длительность", "стоянка",
                          "минут стоянки", "минуттар", "ұзақтығы", "тұру минуты"),
    },
    "zones": {
        "id": ("zone id", "zone", "area", "зона", "участок", "аймақ", "телім", "@id", "osm_id", *_ID_NAMES),
        "name": _NAME_NAMES,
    },
}  # fmt: skip
"""Frame -> our column -> other names it goes by, the surest first."""
PERSON_COLUMNS: Final = frozenset({
    "full name", "first name", "last name", "middle name", "surname", "patronymic", "person", "person name",
    "name of person", "victim", "victim name", "suspect", "suspect name", "offender", "offender name",
    "witness",
    "complainant", "complainant name", "applicant", "driver", "officer name", "iin", "ssn", "passport",
    "passport number", "id card", "national id", "phone", "phone number", "telephone", "mobile",
    "mobile phone",
    "email", "e mail", "date of birth", "birth date", "birthdate", "dob", "birthday", "home address",
    "фио", "ф и о", "фамилия", "имя", "отчество", "фамилия имя отчество", "потерпевший", "потерпевшая",
    "подозреваемый", "заявитель", "свидетель", "задержанный", "водитель", "сотрудник", "иин", "паспорт",
    "удостоверение личности", "номер удостоверения", "телефон", "номер телефона", "мобильный", "сотовый",
    "контакт", "контакты", "эл почта", "электронная почта", "дата рождения", "год рождения",
    "адрес проживания",
    "домашний адрес", "фио потерпевшего", "фио подозреваемого", "фио заявителя", "иин потерпевшего",
    "аты жөні", "аты", "тегі", "әкесінің аты", "аты тегі", "жәбірленуші", "күдікті", "өтініш беруші", "куә",
    "жүргізуші", "қызметкер", "жсн", "төлқұжат", "жеке куәлік", "телефоны", "ұялы телефон", "телефон нөмірі",
    "туған күні", "туған жылы", "тұрғылықты мекенжайы",
})  # fmt: skip
"""Names of columns that tell who somebody is: never read."""
PERSON_WORDS: Final = frozenset({
    "iin", "phone", "telephone", "mobile", "email", "passport", "ssn", "dob", "birthdate", "surname",
    "patronymic",
    "фио", "иин", "телефон", "телефона", "паспорт", "паспорта", "фамилия", "отчество", "рождения",
    "жсн", "төлқұжат", "ұялы", "тегі",
})  # fmt: skip
"""A column with one of these words in its name tells who somebody is, whatever else the name says."""


@dataclass(frozen=True)
class Choice:
    """Where our fields are in a table.

    Attributes
    ----------
    places : dict
        Our field -> places of its columns, the first with text in it counts.
    persons : list of str
        Their columns that are about persons.
    unread : list of str
        Their other columns that are not read.
    """

    places: dict[str, list[int]]
    persons: list[str]
    unread: list[str]


def choose_columns(
    header: list[str],
    schema: FrameSchema,
    *,
    columns: dict[str, str] | None = None,
    preset: dict[str, tuple[str, ...]] | None = None,
) -> Choice:
    """Find our fields among the columns of a table.

    Parameters
    ----------
    header : list of str
        Their names.
    schema : FrameSchema
        The frame to fill.
    columns : dict, optional
        Our name -> their name, said by the user; goes before everything else.
    preset : dict, optional
        Our name -> their names, of a known kind of file. Fields it does not name are not looked for.

    Raises
    ------
    InvalidInputError
        `field_unknown`, `column_not_found`, `person_column`.
    """
    known = [*schema.names, "occurred_time"] if schema.name == "incidents" else list(schema.names)
    known += place_fields(schema)
    by_name = {_plain(name): place for place, name in reversed(list(enumerate(header))) if name}
    persons = [name for name in header if tells_person(name)]
    places: dict[str, list[int]] = {}
    for field in known:
        names = preset.get(field, ()) if preset is not None else _names_of(field, schema)
        found = [by_name[_plain(name)] for name in names if _plain(name) in by_name]
        places[field] = [place for place in dict.fromkeys(found) if header[place] not in persons]
    for field, name in (columns or {}).items():
        if field not in known:
            raise InvalidInputError("field_unknown", field=field[:60], known=", ".join(known))
        if _plain(name) not in by_name:
            raise InvalidInputError("column_not_found", column=name[:60])
        if tells_person(name):
            raise InvalidInputError("person_column", column=name[:60])
        places[field] = [by_name[_plain(name)]]
    _release_shared(places, columns or {}, preset)
    used = {place for field in places.values() for place in field}
    unread = [name for place, name in enumerate(header) if place not in used and name and name not in persons]
    return Choice({field: found for field, found in places.items() if found}, persons, unread)


def place_fields(schema: FrameSchema) -> list[str]:
    """Return the fields that say where a row of a frame lies; none for a frame without places."""
    if not schema.geometry:
        return []
    return ["longitude", "latitude"] if schema.has_points else ["shape"]


def tells_person(name: str) -> bool:
    """Say whether a column of that name tells who somebody is."""
    plain = _plain(name)
    return plain in PERSON_COLUMNS or not PERSON_WORDS.isdisjoint(plain.split())


def _release_shared(
    places: dict[str, list[int]], columns: dict[str, str], preset: dict[str, tuple[str, ...]] | None
) -> None:
    """Give each column to one field: the one the user named, else the first that asks for it."""
    taken = {place for field in columns for place in places[field]}
    for field, found in places.items():
        if field in columns:
            continue
        places[field] = [place for place in found if place not in taken]
        # without a preset one column a field is enough, and the surest is the first
        if preset is None:
            places[field] = places[field][:1]
        taken.update(places[field])


def _names_of(field: str, schema: FrameSchema) -> tuple[str, ...]:
    if field == "longitude":
        return LONGITUDE_NAMES
    if field == "latitude":
        return LATITUDE_NAMES
    if field == "shape":
        return (SHAPE,)
    return (field, *NAMES[schema.name].get(field, ()))


def _plain(name: str) -> str:
    return re.sub(r"[\s_.:\-/@]+", " ", name.casefold().replace("ё", "е")).strip() or name
