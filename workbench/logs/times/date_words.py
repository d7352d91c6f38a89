"""Months, weekdays and halves of the day in the languages of the world, from Unicode's CLDR (Unicode License v3).

Made by `python -m tests.messy.date_words`; what plants print beyond CLDR is in `month_names`. Lower case, parted by `|`.
"""

from __future__ import annotations

MONTH_NAMES = {
    1: (
        "ean|eanáir|ene|enero|gen|gener|gennaio|ian|ianuarie|ion|ionawr|jaan|jaanuar|jan|janar|janeiro|januar|januari|"
        "januarie|january|január|januára|janv|janvier|janvāris|janúar|jän|jänner|led|leden|ledna|oca|ocak|saus|sausio|"
        "sausis|sij|siječanj|siječnja|sty|styczeń|stycznia|tammi|tammikuu|tammikuuta|urt|urtarrila|xan|xaneiro|yan|"
        "yanvar|ýan|ýanwar|ιαν|ιανουάριοσ|ιανουαρίου|нэгдүгээр сар|сту|студзень|студзеня|січ|січень|січня|янв|январ|"
        "январь|января|яну|януари|јан|јануар|јануари|қаң|қаңтар|հնվ|հունվար|հունվարի|ינואר|ינו׳|جانفي|جنوری|"
        "كانون الثاني|يناير|ژانویه|ژانویهٔ|जनवरी|जन॰|जाने|जानेवारी|জানু|জানুয়ারি|ਜਨ|ਜਨਵਰੀ|જાન્યુ|જાન્યુઆરી|ஜன|ஜனவரி|జన|"
        "జనవరి|ಜನ|ಜನವರಿ|ജനു|ജനുവരി|දුරුතු|ม.ค|มกราคม|ມ.ກ|ມັງກອນ|ဇန်|ဇန်နဝါရီ|იან|იანვარი|ጃን|ጃንዋሪ|មករា|一月"
    ),
    2: (
        "chw|chwef|chwefror|feabh|feabhra|feb|febbraio|febr|febreiro|febrer|febrero|februar|februari|februarie|february|"
        "február|februára|februāris|febrúar|fev|fevereiro|fevral|few|fewral|févr|février|helmi|helmikuu|helmikuuta|lut|"
        "lutego|luty|ots|otsaila|peb|pebrero|shk|shkurt|vas|vasario|vasaris|veebr|veebruar|velj|veljača|veljače|úno|"
        "únor|února|şub|şubat|φεβ|φεβρουάριοσ|φεβρουαρίου|ақп|ақпан|лют|лютага|лютий|лютого|люты|феб|фебруар|фев|февр|"
        "феврал|февраль|февраля|февруари|хоёрдугаар сар|փետրվար|փետրվարի|փտվ|פברואר|פבר׳|شباط|فبراير|فروری|فوریه|فوریهٔ|"
        "فيفري|फ़रवरी|फ़र॰|फेब्रु|फेब्रुअरी|फेब्रुवारी|ফেব|ফেব্রুয়ারি|ਫ਼ਰ|ਫ਼ਰਵਰੀ|ફેબ્રુ|ફેબ્રુઆરી|பிப்|பிப்ரவரி|ఫిబ్ర|"
        "ఫిబ్రవరి|ಫೆಬ್ರ|ಫೆಬ್ರವರಿ|ഫെബ്രു|ഫെബ്രുവരി|නවම්|ก.พ|กุมภาพันธ์|ກ.ພ|ກຸມພາ|ဖေ|ဖေဖော်ဝါရီ|თებ|თებერვალი|ፌብ|ፌብሩዋሪ|"
        "កុម្ភៈ|二月"
    ),
    3: (
        "bře|březen|března|kov|kovas|kovo|maalis|maaliskuu|maaliskuuta|maart|mac|machi|mar|marca|march|marec|maret|mars|"
        "marso|mart|martie|marts|martxoa|marzec|marzo|març|março|maw|mawrth|mrt|márc|március|márta|mär|märts|märz|ožu|"
        "ožujak|ožujka|μάρ|μάρτιοσ|μαρ|μαρτίου|бер|березень|березня|гуравдугаар сар|мар|март|марта|нау|наурыз|сак|"
        "сакавік|сакавіка|մարտ|մարտի|մրտ|מרץ|آذار|مارس|مارچ|मार्च|মার্চ|ਮਾਰਚ|માર્ચ|மார்|மார்ச்|మార్చి|ಮಾರ್ಚ್|മാർ|"
        "മാർച്ച്|මැදින්|มี.ค|มีนาคม|ມ.ນ|ມີນາ|မတ်|მარ|მარტი|ማርች|មីនា|三月"
    ),
    4: (
        "abr|abril|aib|aibreán|api|apirila|apr|aprel|april|aprile|aprili|aprilie|aprill|apríl|apríla|aprīlis|avr|avril|"
        "bal|balandis|balandžio|dub|duben|dubna|ebr|ebrill|huhti|huhtikuu|huhtikuuta|kwi|kwiecień|kwietnia|nis|nisan|"
        "pri|prill|tra|travanj|travnja|ápr|április|απρ|απρίλιοσ|απριλίου|апр|апрел|апрель|апреля|април|дөрөвдүгээр сар|"
        "квіт|квітень|квітня|кра|красавік|красавіка|сәу|сәуір|ապր|ապրիլ|ապրիլի|אפריל|אפר׳|آوریل|أبريل|أفريل|اپریل|نيسان|"
        "अप्रिल|अप्रैल|एप्रि|एप्रिल|এপ্রি|এপ্রিল|ਅਪ੍ਰੈ|ਅਪ੍ਰੈਲ|એપ્રિલ|ஏப்|ஏப்ரல்|ఏప్రి|ఏప్రిల్|ಏಪ್ರಿ|ಏಪ್ರಿಲ್|ഏപ്രി|"
        "ഏപ്രിൽ|බක්|เม.ย|เมษายน|ມ.ສ|ເມສາ|ဧ|ဧပြီ|აპრ|აპრილი|ኤፕሪ|ኤፕሪል|មេសា|四月"
    ),
    5: (
        "beal|bealtaine|geg|gegužė|gegužės|kvě|květen|května|mag|maggio|mai|maiatza|maig|maijs|maio|maj|maja|may|mayo|"
        "mayıs|maí|maý|mei|máj|mája|május|svi|svibanj|svibnja|touko|toukokuu|toukokuuta|μάι|μάιοσ|μαΐ|μαΐου|май|мам|"
        "мамыр|мая|мај|тавдугаар сар|трав|травень|травня|մայիս|մայիսի|մյս|מאי|أيار|مئی|ماي|مايو|مه|مهٔ|मई|मे|মে|ਮਈ|મે|"
        "மே|మే|ಮೇ|മേയ്|වෙසක්|พ.ค|พฤษภาคม|ພ.ພ|ພຶດສະພາ|မေ|მაი|მაისი|ሜይ|ឧសភា|五月"
    ),
    6: (
        "birž|birželio|birželis|cze|czerwca|czerwiec|eka|ekaina|giu|giugno|haz|haziran|hun|hunyo|iun|iunie|iyn|iyun|"
        "iýun|juin|jun|june|junho|juni|junie|junij|junio|juny|juuni|jún|júna|június|júní|jūn|jūnijs|kesä|kesäkuu|"
        "kesäkuuta|lip|lipanj|lipnja|meh|mehefin|meith|meitheamh|qer|qershor|xuño|červen|června|čvn|ιουν|ιουνίου|ιούν|"
        "ιούνιοσ|зургаадугаар сар|июн|июнь|июня|мау|маусым|черв|червень|червня|чэр|чэрвень|чэрвеня|юни|јун|јуни|հնս|"
        "հունիս|հունիսի|יוני|جوان|جون|حزيران|يونيو|ژوئن|जुन|जून|জুন|ਜੂਨ|જૂન|ஜூன்|జూన్|ಜೂನ್|ജൂൺ|පොසොන්|มิ.ย|มิถุนายน|"
        "ມິ.ຖ|ມິຖຸນາ|ဇွန်|ივნ|ივნისი|ጁን|មិថុនា|六月"
    ),
    7: (
        "gor|gorff|gorffennaf|heinä|heinäkuu|heinäkuuta|hul|hulyo|iul|iulie|iyl|iyul|iúil|iýul|juil|juill|juillet|jul|"
        "julai|julho|juli|julie|julij|julio|juliol|july|juuli|júl|júla|július|júlí|jūl|jūlijs|korr|korrik|liep|liepa|"
        "liepos|lip|lipca|lipiec|lug|luglio|srp|srpanj|srpnja|tem|temmuz|uzt|uztaila|xul|xullo|července|červenec|čvc|"
        "ιουλ|ιουλίου|ιούλ|ιούλιοσ|долоодугаар сар|июл|июль|июля|лип|липень|липня|ліп|ліпень|ліпеня|шіл|шілде|юли|јул|"
        "јули|հլս|հուլիս|հուլիսի|יולי|تموز|جولائی|جويلية|يوليو|يوليوز|ژوئیه|ژوئیهٔ|जुलाई|जुलै|जुल॰|জুল|জুলাই|ਜੁਲਾ|ਜੁਲਾਈ|"
        "જુલાઈ|ஜூலை|జులై|ಜುಲೈ|ജൂലൈ|ඇසළ|ก.ค|กรกฎาคม|ກ.ລ|ກໍລະກົດ|ဇူ|ဇူလိုင်|ივლ|ივლისი|ጁላይ|កក្កដា|七月"
    ),
    8: (
        "abu|abuztua|ag|ago|agost|agosti|agosto|agu|agustus|août|aug|august|augusta|augusti|augusts|augustus|augusztus|"
        "avg|avgust|avq|avqust|awg|awgust|awst|ağu|ağustos|elo|elokuu|elokuuta|gush|gusht|kol|kolovoz|kolovoza|lún|"
        "lúnasa|ogo|ogos|rugp|rugpjūtis|rugpjūčio|sie|sierpień|sierpnia|srp|srpen|srpna|ágú|ágúst|αυγ|αυγούστου|αύγ|"
        "αύγουστοσ|авг|август|августа|жні|жнівень|жніўня|наймдугаар сар|серп|серпень|серпня|там|тамыз|օգոստոս|օգոստոսի|"
        "օգս|אוגוסט|אוג׳|آب|أغسطس|أوت|اوت|اگست|غشت|अगस्ट|अगस्त|अग॰|ऑग|ऑगस्ट|আগ|আগস্ট|ਅਗ|ਅਗਸਤ|ઑગસ્ટ|ஆக|ஆகஸ்ட்|ఆగ|ఆగస్టు|"
        "ಆಗ|ಆಗಸ್ಟ್|ഓഗ|ഓഗസ്റ്റ്|නිකිණි|ส.ค|สิงหาคม|ສ.ຫ|ສິງຫາ|ဩ|ဩဂုတ်|აგვ|აგვისტო|ኦገስ|ኦገስት|សីហា|八月"
    ),
    9: (
        "eyl|eylül|ira|iraila|medi|meán fómhair|mfómh|rugs|rugsėjis|rugsėjo|ruj|rujan|rujna|sen|sentabr|sentyabr|"
        "sentýabr|sep|sept|septemba|septembar|september|septembra|septembre|septembrie|septembris|septiembre|set|"
        "setembre|setembro|settembre|setyembre|sht|shtator|syys|syyskuu|syyskuuta|szept|szeptember|wrz|wrzesień|"
        "września|zář|září|σεπ|σεπτέμβριοσ|σεπτεμβρίου|вер|верасень|верасня|вересень|вересня|есдүгээр сар|сен|сент|"
        "сентябр|сентябрь|сентября|сеп|септембар|септември|қыр|қыркүйек|սեպ|սեպտեմբեր|սեպտեմբերի|ספטמבר|ספט׳|أيلول|"
        "سبتمبر|ستمبر|سپتامبر|شتنبر|सप्टें|सप्टेंबर|सितंबर|सित॰|सेप्टेम्बर|সেপ|সেপ্ট|সেপ্টেম্বর|ਸਤੰ|ਸਤੰਬਰ|સપ્ટે|"
        "સપ્ટેમ્બર|செப்|செப்டம்பர்|సెప్టెం|సెప్టెంబర్|ಸೆಪ್ಟೆಂ|ಸೆಪ್ಟೆಂಬರ್|സെപ്റ്റം|സെപ്റ്റംബർ|බිනර|ก.ย|กันยายน|ກ.ຍ|ກັນຍາ|"
        "စက်|စက်တင်ဘာ|სექ|სექტემბერი|ሴፕቴ|ሴፕቴምበር|កញ្ញា|九月"
    ),
    10: (
        "deireadh fómhair|dfómh|eki|ekim|hyd|hydref|lis|listopad|listopada|loka|lokakuu|lokakuuta|oct|october|octobre|"
        "octombrie|octubre|okt|oktabr|oktoba|oktobar|oktober|oktobris|oktoober|oktubre|oktyabr|október|októbra|oktýabr|"
        "ott|ottobre|out|outubro|paź|październik|października|spal|spalio|spalis|tet|tetor|urr|urria|říj|říjen|října|"
        "οκτ|οκτωβρίου|οκτώβριοσ|аравдугаар сар|жовт|жовтень|жовтня|кас|кастрычнік|кастрычніка|окт|октобар|октомври|"
        "октябр|октябрь|октября|қаз|қазан|հոկ|հոկտեմբեր|հոկտեմբերի|אוקטובר|אוק׳|أكتوبر|اکتبر|اکتوبر|تشرين الأول|अक्टूबर|"
        "अक्टू॰|अक्टोबर|ऑक्टो|ऑक्टोबर|অক্টো|অক্টোবর|ਅਕਤੂ|ਅਕਤੂਬਰ|ઑક્ટો|ઑક્ટોબર|அக்|அக்டோபர்|అక్టో|అక్టోబర్|ಅಕ್ಟೋ|"
        "ಅಕ್ಟೋಬರ್|ഒക്ടോ|ഒക്‌ടോബർ|වප්|ต.ค|ตุลาคม|ຕ.ລ|ຕຸລາ|အောက်|အောက်တိုဘာ|ოქტ|ოქტომბერი|ኦክቶ|ኦክቶበር|តុលា|十月"
    ),
    11: (
        "aza|azaroa|kas|kasım|lapkr|lapkritis|lapkričio|lis|listopad|listopada|listopadu|marras|marraskuu|marraskuuta|"
        "nob|nobyembre|noiembrie|nov|novemba|novembar|november|novembra|novembre|novembris|novembro|noviembre|noy|"
        "noyabr|noý|noýabr|nën|nëntor|nóv|nóvember|samh|samhain|stu|studeni|studenoga|tach|tachwedd|νοέ|νοέμβριοσ|νοε|"
        "νοεμβρίου|арван нэгдүгээр сар|лист|листопад|листопада|ліс|лістапад|лістапада|нов|новембар|ное|ноември|ноя|нояб|"
        "ноябр|ноябрь|ноября|қар|қараша|նոյ|նոյեմբեր|նոյեմբերի|נובמבר|נוב׳|تشرين الثاني|نوامبر|نوفمبر|نومبر|نونبر|नवंबर|"
        "नव॰|नोभेम्बर|नोव्हें|नोव्हेंबर|নভে|নভেম্বর|ਨਵੰ|ਨਵੰਬਰ|નવે|નવેમ્બર|நவ|நவம்பர்|నవం|నవంబర్|ನವೆಂ|ನವೆಂಬರ್|നവം|നവംബർ|"
        "ඉල්|พ.ย|พฤศจิกายน|ພ.ຈ|ພະຈິກ|နို|နိုဝင်ဘာ|ნოე|ნოემბერი|ኖቬም|ኖቬምበር|វិច្ឆិកា|十一月"
    ),
    12: (
        "abe|abendua|ara|aralık|dec|decembar|december|decembra|decembrie|decembris|decembro|dek|dekabr|des|desemba|"
        "desember|desembre|dets|detsember|dez|dezember|dezembro|dhj|dhjetor|dic|dicembre|diciembre|dis|disember|"
        "disyembre|déc|décembre|gru|grudnia|grudzień|gruod|gruodis|gruodžio|joulu|joulukuu|joulukuuta|noll|nollaig|pro|"
        "prosinac|prosinca|prosince|prosinec|rhag|rhagfyr|δεκ|δεκέμβριοσ|δεκεμβρίου|арван хоёрдугаар сар|груд|грудень|"
        "грудня|дек|декабр|декабрь|декабря|декември|дец|децембар|жел|желтоқсан|сне|снежань|снежня|դեկ|դեկտեմբեր|"
        "դեկտեմբերի|דצמבר|דצמ׳|دجنبر|دسامبر|دسمبر|ديسمبر|كانون الأول|डिसें|डिसेंबर|डिसेम्बर|दिसंबर|दिस॰|ডিসে|ডিসেম্বর|"
        "ਦਸੰ|ਦਸੰਬਰ|ડિસે|ડિસેમ્બર|டிச|டிசம்பர்|డిసెం|డిసెంబర్|ಡಿಸೆಂ|ಡಿಸೆಂಬರ್|ഡിസം|ഡിസംബർ|උඳුවප්|ธ.ค|ธันวาคม|ທ.ວ|ທັນວາ|ဒီ|"
        "ဒီဇင်ဘာ|დეკ|დეკემბერი|ዲሴም|ዲሴምበር|ធ្នូ|十二月"
    ),
}
WEEKDAY_WORDS = (
    "ahad|ahd|al|alhamisi|an|ann|anna|antradienis|aoine|ar|asteartea|asteazkena|astelehena|axşamı|az|b.e|ba|bazar|"
    "biy|biyernes|bảy|c.a|ceturtd|ceturtdiena|chor|chorshanba|chủ|cmt|cn|cs|csütörtök|cum|cuma|cumartesi|czw|"
    "czwartek|céad|céadaoin|cümə|dc|dg|di|die|diel|dienstag|dijous|dilluns|dim|dimanche|dimarts|dimecres|dinsdag|"
    "dissabte|diumenge|divendres|dj|dl|do|dom|domenica|domh|domhnaigh|domingo|donderdag|donnerstag|ds|dt|dum|"
    "duminică|dush|dushanba|duş|duşenbe|dv|dydd|dé|déar|déardaoin|enj|enjte|ertəsi|esmaspäev|feira|fim|fimmtudagur|"
    "fr|fre|fredag|freitag|fri|friday|fös|föstudagur|gio|giovedì|gwe|gwen|gwener|hai|haoine|huw|huwebes|hétfő|hën|"
    "hënë|iau|ig|igandea|ijumaa|isn|isnin|jeu|jeudi|joi|jue|jueves|jum|juma|jumaat|jumamosi|jumanne|jumapili|jumat|"
    "jumatano|jumatatu|kam|kamis|ke|kedd|keskiviikko|keskiviikkona|ketvirtadienis|kha|khamis|kolmapäev|kt|la|"
    "larunbata|lau|lauantai|lauantaina|laugardagur|laupäev|lin|linggo|llun|lr|luain|luan|lun|lundi|lunedì|lunes|"
    "luni|luns|lör|lördag|lør|lørdag|ma|maanantai|maanantaina|maandag|man|mandag|mar|mardi|martedì|martes|martë|"
    "marți|maw|mawrth|mer|mercher|mercoledì|mercredi|mi|mie|miercuri|min|minggu|mittwoch|miy|miyerkules|mié|"
    "miércoles|mið|miðvikudagur|mo|mon|monday|montag|máirt|mán|mánudagur|mån|måndag|mér|mércores|mër|mërkurë|ne|ned|"
    "nedelja|nedeľa|nedjelja|neděle|neljapäev|nhật|niedz|niedziela|năm|og|ons|onsdag|or|osteguna|ostirala|otrd|"
    "otrdiena|pay|payshanba|paz|pazar|pazartesi|pe|pen|penktadienis|penşenbe|per|perjantai|perjantaina|perşembe|pet|"
    "petak|petek|pi|piatok|piektd|piektdiena|pirmadienis|pirmd|pirmdiena|piątek|pn|po|pon|pondelok|pondělí|"
    "ponedeljak|ponedeljek|ponedjeljak|poniedziałek|pr|pre|premte|pt|pzt|pá|pátek|péntek|pühapäev|qua|quarta|qui|"
    "quinta|rab|rabu|reede|sa|sab|sabado|sabato|sabtu|sad|sadwrn|sal|salı|sam|samedi|samstag|sat|saterdag|sath|"
    "sathairn|saturday|seg|segunda|sekmadienis|sel|selasa|sen|senin|sesh|seshanba|sestd|sestdiena|sex|sexta|shan|"
    "shanba|sht|shtunë|siş|sişenbe|sk|so|sob|sobota|sondag|sonntag|sre|sreda|sri|srijeda|st|streda|středa|su|sub|"
    "subota|sul|sun|sunday|sunnudagur|sunnuntai|sunnuntaina|svētd|svētdiena|sze|szerda|szo|szombat|sáb|sábado|sáu|"
    "sâm|sâmbătă|sön|söndag|søn|søndag|teisipäev|ter|terça|thu|thursday|thứ|ti|tiistai|tiistaina|tir|tirs|tirsdag|"
    "tis|tisdag|to|tor|torek|tors|torsdag|torstai|torstaina|tr|trečiadienis|trešd|trešdiena|tue|tuesday|tư|ut|uto|"
    "utorak|utorok|vasárnap|ven|vendredi|venerdì|venres|vie|viernes|vin|vineri|vr|vrijdag|vrydag|wed|wednesday|wo|"
    "woensdag|wt|wtorek|xov|xoves|yak|yakshanba|za|zaterdag|zo|zondag|ç.a|çar|çarşamba|çarşenbe|çərşənbə|út|úterý|"
    "ýek|ýekşenbe|þri|þriðjudagur|čet|četrtek|četvrtak|čt|čtvrtek|śr|środa|şen|şenbe|şənbə|šeštadienis|št|štvrtok|"
    "δευ|δευτέρα|κυρ|κυριακή|πέμ|πέμπτη|παρ|παρασκευή|σάβ|σάββατο|τετ|τετάρτη|τρί|τρίτη|аў|аўторак|ба|баасан|"
    "бейсенбі|бейш|бейшемби|бс|бя|бямба|воскресенье|вс|вт|вто|вторник|вівторок|да|даваа|дс|душанбе|дшб|дүй|дүйсенбі|"
    "дүйшөмбү|жек|жексенбі|жекшемби|жм|жс|жума|жұма|ишемби|ишм|лх|лхагва|мя|мягмар|нд|нед|недела|неделя|недеља|"
    "неділя|ня|нядзеля|ням|пʼятниця|панядзелак|панҷшанбе|пет|петак|петок|петък|пн|пон|понеделник|понедельник|"
    "понедељак|понеділок|пт|пшб|пятница|пятніца|пү|пүрэв|саб|сабота|сб|сейсенбі|сенбі|серада|середа|сешанбе|ср|сре|"
    "среда|сряда|сс|суб|суббота|субота|сшб|събота|сәрсенбі|уто|уторак|чацвер|чет|четвер|четверг|четвртак|четврток|"
    "четвъртък|чоршанбе|чт|чц|чшб|шанбе|шарш|шаршемби|шейш|шейшемби|шнб|якшанбе|яшб|ҷмъ|ҷумъа|երեքշաբթի|երկ|"
    "երկուշաբթի|երք|կիր|կիրակի|հինգշաբթի|հնգ|շաբաթ|շբթ|ուր|ուրբաթ|չորեքշաբթի|չրք|א׳|ב׳|ג׳|ד׳|ה׳|ו׳|חמישי|יום|ראשון|"
    "רביעי|שבת|שישי|שלישי|שני|اتوار|الأحد|الأربعاء|الاثنين|الثلاثاء|الجمعة|الخميس|السبت|بدھ|جمعرات|جمعه|جمعہ|دوشنبه|"
    "سه‌شنبه|شنبه|منگل|پنجشنبه|پیر|چهارشنبه|ہفتہ|یکشنبه|आइत|आइतबार|गुरु|गुरुवार|बिहि|बिहिबार|बुध|बुधबार|बुधवार|मंगल|"
    "मंगलवार|मंगळ|मंगळवार|मङ्गल|मङ्गलबार|रवि|रविवार|शनि|शनिबार|शनिवार|शुक्र|शुक्रबार|शुक्रवार|सोम|सोमबार|सोमवार|বুধ|"
    "বুধবার|বৃহস্পতি|বৃহস্পতিবার|মঙ্গল|মঙ্গলবার|রবি|রবিবার|শনি|শনিবার|শুক্র|শুক্রবার|সোম|সোমবার|ਐਤ|ਐਤਵਾਰ|ਬੁੱਧ|"
    "ਬੁੱਧਵਾਰ|ਮੰਗਲ|ਮੰਗਲਵਾਰ|ਵੀਰ|ਵੀਰਵਾਰ|ਸ਼ਨੀ|ਸ਼ਨੀਵਾਰ|ਸ਼ੁੱਕਰ|ਸ਼ੁੱਕਰਵਾਰ|ਸੋਮ|ਸੋਮਵਾਰ|ગુરુ|ગુરુવાર|બુધ|બુધવાર|મંગળ|મંગળવાર|"
    "રવિ|રવિવાર|શનિ|શનિવાર|શુક્ર|શુક્રવાર|સોમ|સોમવાર|சனி|செவ்|செவ்வாய்|ஞாயி|ஞாயிறு|திங்|திங்கள்|புத|புதன்|வியா|"
    "வியாழன்|வெள்|வெள்ளி|ఆది|ఆదివారం|గురు|గురువారం|బుధ|బుధవారం|మంగళ|మంగళవారం|శని|శనివారం|శుక్ర|శుక్రవారం|సోమ|"
    "సోమవారం|ಗುರು|ಗುರುವಾರ|ಬುಧ|ಬುಧವಾರ|ಭಾನು|ಭಾನುವಾರ|ಮಂಗಳ|ಮಂಗಳವಾರ|ಶನಿ|ಶನಿವಾರ|ಶುಕ್ರ|ಶುಕ್ರವಾರ|ಸೋಮ|ಸೋಮವಾರ|ചൊവ്വ|ചൊവ്വാഴ്ച|"
    "ചൊവ്വാഴ്‌ച|ഞായറാഴ്‌ച|ഞായർ|തിങ്കളാഴ്‌ച|തിങ്കൾ|ബുധനാഴ്‌ച|ബുധൻ|വെള്ളി|വെള്ളിയാഴ്‌ച|വ്യാഴം|വ്യാഴാഴ്‌ച|ശനി|"
    "ശനിയാഴ്‌ച|අඟහ|අඟහරුවාදා|ඉරිදා|බදාදා|බ්‍රහස්|බ්‍රහස්පතින්දා|සඳුදා|සිකු|සිකුරාදා|සෙන|සෙනසුරාදා|จันทร์|พฤหัส|พุธ|"
    "วันจันทร์|วันพฤหัสบดี|วันพุธ|วันศุกร์|วันอังคาร|วันอาทิตย์|วันเสาร์|ศุกร์|อังคาร|อาทิตย์|เสาร์|ຈັນ|ພະຫັດ|ພຸດ|"
    "ວັນຈັນ|ວັນພະຫັດ|ວັນພຸດ|ວັນສຸກ|ວັນອັງຄານ|ວັນອາທິດ|ວັນເສົາ|ສຸກ|ອັງຄານ|ອາທິດ|ເສົາ|ကြာသပတေး|စနေ|တနင်္ဂနွေ|တနင်္လာ|"
    "ဗုဒ္ဓဟူး|သောကြာ|အင်္ဂါ|კვი|კვირა|ოთხ|ოთხშაბათი|ორშ|ორშაბათი|პარ|პარასკევი|სამ|სამშაბათი|შაბ|შაბათი|ხუთ|"
    "ხუთშაბათი|ሐሙስ|ማክሰ|ማክሰኞ|ረቡዕ|ሰኞ|ቅዳሜ|እሑድ|ዓርብ|ចន្ទ|ច័ន្ទ|ពុធ|ព្រហ|ព្រហស្បតិ៍|សុក្រ|សៅរ៍|អង្គារ|អាទិត្យ|周一|周三|周二|周五|"
    "周六|周四|周日|土曜日|日曜日|星期一|星期三|星期二|星期五|星期六|星期四|星期日|月曜日|木曜日|水曜日|火曜日|金曜日|금요일|목요일|수요일|월요일|일요일|토요일|화요일"
)
MORNING = (
    "a. m|a.m|am|ap|de|dop|e paradites|f.h|fm|günortadan öň|pg|priekšpusdienā|priešpiet|prijepodne|r.n|sa|to|vm|yb|"
    "öö|π.μ|дп|пр.об|претпл|таңкы|ү.ө|ص|قبل‌ازظهر|पूर्वाह्न|පෙ.ව|ก่อนเที่ยง|ກ່ອນທ່ຽງ|နံနက်|ጥዋት|上午|午前|오전"
)
AFTERNOON = (
    "ch|du|e pasdites|e.h|em|günortadan soň|i.n|ip|nm|odp|p. m|p.m|pm|pop|popiet|popodne|ptg|pēcpusdienā|tk|yh|ös|"
    "μ.μ|попл|пп|сл.об|түштөн кийинки|ү.х|بعدازظهر|م|अपराह्न|ප.ව|หลังเที่ยง|ຫຼັງທ່ຽງ|ညနေ|ከሰዓት|下午|午後|오후"
)
