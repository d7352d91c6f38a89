"""Word lists of the importer: what plants, loggers and languages print. Data only; the rules are elsewhere."""

from __future__ import annotations

import re
import unicodedata

from workbench.logs.tables import world_words


def as_words(text: str) -> frozenset[str]:
    """A word list as it is written in this file."""
    return frozenset(text.split())


def as_names(text: str) -> frozenset[str]:
    """A word list as headers are compared: lower case, letters and digits alone (no vowel sign of Thai or Hindi)."""
    names = {re.sub(r"[^\w#]|_", "", word.casefold()) for word in text.split()}
    return frozenset(names | {without_accents(name) for name in names})


def without_accents(text: str) -> str:
    """Latin and Greek letters as terminals and old exports print them: Čas as Cas, Größe as Grosse, Κλειστό as Κλειστο."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text.translate(_BARE))
    return unicodedata.normalize("NFC", "".join(char for char in apart if not "\u0300" <= char <= "\u036f"))


_BARE = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "ə": "e", "ς": "σ"})


ISA_LETTERS = {
    "A": "analysis", "E": "voltage", "F": "flow", "H": "hand", "I": "current", "J": "power", "L": "level",
    "P": "pressure", "S": "speed", "T": "temperature", "V": "vibration", "W": "weight", "Z": "position",
}  # fmt: skip

QUANTITY_WORDS = (
    ("vibration", r"\bvib|accel|schwing|erschütter|velocity rms|\brms acc|vibr"),
    ("temperature", r"temp|thermo|\bdeg c\b|wärme|\btsa\b"),
    (
        "flow",
        r"flow|durchfl|(förder|volumen|mengen)strom|\bd[eé]bie?t|mengde|gjennomstrøm|flöde|caudal|vazão|portata|przepływ|расход",
    ),
    ("pressure", r"press|druck|\bpdis\b|\bpsuc|suction|discharge p|\bnpsh|trykk|tryck|\btryk\b|presi[óo]n|\bdruk|ciśnien|давлен"),
    ("current", r"current|strom\b|amps?\b|\bcurr\b|courant|\bi motor\b|strøm\b|ström\b|stroom\b|corriente|corrente|prąd|\bток\b"),
    ("voltage", r"volt|spannung|spenning|spänning|batt|tensión|tensione|napięc|напряж"),
    ("power", r"power|leistung|\bkw\b|puissance|effekt"),
    ("speed", r"speed|\brpm\b|drehzahl|vitesse|turtall|varvtal|toerental|obroty|частот[аы] вращ"),
    ("level", r"level|füllstand|niveau|nivå|nivel|livello|poziom|уровень|\btank\b"),
    ("position", r"valve|ventil|position|opening|stellung"),
    ("torque", r"torque|drehmoment"),
    ("frequency", r"freq"),
)

TIME_NAMES = as_names("""
    time timestamp datetime date_time date-time date/time t ts zeit zeitpunkt zeitstempel datum uhrzeit date tid tidspunkt
    tidsstempel dato klokkeslett horodatage heure fecha hora tiempo data ora tijd tijdstip datumtijd instant when localtime
    utc sampletime samplingtime timeutc timelocal datetimeutc timestamputc epoch unixtime unix unixtimestamp epochtime
    eventtime logtime recordtime sourcetimestamp servertimestamp tstamp timestring varzeit zeitangabe datumzeit datumuhrzeit
    datumundzeit datumunduhrzeit horodate dateheure dateetheure fechahora fechayhora marcadetiempo marcatemporal dataora
    dataeora datahora dataehora dataorario orario datatempo tempo tijdstempel datumentijd datoogtid datotid datumochtid
    datumtid tidpunkt tidsstämpel tidstämpel klockslag czas dataiczas dataigodzina dataczas godzina znacznikczasu время дата
    датавремя датаивремя отметкавремени метка меткавремени 时间 日期 日期时间 时间戳 采样时间 čas datumačas datumčas datumcas
    aika päivämäärä zaman tarih időpont idő dátum xvalue acquisitiontime scantime lastchanged lastupdated createdat updatedat
    recordedat measuredat observedat sampledat loggedat receivedat capturedat
    tarihsaat tarihvesaat zamandamgası kayıtzamanı ημερομηνία ημερομηνίαώρα ώρα χρόνος χρονοσήμανση 日時 日付 時刻 時間
    年月日 タイムスタンプ
    測定日時 計測日時 記録日時 收集时间 记录时间 时标 時間戳 일시 날짜 시간 시각 측정일시 측정시간 التاريخ الوقت
    التاريخوالوقت الزمن תאריך שעה תאריךושעה זמן
    תאריךשעה วันที่ เวลา วันที่และเวลา วันเวลา समय दिनांक तिथि दिनांकसमय thờigian ngàygiờ ngày giờ waktu tanggal
    tanggaljam jam dataoră datașiora
    datasiora moment dátumidő dátumésidő időbélyeg aikaleima pvm päiväys pvmjaaika датаічас датачас час temps vreme
    vrijeme datumvreme datumivrijeme kuupäev aeg laiks datums laikas duomenųlaikas kellonaika
