"""Words of headers in languages beside those of `words`, which takes them in. Data only; `_` joins words of one name."""

from __future__ import annotations

TIME = """
    erfassungszeit ortszeit ajatempel tími tímastimpill laika_zīmogs laiko_žyma znacznik_czasu czas_pomiaru
    časová_značka časové_razítko časová_pečiatka marcă_de_timp времеви_печат час_виміру время_измерения момент_времени
    мітка_часу временска_ознака vremenska_oznaka časovni_žig χρονική_σήμανση vaxt уақыт vaqt חותמת_זמן الطابع_الزمني
    زمان وقت সময় நேரம் సమయం thời_điểm thời_gian_ghi thời_gian marca_temporale carimbo_de_data_hora instante ordua tyd
    wakati 日付時刻 年月日時刻 計測時刻 収集日時 記録時刻 取得日時 측정시각 타임스탬프 기록시간 수집시각 수집일시
    采集时间 测量时间 数据时间 上报时间 時間戳記 記錄時間 取樣時間 採集時間 日期時間 시간대 время_опроса время_записи
    čas_měření čas_merania mérés_ideje kellonaika ölçüm_zamanı tid_punkt måletidspunkt mättid meettijd hora_de_medición
    heure_de_mesure ora_di_misura
"""
DATE = """
    päivä dagsetning dags datums data dată датум sana tarix күні تاریخ তারিখ தேதி తేదీ तारीख tarikh 日期 年月日 날짜
    datum dátum дата date dato fecha tanggal ngày ημερομηνία kuupäev pvm
"""
CLOCK = """
    klo tími kellaaeg oră ore време vaxt уақыты vaqt ساعت زمان وقت সময় நேரம் సమయం ώρα klokkeslæt tyd čas časové laiks
    aika saat saati uhrzeit heure hora ora orario horário tijd tid godzina час время времени jam pukul giờ 时间 時間
    時刻 시각 시간 czas ura
"""
JOINTS = """
    und et y e ed og och ja un ir i a és și şi и і й та ve və va және و اور और तथा ও மற்றும் மరియు dan và in dhe eta en
    and de of
"""
"""What stands between date and time in the name of a time."""
LOCAL = """
    local locale lokal lokale lokalny lokalna lokální lokalt localtime helyi paikallinen местное локальное місцевий
    locală yerel lokalno plaatselijke lokalus vietējais kohalik τοπική τοπικός מקומי المحلي محلی स्थानीय setempat
    địa_phương 現地 본지 当地
"""
VALUE = """
    istwert medição leitura måling gildi mæligildi mõõteväärtus näit mērījums reikšmė matavimas odczyt pomiar měření
    meranie măsurare измерение значення вредност dəyər мән мәні مقدار মান மதிப்பு విలువ データ 데이터 数据 实时值 現在値
    现在值 当前值 현재값 balioa nilai_ukur mittaus_arvo lectura lettura relevé okuma_değeri naměřená_hodnota
    nameraná_hodnota valoare_măsurată
"""
TAG = """
    désignation point_de_mesure segnale etichetta canale canal kanaal variabele givare signaali nimi positio merki rás
    heiti mælipunktur muutuja tähis mõõtepunkt kanāls mainīgais tags nosaukums kanalas kintamasis žyma pavadinimas
    matavimo_taškas mērījuma_punkts sygnał kanał kanál proměnná měřicí_bod měřící_bod značka premenná merací_bod názov
    név nume etichetă punct_de_măsură променлива таг име точка_на_измерване переменная точка_измерения имя_переменной
    обозначение назва точка_вимірювання позначення променљива ознака назив naziv promenljiva mjerno_mjesto merno_mesto
    spremenljivka merilno_mesto όνομα σημείο_μέτρησης siqnal dəyişən teq арна айнымалы שם שם_תג נקודת_מדידה الاسم
    نقطة_القياس سیگنال کانال متغیر برچسب نام نام_تگ تگ नाम टैग_नाम সংকেত ট্যাগ சமிக்ஞை సిగ్నల్ ช่อง ตัวแปร ชื่อ จุดวัด
    tên tên_thẻ điểm_đo mã_thẻ variabel nama nama_tag isyarat saluran 測定点 計測項目 項目 項目名 名前 タグ番号 이름
    태그이름 항목 변수명 通道 通道名 点位 点位名称 变量名称 參數 訊號 變數 名稱 點名 標籤名稱 senyal seinalea
    punto_de_medición variable_de_proceso nom σημείο αισθητήρας παράμετρος μέγεθος punkt messort sensore paramètre
    parámetro parametro parâmetro parametr paraméter parametru параметър параметар parametre פרמטר חיישן نقطة معلمة
    مستشعر حساس سنسور نقطه पैरामीटर सेंसर बिंदु พารามิเตอร์ เซ็นเซอร์ จุด thông_số tham_số cảm_biến điểm パラメータ
    パラメーター センサー センサ 計器 계기 파라미터 센서 포인트명 传感器 傳感器 感測器 仪表 儀表 测量点 測量點 点号 點號
    czujnik čidlo snímač bod érzékelő pont senzor сензор тачка точка točka taškas jutiklis punkts sensors andur
    mõõtekoht anturi piste skynjari punktur titik sensor_id alat
"""
QUALITY = """
    gæði квалитет kakovost veljavnost keyfiyyət сапасы сапа کیفیت গুণমান தரம் నాణ్యత kualiti qualitat calidade kalitatea
    platnost platnosť važnost kehtivus galiojimas derīgums validitate валидност валидность відповідність 品質状態 品质码
    数据质量 品質碼 資料品質 データ品質 신뢰도 데이터품질 kvalitní_kód kod_jakości jakość_danych код_качества код_якості
    código_de_calidad código_qualidade código_de_qualidade code_qualité codice_qualità kwaliteitscode laatukoodi
    minőségkód kalite_kodu mã_chất_lượng kode_kualitas
"""
UNIT = """
    eining matavimo_vienetas unitate_de_măsură мерна_единица јединица enota merska_enota vahid өлшем_бірлігі бірлік واحد
    واحد_القیاس وحدة_القياس একক அலகு యూనిట్ 工程单位 量纲 工学単位 공학단위 unitat unità_di_misura unidad_de_medida
    unidade_de_medida unité_de_mesure mateenheid meeteenheid måleenhet måleenhed mätenhet mittayksikkö jednostka_miary
    měrná_jednotka merná_jednotka ölçü_birimi мерна_јединица unitate_măsură
"""
REMARK = """
    hinweis observation comentario observación commento osservazioni comentário notitie kommentti huomio athugasemd
    märkus kommentaar piezīme piezīmes komentārs pastaba pastabos komentaras komentarz komentář poznámky komentár
    comentariu напомена komentar opomba opombe забелешка белешка yorum qeyd ескертпе توضیحات মন্তব্য குறிப்பு గమనిక
    ulasan 摘要 メモ 特記事項 특이사항 비고란 comentari oharrak примітки примечания замечание зауваження коментарі
    σημείωση σημειώσεις opmerkingen
"""
INDEX = """
    rang núm ordem regel række röð lína jrk jrknr rida nrpk rinda eilnr eilutė poř poř_č por_č riadok poradie sor rând
    пореден пореден_no no_зп номер_пп рбр ред_бр r_br red_br zap_št αρ р_с שורה مס' تسلسل مسلسل ردیف شماره क्र क्र_सं
    ক্রম எண் క్రమ_సంఖ్య số_tt số_thứ_tự nomor bil 項番 순서 연번 序號 編號 項次 行號 järj_nro järjestysnumero
"""
ON = """
    lauf em_marcha rodando sì marcia in_funzione avviato avviata attivato attivata bedrijf activado activada iniciado
    kveikt í_gangi já opið satt virkt sees avatud tõene lahti töös sisse_lülitatud jā atvērts darbs patiess ieslēgta
    atidaryta atidarytas darbas įjungtas teisinga ruch uruchomiony uruchomiona włączone załączone otevřeno spuštěno
    otevřen v_provozu provoz zapnuté zapnutá beží áno otvorené otvorený spustené v_prevádzke prevádzka jár üzem üzemel
    bekapcsolt nyitott pornită deschisă funcționează în_marș включен включена работи в_работа отворен отворена вярно
    пуск пущен запущен включён робота увімкнений відкритий уключана уключаны укл праца адкрыта адкрыты працуе укључено
    укљ ради рад отворено покренуто otvoreno uklj pokrenuto rad točno tačno vključeno deluje odprto vklop obratuje
    resnično вклучено λειτουργεί εντός ενεργό ενεργή ανοικτή ανοιχτή αληθές σε_λειτουργία aktif çalıştı devrede doğru
    yanılı işləyir bəli açıq қосулы жұмыста иә ашық ақиқат yoniq ha ochiq דולק מחובר פעיל تعمل مشغل مشغلة مفتوحة نشط
    شغال روشن درحال_کار در_حال_کار بله باز درست فعال खुला सक्रिय เดินเครื่อง เดิน ทำงานอยู่ hoạt_động đang_mở terbuka
    jalan オン 開 起動 稼動 稼働中 起動中 接 有 온 켬 기동 기동중 启 闭合 开启 开泵 运 启用 运转中 正在运行 有效 運轉
    運轉中 啟動 閉合 啟用 通電 en_marxa obert cert encès engegat martxan irekita egia slått_på påslått tilslått
    indkoblet inkopplad tillslagen ingeschakeld gestart v_chodu beh engedélyezve üzemben funcționare ход работещ
    покренут пуштено פעולה בפעולה روشن_است تشغيل_يدوي चल_रहा_है जारी jalankan berputar đang_chạy_tốt 起動済 통전 송수중
    在运行 送水 demarré démarré démarrée gestartet angelaufen laufend em_serviço rodar
"""
OFF = """
    arrêté éteint hors_service désactivée detenido desactivado desactivada disattivo disattivato disattivata ferma
    arrestato arrestata dicht stilstand falskt slökkt stöðvað lokað ósatt óvirkt suletud väär kinni peatatud
    välja_lülitatud nē aizvērts nepatiess izslēgta uždaryta uždarytas išjungtas neteisinga wyłączone zatrzymane zavřeno
    zastaveno zavřen mimo_provoz odstaveno vypnuté vypnutá zatvorené zatvorený zastavené nie_je_v_prevádzke leállítva
    kikapcsolt zárt închisă изкл изключено изключен изключена спрян спряна не затворен затворена невярно отключено
    отключен отключена отключён выключён останов остановка стоит зупинка вимкнений вимкнена закритий выключана выключаны
    не_працуе искључено искљ стоји затворено заустављено zatvoreno isklj zaustavljeno netočno netačno izključeno zaprto
    izklop ustavljeno neresnično исклучено стои σταμάτησε εκτός ανενεργό ανενεργή σταματημένη σταματημένο ψευδές pasif
    devre_dışı çalışmıyor sönük dayanıb xeyr bağlı өшірулі тоқтады жоқ жабық жалған o'chiq yo'q yopiq עצר עצור מנותק
    לא_פעיל متوقفة مطفأ مطفأة مغلقة غير_نشط خاموش متوقف خیر بسته غلط غیرفعال निष्क्रिय หยุดเดิน ngừng ngưng không_chạy
    tertutup padam berhenti palsu オフ 偽 断 停止状態 無 오프 끔 중지 중지됨 停泵 停运 停用 无效 未运行 已停 停機 斷開
    停車 斷 未運轉 aturat tancat fals apagat desligat geldirik itxita gezurra paro detención parar paragem ute_av_drift
    ur_drift avslått slått_av avslag afbrudt udkoblet urkopplad frånslagen uitgeschakeld odstavené v_kľude v_klidu
    nečinné leáll üzemen_kívül repaus în_repaus покой простой в_покое в_резерве стоянка в_покой мирува мирује заустављен
    mirovanje παύση παύσης beklemede dur המתנה עצירה בהמתנה توقف وقوف يتوقف توقف_شده बंद_है रुका_हुआ นิ่ง พัก nghỉ
    đang_dừng henti diam 待機 休止 運休 休止中 대기 중단 待机 备用 待機中 停水 ruhe pausiert in_ruhe au_repos en_repos
    en_reposo reposo a_riposo riposo em_repouso repouso in_rust rust lepo lepotila spoczynek w_spoczynku
"""
GOOD = """
    ordnung correct correcte kelvollinen gott gilt laba labas derīgs derīga galiojantis galioja tinkama валидно валидна
    годно годен годна норм нормально важеће važeće dobar dobro добар valjano valjana ispravno veljavno veljavna καλα
    uygun yaxşı жақсы жарамды خوب معتبر صحیح مناسب سليم सही मान्य ใช้ได้ hợp tốt sah bona bonne korrekt korrekte
    kunnossa 优良 优 良品 可信 合格 適正
"""
BAD = """
    ersatzwert fragwürdig sospechosa sospechoso deficiente scadente sospetta sospetto tveksam tveksamt kelpaamaton
    epäluotettava slæmt óvisst ógilt ebakindel slikta nenoteikts nenoteikta apšaubāms apšaubāma neaiški neaiškus
    neapibrėžta abejotina abejotinas negalioja negaliojantis wątpliwa błędna błędne pochybná pochybné zlá zlé neistá
    neisté neurčitá kétes gyenge slabă slab nesigură nesigur îndoielnică dubioasă лоша лошо погано сумнівна сумнівно
    лоше лош несигурно сумњиво nevažeće sumnjivo loše nesigurno nesigurna neizvjesna nevaljana upitna neispravno slabo
    slaba negotova negotovo neveljavna neveljavno dvomljiva αμφίβολη αμφίβολο ύποπτη pis qeyri нашар белгісіз жарамсыз
    күмәнді גרועה מפוקפק מפוקפקת פסול رديئة معيبة بد نامشخص نامعتبر مشکوک خراب ख़राब संदिग्ध गलत ใช้ไม่ได้ สงสัย nghi
    meragukan buruk 疑わしい 不確か 不確定 不確実 의심 의심됨 壞 壞值 無效 不可信 欠陥 dolenta incerta dubtosa dudoso
"""
NOT = """
    לא אינו אינה غير ليس ليست نه नहीं गैर ไม่ không chẳng tidak bukan tak nem nav nē nėra δεν μη όχι değil yox емес ні
    ikkje ekki pole nu pas 非 未 無 아님 안 mai tiada
"""
YES = """
    sí sì sim tak да так evet igen ano áno da kyllä já jah jā taip ναι כן نعم بله हाँ ใช่ có ya はい 예 네 是 y true
"""
NO = """
    não nie нет ні hayır nem ne nu ei nē όχι לא لا خیر नहीं ไม่ không tidak いいえ 아니오 否 nej nei nee не
"""
