"""What quality columns are called and what their cells say, in the words of many systems and languages.

`verdict` reads one cell: good, not good, or unknown. Only the first telling word counts ('GoodLocalOverride' is good,
'Bad, last good value' is not). Must not import anything but the standard library and the word lists.
"""

from __future__ import annotations

import re

from workbench.logs.tables import world_words
from workbench.logs.tables.words import as_names, as_words, without_accents

STRONG_NAMES = as_names("""
    quality qualität qualitaet qualite qualité qualita qualità calidad qualidade kwaliteit kvalitet kvalita kvalität jakość
    jakosc качество достоверность 质量 品质 质量码 质量戳 laatu kalite kvalitetskode kvalitetskod qualitätscode
    qualitaetscode qualitydetail opcquality opcq opcstatus dataquality dataqual datakvalitet datenqualität dataintegrity
    integrity qualitycode qualitystatus statuscode qualitystatuscode qual qlty qc qcode qflag qstatus iptrendqstatus validity
    validität gültigkeit gueltigkeit validité validite validez validità validita validade geldigheid gyldighet gyldighed
    giltighet ważność waznosc confidence percentgood güte guete isgood isvalid isbad questionable
    品質 品質コード 信頼性 품질 품질코드 質量 ποιότητα εγκυρότητα الجودة جودة איכות คุณภาพ गुणवत्ता chấtlượng kualitas
    mutu calitate calitatea minőség érvényesség
    якість достовірність качество kvaliteta valjanost kvaliteet kokybė kvalitāte kalitesi geçerlilik luotettavuus
""") | as_names(world_words.QUALITY)
"""Headers that hardly mean anything but a quality."""
WEAK_NAMES = as_words("""
    status state statut estado stato stan статус состояние 状态 statusse flag flags valid good q sts stat st bad isok ok etat
    état zustand tilstand tillstånd toestand
""")
"""Headers that may as well be a machine's state or a flow: only the cells tell."""
INVERTED_NAMES = as_words("questionable isbad bad doubtful suspect substituted")
"""TRUE and 1 mean no good here."""
YES_NO_NAMES = as_words("valid good isgood isvalid isok ok isbad bad questionable")
"""Headers under which TRUE and FALSE speak of quality."""
PERCENT_NAMES = as_words("confidence percentgood")