""") | as_names(world_words.TIME)
TIME_JOINTS, LOCAL_WORDS = as_names(world_words.JOINTS), as_names(world_words.LOCAL)
"""Words between date and time in the name of a time, and those that say whose clock it is."""
DATE_NAMES = as_names("""
    date datum dato fecha data day tag jour дата 日期 giorno día dia
    日付 年月日 날짜 일자 التاريخ תאריך วันที่ दिनांक ngày tanggal tarih ημερομηνία dátum päivämäärä pvm fecha dată
    kuupäev datums
""") | as_names(world_words.DATE)
CLOCK_NAMES = as_names("""
    time zeit uhrzeit klokkeslett heure hora ora tid tijd clock czas godzina время 时间 čas klockslag orario
    時刻 時間 시간 시각 الوقت שעה เวลา समय giờ jam saat ώρα idő kello kellonaika час hodina oră klokke klokka vreme
    vrijeme aeg laiks
""") | as_names(world_words.CLOCK)
MILLISECOND_NAMES = as_words("ms msec millisec millisecond milliseconds millis millitm millisekunden millisekunde мс 毫秒")
FRACTION_NAMES = (
    (3, MILLISECOND_NAMES),
    (6, as_words("us usec microsec microsecond microseconds micros µs μs mikrosekunden mikrosekunde мкс 微秒")),
    (9, as_words("ns nsec nanosec nanosecond nanoseconds nanos nanosekunden nanosekunde нс 纳秒")),
    (9, as_words("ns nsec nanosec nanosecond nanoseconds nanos nanosekunden нс 纳秒")),
)
"""Columns that hold the fraction of a second alone, and its digits."""
CLOCK_FLAG_NAMES = as_words("dst isdst dstflag daylightsaving sommerzeit sommertid summertime heureété zomertijd oralegale")
"""Columns that say whether the clock stood on summer time."""
RELATIVE_NAMES = ("elapsed", "relative", "laufzeit", "seconds", "sekunden", "runtime")
TAG_NAMES = as_names("""
    measurename metricname alias entity statistic friendly fragmentseries seriesname
    tag tagname tagid name point pointname pointid signal signalname channel sensor sensorname variable varname item itemid
    parameter messstelle kanal metric measurement field series key nodeid browsename attribute path bezeichnung variablenname
    kks messpunkt messgröße messstellenname kanalname datenpunkt akz tagindex numericid tagpath itemname iotag variabletag
    moduleparameter modulepath pointtag objectid objectname dataitem displayname repère repere étiquette etiquette balise
    grandeur mesurande capteur voie nomdutag señal senal punto puntodemedida etiqueta nombre variabile grandezza misurando
    puntodimisura nometag nome variável variavel ponto pontodemedição sinal meetpunt meetkanaal signaal naam målepunkt
    maalepunkt målested signalnavn tagnavn navn mätpunkt mätställe namn målepunktsnavn nazwa zmienna punktpomiarowy tagnazwa
    nazwatagu тег тэг имятега параметр точка имя наименование сигнал датчик канал 位号 标签 标签名 名称 点名 测点 测点名称
    变量 变量名 参数 veličina signál název etiketa
    タグ タグ名 信号 信号名 計測点 測点 点名称 変数 チャンネル チャネル 태그 태그명 신호 신호명 변수 측정점 채널 포인트
    標籤 測點 位號 etiket sinyal değişken nokta
    ölçümnoktası σήμα μεταβλητή ετικέτα κανάλι الإشارة المتغير القناة النقطة الوسم אות תג ערוץ משתנה נקודה สัญญาณ แท็ก
    ชื่อแท็ก จุดวัด ช่องสัญญาณ टैग संकेत चैनल
    tínhiệu biến tênbiến thẻ kênh sinyal tanda titikukur semnal variabilă punct jel csatorna változó mérőpont címke
    mittaus muuttuja kanava mittauspiste tunnus
    змінна имесигнала oznaka signal promjenljiva varijabla mjernatočka signalas signāls signaal
