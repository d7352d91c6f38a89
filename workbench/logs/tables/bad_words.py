"""Words and signs for "no value", as instruments, historians and people print them among numbers, in many languages.

They only help to tell a column of numbers with bad cells from a column of remarks: whatever is no number is bad, with its text
as the reason, whether it stands here or not. Must not import anything but the word lists.
"""

from __future__ import annotations

import re
from functools import lru_cache

from workbench.logs.tables.words import as_words

_PART_LIST = (
    "bad|no data|no_data|nodata|missing|timeout|time out|scan off|scanoff|configure|pt created|fail|error|#n/a|#na|"
    "#value|#ref|#div|#num|#name|over|under|range|offline|off line|off-line|comm|shutdown|unknown|questionable|"
    "uncertain|not connect|disconnect|out of serv|oos|inactive|invalid|calc|ungültig|fehler|störung|kein wert|"
    "keine daten|defekt|ugyldig|feil|no result|no value|no sample|trip|arc off|snapshot|intf|interface|equip|stale|"
    "not available|n/a|unavailable|*|doubtful|filtered|digital state|no good|sensor|wire|broken|open loop|short|"
    "ausfall|gestört|gestoert|drahtbr|kurzschl|messbereich|gesperrt|nicht |überlauf|außer betrieb|wartung|getrennt|"
    "défaut|panne|hors |invalide|pas de|mauvais|rupture|non connect|dépassement|indisponible|erreur|fuera de|"
    "desconect|avería|no válido|falha|fora de|fora da|inválid|guasto|fuori |non valid|nessun|errore|scolleg|buiten |"
    "ongeldig|niet |uitgeschakeld|utenfor|dårlig|saknas|ogiltig|avbrott|mangler|uden for|błąd|awaria|nieprawid|нет |"
    "ошибка|обрыв|отказ|недостовер|сбой|авария|не подкл|вне диап|chyba|porucha|neplat|无|故障|超|中断|坏|失败|断线|"
    "异常|通讯|データなし|異常|欠測|不良|通信|故障|断線|範囲外|測定不|エラー|없음|불량|오류|이상|고장|단선|통신|초과|"
    "veri yok|geçersiz|arıza|hata|kopuk|δεδομένα|σφάλμα|βλάβη|άκυρ|διακοπ|εκτός|لا توجد|"
    "لا يوجد|غير |خطأ|عطل|انقطاع|خارج|אין |תקלה|לא תקין|שגיא|נתק|"
    "ไม่มี|ผิดพลาด|ขัดข้อง|เสีย|कोई|अमान्य|त्रुटि|खराब|दोष|không|lỗi|hỏng|sự cố|mất |tidak ada|tidak valid|gangguan|rusak|putus|"
    "fără|nevalid|defect|eroare|lipsă|nincs|érvénytelen|hiba|szakadás|ei dataa|ei arvoa|virhe|vika|häiriö|puuttuu|katko|немає|"
    "недостов|помилка|обрив|аварі|відмова|збій|няма|грешка|повреда|nema |greška|kvar|puudub|viga|nav |kļūda|nėra|klaida|bez dat|"
    "sin datos|sem dados|fallo|falta|komunikat"
)
_PARTS = tuple(_PART_LIST.split("|"))
_WORDS = as_words("""
    na kein keine aucun aucune fallo falla malo sin sem ruim erro storing geen slecht fout ikke ingen brudd inga fel larm
    fejl brak poza
""")
_WORD = re.compile(r"\w+")
_MAX_CHARS = 60


@lru_cache(maxsize=8192)
def is_bad_word(text: str) -> bool:
    """Whether a text says that there is no value, or a bad one; only short ones can."""
    if len(text) > _MAX_CHARS:
        return False
    folded = text.casefold()
    if any(map(folded.__contains__, _PARTS)):
        return True
    words = _WORD.findall(folded)
    return any(word in _WORDS or word.endswith("err") for word in words)
