"""The words of the world's files -> the words of the schema: English, Russian, Kazakh."""

from __future__ import annotations

import re
from typing import Final

MISSING: Final = frozenset({"", "-", "–", "—", "null", "none", "n/a", "na", "нет данных", "дерек жоқ"})
"""Cells of numbers, times and words that say that nothing is known; in free text only an empty cell does."""

YES: Final = frozenset({"yes", "y", "true", "t", "1", "да", "есть", "имеется", "иә", "бар", "ия"})
NO: Final = frozenset({"no", "n", "false", "f", "0", "нет", "отсутствует", "жоқ"})

_WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "state": {
        "live": ("online", "working", "active", "в реальном времени", "онлайн", "прямой эфир", "работает",
                 "подключена", "тікелей эфирде", "тікелей эфир", "жұмыс істейді", "қосылған"),
        "archive": ("archive only", "recorded", "recording", "только архив", "архив", "запись", "тек мұрағат",
                    "мұрағат", "жазба"),
        "registered": ("registered only", "known", "на учёте", "на учете", "зарегистрирована",
                       "не подключена",
                       "есепте тұр", "есепте", "тіркелген", "қосылмаған"),
        "offline": ("off", "broken", "down", "not working", "не работает", "неисправна", "отключена",
                    "офлайн",
                    "жұмыс істемейді", "істен шыққан", "өшірілген", "ажыратылған"),
    },
    "kind": {
        "fixed": ("bullet", "box", "static", "стационарная", "фиксированная", "неподвижная", "цилиндрическая",
                  "бекітілген", "тұрақты"),
        "dome": ("купольная", "купол", "күмбезді", "күмбез"),
        "panning": ("ptz", "pan tilt zoom", "speed dome", "rotating", "поворотная", "скоростная поворотная",
                    "бұрылмалы", "айналмалы"),
        "panorama": ("panoramic", "fisheye", "360", "панорамная", "панорама", "рыбий глаз", "панорамалық"),
        "anpr": ("alpr", "lpr", "number plate", "speed camera", "speed", "распознавание номеров",
                 "фиксация нарушений",
                 "номер тану", "нөмір тану", "жылдамдық камерасы"),
    },
    "reported_by": {
        "public": ("citizen", "resident", "victim", "call", "102", "население", "гражданин", "граждане",
                   "потерпевший", "обращение", "звонок", "жұртшылық", "азамат", "тұрғын", "халық", "қоңырау"),
        "patrol": ("police", "officer", "unit", "патруль", "полиция", "наряд", "сотрудник полиции", "жасақ",
                   "полиция қызметкері"),
        "camera": ("cctv", "video", "видеонаблюдение", "камера", "видеокамера", "цоу", "бейнебақылау",
                   "бейнекамера"),
    },
    "precision": {
        "rooftop": ("address", "house", "building", "exact", "адрес", "дом", "здание", "точно",
                    "мекенжай", "үй",
                    "ғимарат", "дәл"),
        "street": ("block", "улица", "квартал", "көше", "орам"),
        "centroid": ("district", "area", "центр района", "район", "центроид", "аудан орталығы", "аудан"),
        "snapped": ("crossing", "intersection", "привязано к улице", "перекрёсток", "перекресток",
                    "көшеге байланған", "қиылыс"),
        "unknown": ("неизвестно", "белгісіз"),
    },
    "support": {
        "street_lamp": ("lamp", "lamp post", "street light", "lamppost", "фонарь", "фонарный столб",
                        "опора освещения", "столб освещения", "шам бағаны", "шам", "жарық бағаны"),
        "traffic_signals": ("traffic light", "traffic lights", "traffic signal", "светофор", "бағдаршам"),
        "pole": ("power pole", "electric pole", "столб", "опора лэп", "опора", "бағана", "тірек",
                 "электр бағанасы"),
        "utility_pole": ("telephone pole", "telegraph pole", "опора связи", "телефонный столб",
                         "тірек бағана",
                         "байланыс бағанасы"),
        "mast": ("tower", "мачта", "вышка", "діңгек", "мұнара"),
        "catenary_mast": ("tram mast", "trolley mast", "опора контактной сети", "байланыс желісінің тірегі"),
        "flagpole": ("flag pole", "флагшток", "ту діңгегі"),
        "advertising_column": ("advertising", "рекламная тумба", "тумба", "жарнама бағаны"),
        "building": ("facade", "house", "roof", "здание", "фасад", "дом", "ғимарат", "қасбет", "үй"),
        "wall": ("fence", "стена", "забор", "қабырға", "дуал"),
    },
    "unit_kind": {
        "car": ("vehicle", "auto", "автомобиль", "авто", "машина", "автопатруль", "экипаж", "көлік",
                "автокөлік"),
        "foot": ("walk", "walking", "on foot", "пеший", "пешком", "пеший патруль", "жаяу", "жаяу жасақ"),
    },
}  # fmt: skip


def find_word(text: str, kind: str) -> str | None:
    """Return the schema's word for a word of a file, or None when it is not known.

    Parameters
    ----------
    text : str
        As it stands in the file.
    kind : str
        `state`, `kind`, `reported_by`, `precision`, `support` or `unit_kind`.
    """
    return _BY_WORD[kind].get(plain_word(text))


def plain_word(text: str) -> str:
    """Return a word without case, punctuation and the dots of ё."""
    return re.sub(r"[\W_]+", " ", text.casefold().replace("ё", "е")).strip()


_BY_WORD: Final = {
    kind: {plain_word(word): ours for ours, words in table.items() for word in (ours, *words)}
    for kind, table in _WORDS.items()
}