""") | as_names(world_words.TAG)
TAG_NAME_ENDINGS = ("id", "name", "code", "no", "nr", "number", "path", "key", "fullname", "address")
"""What follows a word of `TAG_NAMES`: entity_id, Point Address."""
QUANTITY_NAMES = as_words("""
    quantity quantityname measuredquantity physicalquantity measurand measurandname measuredvariable observedproperty property
    propertyname characteristic größe groesse messgröße messgroesse physikalischegröße grandeurphysique grandeurmesurée
    magnitud
    magnitudmedida grandezzafisica grandeza grandezamedida grootheid meetgrootheid størrelse stoerrelse målestørrelse storhet
    mätstorhet wielkość wielkosc wielkośćmierzona величина физическаявеличина suure mennyiség 物理量 测量量
""")
"""Names of a column that says what was measured, not where; a column of tags beside it goes first."""
ASSET_NAMES = as_words("""
    asset assetid assetname assettag assetno assetnumber assetnum pump pumpid pumpname pumptag pumpno pumpnumber pumpunit
    equipment equipmentid equipmentname equipmenttag equipmentno equipmentnumber equip equipno machine machineid machinename
    machinetag machineno functionallocation funcloc pumpe pumpen pumpenid pumpenname pumpennr pumpennummer anlage
    anlagennummer anlagenr anlagenteil maschine maschinenid maschinennummer maschinennr aggregat equipmentnr equipmentnummer
    ausrüstung pompe nompompe numéropompe équipement equipement machinerie bomba idbomba nombrebomba equipo máquina maquina
    activo pompa macchina impianto apparecchiatura attrezzatura equipamento ativo pomp pompnummer installatie apparaat
    utstyr utstyrsnr utstyrsnummer pumpenummer pumpenr maskin maskinnr utrustning udstyr anlegg urządzenie urzadzenie
    maszyna насос агрегат оборудование установка машина čerpadlo cerpadlo stroj zařízení pumppu laite kone szivattyú gép
    ekipman makine 泵 水泵 泵名称 泵号 设备 设备名称 设备编号 机组 ポンプ 機器 設備
""")
"""Names of a column that says which machine a row is about."""
PLACE_NAMES = as_words("""
    device deviceid devicename host hostname station stationid stationname node nodename source sourceid sourcename gerät
    geraet
    gerätename appareil dispositivo apparat enhetsnavn urządzeniepomiarowe устройство станция posten poste stazione estación
    estação stanowisko stasjon 站点 装置
""")
"""Names of a column that says so only where one tag stands beside several of them (else: its transmitter)."""
VALUE_NAMES = as_names("""
    value wert val reading numericvalue floatvalue doublevalue varvalue tagvalue verdi valeur valor messwert pv vvalue mesure
    medida misura valore waarde meetwaarde måleverdi maaleverdi værdi vaerdi värde vaerde mätvärde wartość wartosc значение
    показание 值 数值 测量值 hodnota arvo érték
    値 測定値 計測値 データ値 값 측정값 數值 測值 değer ölçüm okunan τιμή μέτρηση القيمة القراءة قراءة ערך מדידה ค่า
    ค่าที่วัด मान giátrị giátrịđo nilai
    valoare mérés mértérték mittausarvo lukema показання стойност vrijednost vrednost väärtus vērtība vertė