_GOOD = (
    as_words("""
    good ok okay okey valid gut gute guter gültig gueltig bon bonne bons bonnes bien valide bueno buena buenos válido válida
    valido valida buono buona buoni bom boa boas goed goede geldig god godt gode gyldig bra giltig dobra dobry dobre dobrá
    dobrý dobré poprawny poprawna prawidłowy prawidłowa platný platná ważny хорошо хорошее хорошая хороший норма достоверно
    достоверное исправно исправен 良好 好 正常 有效 良 合格 优 hyvä jó bună iyi g gd goodlocaloverride nr 好值
""")
    | as_words("""
    correcto correcta corretto correto 良 良好な 正 有効 양호 좋음
    정상 유효 καλή καλό καλόσ έγκυρη έγκυρο جيد جيدة صالح
    טוב טובה תקין תקינה ดี ปกติ अच्छा
    अच्छी ठीक tốt hợplệ baik bagus valid bun bună
    bine érvényes megfelelő добра добре добрий достовірно справний добро исправан dobar hea kehtiv labs geras gera geçerli
    i̇yi kelpaa kunnossa
""")
    | as_words(world_words.GOOD)
)
_BAD = (
    as_words("""
    bad poor uncertain doubtful questionable invalid nok stale error fail failed failure suspect substituted notgood unknown
    schlecht schlechte unsicher ungültig ungueltig gestört gestoert zweifelhaft fehler fehlerhaft störung stoerung mauvais
    mauvaise douteux douteuse incertain incertaine invalide défaut malo mala incierto incierta dudoso dudosa inválido
    inválida erróneo fallo cattivo cattiva incerto incerta dubbio dubbia errato guasto ruim mau má duvidoso duvidosa falha
    slecht slechte onzeker twijfelachtig ongeldig dårlig usikker tvilsom ugyldig feil dålig osäker ogiltig tvivelaktig fel
    ringe tvivlsom fejl usikkert dårligt zła zły złe niepewna niepewny nieprawidłowy błędny błąd wątpliwy špatná špatný
    nejistá nejistý neplatná chyba плохо плохое плохой плохая недостоверно недостоверное сомнительное сомнительно
    неопределенное неопределённое неисправно отказ ошибка 坏 不良 差 不确定 可疑 无效 故障 坏值 huono epävarma rossz kötü u b
    q s x notok bd err frozen stuck flatline flatlined held expired outdated disconnected timeout missing clipped saturated
    overrange underrange estimated forced qst iop oop eingefroren festgefahren figé gelé congelado bloccato
    bevroren frossen fryst zamrożony заморожено замерло 冻结 卡滞
""")
    | as_words("""
    异常 erróneo errónea erroneo errado hatalı 不良 不定 無効
    異常 欠測 불량 나쁨 불확실 무효 이상 κακή κακό αβέβαιη
    αβέβαιο άκυρη άκυρο σφάλμα سيئ سيئة رديء مشكوك
    غير خطأ רע רעה גרוע תקלה ผิด เสีย แย่
    ไม่ดี ไม่แน่นอน खराब अनिश्चित अमान्य xấu kém lỗi buruk jelek rusak tidak rău rea incert nevalid bizonytalan
    érvénytelen hibás погана поганий невизначена
    невизначено недостовірно лошо съмнително loš loša halb kahtlane kehtetu slikts nederīgs bloga blogas belirsiz geçersiz
    şüpheli virheellinen kelvoton
""")
    | as_words(world_words.BAD)
)
_PREFIXES = (
    ("good", True), ("gut", True), ("bad", False), ("uncertain", False), ("unsicher", False), ("schlecht", False),
    ("invalid", False), ("ungültig", False), ("questionable", False), ("doubtful", False), ("uncert", False),
    ("недостовер", False), ("достовер", True), ("хорош", True), ("плох", False), ("не", False), ("良好", True), ("不", False),
    ("недост", False), ("无效", False),
    ("incert", False), ("mauvais", False), ("dårlig", False), ("usikk", False), ("poor", False),
)  # fmt: skip
_SHORT = {"io": True, "nio": False}
"""Letters that only say something together: in Ordnung and nicht in Ordnung."""
_NOT = as_words("not no nicht non nie ikke inte ej niet não nao ne не kein keine sin sem pas") | as_words(world_words.NOT)
_SAYS_GOOD = dict.fromkeys(_BAD, False) | dict.fromkeys(_GOOD, True)
_SAYS_GOOD |= {"unreliable": False, "reliable": True}
_BARE_GOOD, _BARE_BAD = (frozenset(map(without_accents, words)) for words in (_GOOD, _BAD))
_SAYS_GOOD |= {word: word in _BARE_GOOD for word in _BARE_GOOD ^ _BARE_BAD if word not in _SAYS_GOOD}
_SPLIT = re.compile(r"[\s.,;:_/|(){}\[\]<>\-]+|(?<=[a-zäöü])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_BRACED = re.compile(r"\{\s*(\w+(?:\s*,\s*\w+)*)\s*\}")
"""What Niagara says of a point: {ok}, else all that is the matter with it: {down,stale}."""
_CODE = re.compile(r"(0x[0-9a-f]{1,8}|\d{1,10})(?:\.0*)?", re.IGNORECASE)
_MORE = re.compile(
    r"last ?known|last ?usable|out of service|config|not connected|device|manual|raw|interpolat|simul|limit|maint|overflow|range"
    r"|sensor|comm|no data|annotat|substitut|calc",
    re.IGNORECASE,
)


def code_of(text: str) -> int | None:
    """A cell that is nothing but a code: 192, 0xC0, 0x80310000."""
    match = _CODE.fullmatch(text.strip())
    return _as_int(match[1]) if match else None


def code_beside(text: str) -> int | None:
    """The code beside words: '192 (Good)', 'Good (0x00000000)'."""
    found = [part for part in re.split(r"[\s,;:()\[\]]+", text) if part and _CODE.fullmatch(part)]
    match = _CODE.fullmatch(found[0]) if len(found) == 1 else None
    return _as_int(match[1]) if match else None


def _as_int(text: str) -> int:
    return int(text, 0 if text.lower().startswith("0x") else 10)


def verdict(text: str) -> bool | None:
    """Whether the words of a cell say good (True), anything else that is known (False), or nothing that is known (None)."""
    braced = _BRACED.fullmatch(text.strip())
    if braced:
        return braced[1] == "ok"
    words = [word.casefold() for word in _SPLIT.split(text.strip()) if word and not _CODE.fullmatch(word)]
    if not words:
        return None
    if "".join(words) in _SHORT:
        return _SHORT["".join(words)]
    if len(words) > 1 and (words[0] in _NOT or words[-1] in _NOT):
        return False
    for word in words[:2]:
        is_known = _SAYS_GOOD.get(word, _SAYS_GOOD.get(without_accents(word)))
        if is_known is not None:
            return is_known
        for prefix, is_good in _PREFIXES:
            if word.startswith(prefix) and len(word) > len(prefix):
                return is_good
    return False if _MORE.search(text) else None
