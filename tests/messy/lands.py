"""How countries write their logs: words, notations of time, marks, encodings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Land:
    """How a country writes."""

    zone: str
    stamps: tuple[str, ...]
    time: str
    names: tuple[str, str, str]
    quality: str
    words: str
    on_off: tuple[str, str]
    dec: str
    thou: tuple[str, ...]
    encodings: tuple[str, ...]
    note: str
    unit_word: str


LANDS = {
    "de": Land(
        zone="Europe/Berlin",
        stamps=("german", "german_two", "german_comma", "iso_offset", "month_de"),
        time="Zeitstempel",
        names=("Durchfluß", "Förderdruck", "Motorstrom"),
        quality="german",
        words="german",
        on_off=("AUS", "EIN"),
        dec=",",
        thou=(".", "", "\u00a0"),
        encodings=("utf-8", "cp1252", "utf-8-sig", "utf-16", "cp850"),
        note="Anlage: Pumpwerk 7",
        unit_word="Einheit",
    ),
    "fr": Land(
        zone="Europe/Paris",
        stamps=("french", "french_h_s", "french_a", "iso_offset"),
        time="Horodatage",
        names=("Débit", "Pression refoulée", "Courant"),
        quality="french",
        words="french",
        on_off=("Arrêt", "Marche"),
        dec=",",
        thou=("\u202f", " ", ""),
        encodings=("utf-8", "cp1252", "utf-16"),
        note="Site : Station n° 7",
        unit_word="Unité",
    ),
    "no": Land(
        zone="Europe/Oslo",
        stamps=("norwegian_kl", "month_no", "month_no_full", "iso_comma_ms"),
        time="Tidspunkt",
        names=("Strømning", "Trykk ut", "Motorstrøm"),
        quality="norwegian",
        words="norwegian",
        on_off=("Av", "På"),
        dec=",",
        thou=(" ", ""),
        encodings=("utf-8", "cp1252", "utf-8-sig"),
        note="Anlegg: Pumpehus",
        unit_word="Enhet",
    ),
    "es": Land(
        zone="Europe/Madrid",
        stamps=("spanish_am", "month_es", "iso_offset"),
        time="Fecha y hora",
        names=("Caudal", "Presión impulsión", "Corriente"),
        quality="spanish",
        words="spanish",
        on_off=("Parado", "En marcha"),
        dec=",",
        thou=(".", ""),
        encodings=("utf-8", "cp1252"),
        note="Estación: bombeo 7",
        unit_word="Unidad",
    ),
    "it": Land(
        zone="Europe/Rome",
        stamps=("italian", "month_it"),
        time="Data e ora",
        names=("Portata", "Pressione mandata", "Corrente"),
        quality="italian",
        words="italian",
        on_off=("Spento", "Acceso"),
        dec=",",
        thou=(".", ""),
        encodings=("utf-8", "cp1252"),
        note="Impianto: 7",
        unit_word="Unità",
    ),
    "pt": Land(
        zone="America/Sao_Paulo",
        stamps=("iso_offset", "month_pt"),
        time="Data/Hora",
        names=("Vazão", "Pressão recalque", "Corrente"),
        quality="portuguese",
        words="portuguese",
        on_off=("Desligado", "Ligado"),
        dec=",",
        thou=(".", ""),
        encodings=("utf-8", "cp1252"),
        note="Estação 7",
        unit_word="Unidade",
    ),
    "nl": Land(
        zone="Europe/Amsterdam",
        stamps=("dutch", "dutch_om", "month_nl"),
        time="Datum/tijd",
        names=("Debiet", "Persdruk", "Motorstroom"),
        quality="dutch",
        words="dutch",
        on_off=("UIT", "AAN"),
        dec=",",
        thou=(".", ""),
        encodings=("utf-8", "cp1252"),
        note="Gemaal 7",
        unit_word="Eenheid",
    ),
    "pl": Land(
        zone="Europe/Warsaw",
        stamps=("iso_offset", "month_pl", "dot_ymd"),
        time="Data i godzina",
        names=("Przepływ", "Ciśnienie tłoczenia", "Prąd silnika"),
        quality="polish",
        words="polish",
        on_off=("Wył", "Zał"),
        dec=",",
        thou=("\u00a0", ""),
        encodings=("utf-8", "cp1250", "utf-16"),
        note="Pompownia 7",
        unit_word="Jednostka",
    ),
    "ru": Land(
        zone="Europe/Moscow",
        stamps=("russian_g", "month_ru", "month_ru_full"),
        time="Дата и время",
        names=("Расход воды", "Давление нагнетания", "Ток двигателя"),
        quality="russian",
        words="russian",
        on_off=("Выкл", "Вкл"),
        dec=",",
        thou=("\u00a0", ""),
        encodings=("utf-8", "cp1251", "utf-16"),
        note="Станция 7",
        unit_word="Ед. изм.",
    ),
    "en": Land(
        zone="America/Chicago",
        stamps=("us_pm", "us", "iso_t", "pi", "us_month", "rfc2822"),
        time="Timestamp",
        names=("Flow rate", "Discharge pressure", "Motor current"),
        quality="da_long",
        words="english",
        on_off=("Stopped", "Running"),
        dec=".",
        thou=(",", ""),
        encodings=("utf-8", "cp1252", "utf-16-le"),
        note="Site: Pump house",
        unit_word="Units",
    ),
    "zh": Land(
        zone="Asia/Shanghai",
        stamps=("chinese", "chinese_am", "slash_ymd"),
        time="时间",
        names=("出口流量", "出口压力", "电机电流"),
        quality="chinese",
        words="chinese",
        on_off=("停止", "运行"),
        dec=".",
        thou=(",", ""),
        encodings=("utf-8", "gbk", "utf-8-sig"),
        note="泵站 7",
        unit_word="单位",
    ),
}