""") | as_names(world_words.VALUE)
WEAK_VALUE_NAMES = as_words("state zustand status result ergebnis résultat resultado risultato data")
"""Names of a column of values in a long table that has none of a better name."""
TYPE_WORDS = as_words("""
    datetime date time timestamp index float double real lreal single number decimal short long int dint sint usint uint udint
    lint word dword lword byte bool boolean bit string text varchar char bigint smallint integer numeric unsigned signed
    trigger
""")
"""Words of a header row that says how columns are stored."""
UNIT_NAMES = as_names("""
    unit units uom einheit einheiten engunit engunits engineeringunits enhet enhed unite unité eu unitsabbreviation unidad
    unidades unidade unità unita eenheid jednostka jednostki едизм единица единицы едизмерения 单位 yksikkö jednotka
    uomstring dimension maßeinheit masseinheit
    単位 단위 單位 birim ölçübirimi μονάδα μονάδες الوحدة وحدة יחידה יחידות หน่วย इकाई đơnvị satuan unitate um egység
    mértékegység mittayksikkö
    одвим одиниця одиниці одиницявиміру jedinica mjernajedinica ühik mērvienība vienetas jm
""") | as_names(world_words.UNIT)
INDEX_NAMES = as_names("""
    序号 编号 行号 ligne lp fila linha riga rij rad satz satznr zeilennr lfdno пп номер строка pořadí løpenr lopenr
    løpenummer volgnr volgnummer nomer poz numer sira record rn rec recnum recno recordno recordnumber index idx id row rowno
    rownum rownumber no nr num number seq sequence sequenceno lfdnr laufnummer zeile line lineno # sample sampleno
    samplenumber scan rowid progressivo progr nprogressivo registro registo nregistro numéro numero número nummer indeks
    indice índice indeksi rivi wiersz řádek satır satırno datensatz datensatznr enregistrement messung messungnr čp
    entryid recordid logid sampleid lineid seqno seqid
    item stt ssz sorszám nrcrt sıra sırano αα 番号 連番 行番号 번호 순번 順號 رقم الرقم מספר מס ลำดับ ลำดับที่ क्रम
    क्रमांक nourut urutan нп рядок ред noпп
    rednibroj rb npk järjnro nro nopa løbenr löpnr reihe
""") | as_names(world_words.INDEX)
ANNOTATION_NAMES = as_names("""
    comment comments note notes remark remarks bemerkung kommentar annotation annotations annotated message meldung text
    description beschreibung operator event user beskrivelse merknad remarque shift schicht
    備考 コメント 注記 备注 注释 說明 備註 비고 메모 açıklama σχόλιο σχόλια παρατηρήσεις ملاحظات ملاحظة הערה הערות
    หมายเหตุ टिप्पणी ghichú catatan
    keterangan observații observatii megjegyzés huomautus huom anmerkung anmärkning bemærkning opmerking opmerkingen
    observaciones observação observações
    примечание комментарий примітка коментар забележка uwagi uwaga poznámka napomena nota commentaire remarque
""") | as_names(world_words.REMARK)
SEVERITY_NAMES = as_words("""
    priority prio severity alarmclass alarmpriority alarmseverity priorität prioritaet schweregrad meldeklasse gravité priorité
    prioridad severidad priorità prioritet prioriteit priorytet приоритет важность 优先级
