"""Classes of offences in the words of police files -> the categories of the schema."""

from __future__ import annotations

from typing import Final

from ..coverage.schema import CRIMES, NOT_CRIMES
from .words import plain_word

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "theft": (
        "larceny", "larceny theft", "larceny/theft", "pickpocketing", "shoplifting", "bicycle theft",
        "bike theft",
        "other theft", "theft from the person", "theft from person", "theft/other", "theft f/auto",
        "theft from auto", "theft from vehicle", "stolen property", "petty theft",
        "кража", "кражи", "карманная кража", "кража из магазина", "магазинная кража", "кража велосипеда",
        "кража телефона", "кража из автомобиля", "кража имущества", "мелкая кража", "прочая кража",
        "ұрлық", "ұрлау", "қалта ұрлығы", "дүкеннен ұрлау", "велосипед ұрлығы", "телефон ұрлығы",
        "көліктен ұрлау",
        "ұсақ ұрлық", "бөтеннің мүлкін ұрлау",
    ),
    "burglary": (
        "breaking and entering", "residential burglary", "break in",
        "квартирная кража", "кража из квартиры", "кража из дома", "кража со взломом",
        "кража с проникновением", "пәтер ұрлығы", "пәтерден ұрлау", "үйден ұрлау",
    ),
    "robbery": (
        "mugging", "armed robbery", "extortion", "грабёж", "грабежи", "разбой", "разбойное нападение",
        "вымогательство", "тонау", "қарақшылық", "шабуыл жасап тонау", "қорқытып алу", "бопсалау",
    ),
    "hooliganism": (
        "public order", "disorderly conduct", "public peace violation", "public indecency", "affray",
        "drunkenness", "drunk and disorderly", "хулиганство", "нарушение общественного порядка",
        "бұзақылық", "қоғамдық тәртіпті бұзу",
    ),
    "assault": (
        "battery", "violence and sexual offences", "violent crime", "assault w/dangerous weapon",
        "assault with a dangerous weapon", "homicide", "murder", "sex abuse", "sex offense",
        "sex offenses forcible",
        "sex offenses, forcible", "crim sexual assault", "criminal sexual assault", "rape",
        "domestic violence",
        "побои", "нанесение побоев", "причинение вреда здоровью", "телесные повреждения", "убийство",
        "изнасилование", "нападение", "бытовое насилие", "ұрып соғу", "денсаулыққа зиян келтіру",
        "дене жарақаты",
        "кісі өлтіру", "адам өлтіру", "зорлау", "тұрмыстық зорлық зомбылық",
    ),
    "vehicle_theft": (
        "vehicle theft", "vehicle crime", "motor vehicle theft", "auto theft", "car theft", "stolen vehicle",
        "угон", "угон автомобиля", "кража автомобиля", "кража авто", "угон транспорта",
        "неправомерное завладение",
        "автокөлік ұрлығы", "көлік ұрлығы", "көлік айдап әкету", "автокөлік айдап әкету",
    ),
    "cattle_theft": (
        "livestock theft", "rustling", "скотокрадство", "кража скота", "мал ұрлығы", "мал ұрлау",
    ),
    "drugs": (
        "narcotics", "drug offense", "drug violation", "drug/narcotic", "other narcotic violation",
        "drug offence",
        "наркотики", "наркопреступление", "незаконный оборот наркотиков", "сбыт наркотиков",
        "хранение наркотиков",
        "есірткі", "есірткі қылмысы", "есірткінің заңсыз айналымы",
    ),
    "fraud": (
        "deceptive practice", "embezzlement", "forgery and counterfeiting", "forgery/counterfeiting",
        "bad checks",
        "scam", "identity theft", "мошенничество", "интернет мошенничество", "алаяқтық", "интернет алаяқтық",
    ),
    "damage": (
        "criminal damage", "criminal damage and arson", "vandalism", "malicious mischief", "arson",
        "graffiti",
        "повреждение имущества", "умышленное повреждение имущества", "порча имущества", "вандализм", "поджог",
        "мүлікті бүлдіру", "мүлікке зиян келтіру", "тағылық", "өртеу",
    ),
    "other_crime": (
        "other", "other offense", "other offenses", "other offences", "other crime", "other miscellaneous",
        "criminal trespass", "trespass", "weapons violation", "weapons offense", "weapons offence",
        "weapons carrying etc", "weapon laws", "possession of weapons", "weapons", "prostitution", "gambling",
        "kidnapping", "stalking", "intimidation", "obscenity", "human trafficking",
        "offense involving children",
        "offences against the family and children", "interference with public officer",
        "concealed carry license violation", "family offenses", "bribery", "sex offenses non forcible",
        "ritualism",
        "secondary codes", "human trafficking a commercial sex acts", "loitering",
        "прочее", "прочие", "иное", "другое", "иное преступление", "прочее преступление",
        "басқа", "өзге", "басқа қылмыс", "өзге де қылмыс",
    ),
    "administrative": (
        "administrative offence", "administrative offense", "anti-social behaviour", "anti social behavior",
        "liquor law violation", "liquor laws", "non-criminal", "non - criminal",
        "non-criminal (subject specified)", "civil sidewalks", "lost property", "missing person", "runaway",
        "recovered vehicle", "vehicle impounded", "vehicle misplaced", "suspicious occ", "suspicious",
        "miscellaneous investigation", "courtesy report", "case closure", "fire report", "warrant",
        "warrants",
        "suicide",
        "административное правонарушение", "административное", "административные правонарушения",
        "административка",
        "мелкое хулиганство", "распитие", "распитие в общественном месте", "коап",
        "әкімшілік құқық бұзушылық", "әкімшілік", "ұсақ бұзақылық", "қоғамдық орында ішу", "әқбтк",
    ),
    "traffic": (
        "traffic collision", "traffic accident", "traffic violation", "traffic violation arrest",
        "road accident",
        "driving under the influence", "speeding", "дтп", "дорожно транспортное происшествие",
        "нарушение пдд",
        "жкө", "жол көлік оқиғасы", "жол ережесін бұзу", "жол жүру ережесін бұзу", "жол апаты",
    ),
}  # fmt: skip


def find_category(text: str) -> str | None:
    """Return the schema's category for a class of offence, or None when the word is not known."""
    return _BY_WORD.get(plain_word(text))


_BY_WORD: Final = {
    plain_word(word): ours for ours in CRIMES + NOT_CRIMES for word in (ours, *_WORDS.get(ours, ()))
}