""")
"""Columns of an alarm list that say how grave an alarm is."""
SURE_LABEL_PATTERN = r"anomal|outlier|\blabels?\b|ground ?truth|change ?point|\battack|\batt flag\b|\brul\b|remaining useful"
"""Names that nothing but a label has."""
LABEL_PATTERN = (
    r"anomal|outlier|\blabels?\b|\btarget\b|ground ?truth|change ?point|\bfaults?\b|\bfaulty\b|\bfailures?\b|\battack"
    r"|\batt flag\b|\bflag\b|\brul\b|remaining useful|\bis (abnormal|normal|bad)\b"
    r"|\babnormal\b|\bdefect|\bleak y\b|\by\b$|\bclass\b"
    r"|аномал|ανωμαλ|ناهنجار|شذوذ"  # a fault in other tongues (Störung, Feil) is mostly a controller's bit, and kept
)

ON_WORDS = as_words("""
    入 運転 運転中 動作 動作中 稼働 はい 켜짐 운전 운전중 작동 가동 예 참 열림 開啟 運行 ανοικτό ανοιχτό λειτουργία
    σε_λειτουργία ναι αληθήσ αληθησ
    تشغيل يعمل نعم صحيح مفتوح פועל עובד כן אמת פתוח เปิด ทำงาน กำลังทำงาน ใช่ จริง चालू चल_रहा हाँ सत्य bật đang_chạy chạy
    có đúng mở hidup berjalan ya
    benar nyala buka pornit în_funcțiune in_functiune da adevărat deschis üzemel működik igaz nyitva bekapcsolva käy
    käynnissä tosi auki увімк увімкнено
    працює в_роботі так істина відкрито doğru kørende sand til в_експлуатации uključeno radi upaljeno töötab jah ieslēgts
    darbojas
    įjungta veikia taip ligada operando em_marcha encendida accesa attiva wł. вкл. увімк. em_operacao
    in_bedrijf en_marche en_marcha in_marcia в_работе in_betrieb zał zal załączony załączona w_ruchu pracuje em_funcionamento
    em_operação funcionando en_funcionamiento en_servicio in_servizio en_service em_serviço i_drift in_werking på_drift
    ist_ein kjøres aktivert geöffnet открыт открыта открыто otwarty otwarta otwarte offen geopend aperta åpnet tilkoblet 运转
    运行中 开机 接通 通 on running run yes true ein ja wahr läuft laeuft laufend open opened start started active aktiv
    enabled på oui vrai marche betrieb auf .t. t y high eingeschaltet an aan encendido marcha sí verdadero activo conectado
    acceso vero attivo aperto ligado verdadeiro ativo aberto waar actief draait drift sant kjører kører går tændt igång till
    sann wł wl włączony włączona tak prawda praca вкл включен включена включено работа работает да истина 开 运行 启动 是 真
    打开 zap zapnuto ano běží pravda chod päällä kyllä açık çalışıyor evet be fut igen ouvert ouverte abierto abierta sim
    allumé enclenché actif activé i_gang åpen åben öppen
""") | as_words(world_words.ON)
OFF_WORDS = as_words("""
    切 停止中 いいえ 閉 꺼짐 정지 정지중 아니오 거짓 닫힘 關閉 關 κλειστό κλειστή στάση εκτόσ_λειτουργίασ όχι ψευδήσ
    ψευδησ إيقاف متوقف لا خطأ مغلق כבוי
    מופסק לא שקר סגור ปิด หยุด หยุดทำงาน ไม่ ไม่ใช่ เท็จ बंद रुका नहीं असत्य tắt dừng không sai đóng mati berhenti tidak
    salah tutup oprit oprită nu fals
    închis hamis zárva leállt kikapcsolva seis pysäytetty pysähtynyt epätosi kiinni вимк вимкнено зупинено зупинений ні
    хибність закрито yanlış
    durdu durduruldu isključeno stoji ugašeno väljas seisab izslēgts apstādināts išjungta sustabdyta arrêtée apagada
    spenta wył. выкл. вимк.
    nej
    à_l'arrêt a_l'arret en_arrêt à_l’arrêt not_running gestoppt ausser_betrieb außer_betrieb buiten_bedrijf uit_bedrijf
    fuera_de_servicio detenida en_parada fermata in_arresto spenta inattiva stanset остановлена остановлено не_работает
    закрыт закрыта закрыто zamknięty zamknięta zamknięte odstawiony zatrzymany zatrzymana gesloten chiusa desligada 已停止
    关机 断开 断 nicht_aktiv ikke_i_drift deaktivert off stopped stop no false aus nein falsch steht stillstand closed close
    inactive inaktiv disabled av nei non faux arrêt arret halt geschlossen zu .f. f n low idle ausgeschaltet uit apagado
    parada parado falso inactivo desconectado spento fermo inattivo chiuso desligado fechado inativo não nao onwaar nee
    inactief gestopt stoppet falsk usann usant slukket från fra stängd wył wyl wyłączony wyłączona nie fałsz postój stój выкл
    выключен выключена выключено стоп остановлен нет ложь 关 停止 停机 停 否 假 关闭 vyp vypnuto ne stojí nepravda pois ei
    kapalı hayır duruyor ki áll nem fermé fermée cerrado cerrada détenu déclenché inactif désactivé lukket stanga stoppad
    stoppé stopp på_stopp
""") | as_words(world_words.OFF)
STATES = dict.fromkeys(ON_WORDS, True) | dict.fromkeys(OFF_WORDS, False)
"""Words of on (True) and off (False), `_` for a blank; also without their accents, where that leaves no doubt."""
_BARE_ON, _BARE_OFF = (frozenset(map(without_accents, words)) for words in (ON_WORDS, OFF_WORDS))
STATES |= {word: word in _BARE_ON for word in _BARE_ON ^ _BARE_OFF if word not in STATES}
EMPTY_WORDS = as_words("""
    - -- --- – — nan -nan +nan null (null) <null> none nil . 1.#qnan -1.#qnan 1.#ind -1.#ind 1.#qnan0 1.#ind00 -1.#ind00
    -1.#ind0 1.#ind0 \\n nan(ind) -nan(ind) #null <na>
""") | {""}
INFINITE_WORDS = as_words("""
    inf +inf -inf inf. -inf. 1.#inf0 -1.#inf0 1.#inf00 -1.#inf00 infinity +infinity -infinity posinf neginf 1.#inf -1.#inf
    +1.#inf ∞ -∞ +∞ infinite
""")
MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "january": 1, "february": 2, "march": 3, "april": 4, "june": 6, "july": 7, "august": 8, "september": 9, "sept": 9,
    "october": 10, "november": 11, "december": 12,
    "jän": 1, "januar": 1, "februar": 2, "mär": 3, "mrz": 3, "maer": 3, "märz": 3, "mai": 5, "juni": 6, "juli": 7, "okt": 10,
    "oktober": 10, "dez": 12, "dezember": 12, "mars": 3, "des": 12, "desember": 12, "janv": 1, "févr": 2, "fevr": 2, "avr": 4,
    "juin": 6, "juil": 7, "août": 8, "aout": 8, "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12, "gen": 1, "mag": 5, "giu": 6,
    "lug": 7, "set": 9, "ott": 10, "maj": 5, "mei": 5, "mrt": 3, "fev": 2, "out": 10,
}  # fmt: skip

_MORE_MONTHS = (
    "januari janvier enero gennaio janeiro stycznia styczeń sty января янв ledna led",
    "februari février fevrier febrero febbraio fevereiro lutego luty lut февраля фев února úno feb",
    "maart marts marzo março marco marca marzec марта март мар března bře",
    "april avril abril aprile kwietnia kwiecień kwi апреля апр dubna dub",
    "mayo maggio maio maja мая май května kvě",
    "junio giugno junho czerwca czerwiec cze июня июн června čvn giugn",
    "juillet julio luglio julho lipca lipiec июля июл července čvc",
    "augustus augusti agosto sierpnia sierpień sie августа авг srpna augusztus",
    "septembre septiembre setiembre settembre setembro września wrzesień wrz сентября сен сент září zář",
    "octobre octubre ottobre outubro października październik paź pazdz октября окт října říj",
    "novembre noviembre novembro ноября ноя listopadu",
    "décembre decembre diciembre dicembre dezembro grudnia grudzień gru декабря дек prosince pro",
)
MONTHS.update({name: number for number, names in enumerate(_MORE_MONTHS, 1) for name in names.split()})

ZONE_OFFSETS_MIN = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "mez": 60, "mesz": 120, "eet": 120, "eest": 180,
    "bst": 60, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "msk": 180, "jst": 540, "aest": 600, "aedt": 660, "awst": 480,
    "acst": 570, "acdt": 630, "nzst": 720, "nzdt": 780, "kst": 540, "hkt": 480, "sgt": 480, "myt": 480, "wib": 420, "ict": 420,
    "pkt": 300, "ist": 330, "gst": 240, "sast": 120, "brt": -180,
}  # fmt: skip
"""Zone abbreviations printed beside each stamp."""
