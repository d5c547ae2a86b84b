"""A word is found however it was typed, in every script: by its letters, whatever Unicode, a keyboard, an
older encoding or the interpreter's tables make of them."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from search_village import Seeker
from views_village import Village

from chatd.views.newer_characters import newer
from chatd.views.tokenizer import fold

# What is said; what finds it, a last space ending the word; and what does not.
Row = tuple[str, list[str], list[str]]

LATIN: list[Row] = [
    ("Réunion à Zürich, très tôt", ["reunion ", "ZURICH ", "tôt", "tre\u0300s "], ["zuerich ", "reunions"]),
    ("Łódź i Gdańsk", ["lodz ", "ŁÓDŹ ", "gdansk ", "łod"], ["odz "]),
    ("Đường Trần Hưng Đạo", ["duong ", "tran hung dao ", "\u0110u\u031bo\u031b\u0300ng "], ["uong "]),
    ("Straße, GROẞ, Weiß", ["strasse ", "STRASSE ", "groß ", "WEISS ", "straẞe "], ["strase "]),
    ("İzmir'de ılık IŞIK", ["izmir ", "IZMIR ", "ilik ", "ILIK ", "ışık ", "isik "], ["zmir "]),
    ("Sigurðsson og Þórður", ["sigurdsson ", "SIGURÐSSON ", "thordur "], ["sigursson "]),
    ("ɓarna ƙasa ɗan ƴanci", ["barna ", "kasa ", "ƊAN ", "yanci "], []),
    ("naïve coöperation", ["naive ", "cooperation ", "nai\u0308ve "], ["nave "]),
    ("ﬁrst ofﬁce ﬂow", ["first ", "office ", "flow ", "ﬂow "], []),
    ("ｆｕｌｌ ｗｉｄｔｈ １２３", ["full ", "width 123 ", "ＦＵＬＬ "], ["fu "]),
    ("col·lecció paraŀlel", ["col·lecció ", "col.leccio ", "paral·lel "], []),
    ("𝓗𝓮𝓵𝓵𝓸 Ⓦⓞⓡⓛⓓ", ["hello world "], []),
]
EUROPEAN: list[Row] = [
    ("Ёлка, мой друг", ["елка ", "ЕЛКА ", "ёлк", "мои\u0306 "], ["елки "]),
    ("Київ, ґанок, п\u02bcять об’єктів", ["киів ", "ганок ", "п'ять ", "п’ять ", "об'єкт"], ["пять "]),
    ("Қазақ тілі, Ғылым", ["казак ", "ҚАЗАҚ ", "гылым "], []),
    ("Дом №5, №17", ["№5 ", "№ 5 ", "no 5 ", "5 ", "17 "], []),
    ("Ὀδυσσεύς ΟΔΟΣ ΑΘΗΝΑΙ", ["οδυσσευς ", "ΟΔΥΣΣΕΥΣ ", "οδος ", "οδοσ ", "αθήναι "], ["οδυσ "]),
    ("Ինչո՞ւ եկար, բարև՛", ["ինչու ", "ԻՆՉՈՒ ", "բարև ", "բարեւ ", "ինչո՞ւ ", "եկ"], ["ինչո "]),
    ("საქართველო ᲗᲑᲘᲚᲘᲡᲘ", ["საქართველო ", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ ", "თბილისი ", "თბილ"], ["თბი "]),
    ("ᏣᎳᎩ ꮳꮃꭹ", ["ᏣᎳᎩ ", "ꮳꮃꭹ ", "ꮳꮃ"], ["ꮃꭹ "]),
]
AFRICAN: list[Row] = [
    ("ሰላም፡ለዓለም።", ["ሰላም ", "ለዓለም ", "ሰላ"], ["ላም "]),
    ("ߒߞߏ ߞߊ߲ ߘߏ߫ߺߏ", ["ߒߞߏ ", "ߞߊ ", "ߘߏߏ "], []),
    ("𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪", ["𞤢𞤣𞤤𞤢𞤥 ", "𞤀𞤁𞤂𞤀𞤃 ", "𞤨𞤵𞤤"], ["𞤣𞤤𞤢𞤥 "]),
    ("ⴰⵎⴰⵣⵉⵖ ⵜⴰⵎⵓⵔⵜ", ["ⴰⵎⴰⵣⵉⵖ ", "ⵜⴰⵎ"], ["ⵎⴰⵣⵉⵖ "]),
    ("ꕙꔤꕉꕜꕮ", ["ꕙꔤ", "ꕉꕜ", "ꕮ"], ["ꔤꕙ"]),
]
SEMITIC: list[Row] = [
    ("الكِتَابُ الجَدِيدُ", ["الكتاب ", "الكـتـاب ", "الجديد", "الكِتَابُ "], ["كتب "]),
    ("أحمد إلى آخر ٱلله", ["احمد ", "أحمد ", "الي ", "اخر ", "الله "], ["حمد "]),
    ("مدرسة كبيرة", ["مدرسه ", "مدرسة ", "كبيره ", "ﻣﺪﺭﺳﺔ "], ["مدرس "]),
    ("می‌خواهم کتاب", ["میخواهم ", "مي\u200cخواهم ", "كتاب ", "کتا"], ["خواهم "]),
    ("سنة ٢٠٢٥ و ۱۴۰۴", ["2025 ", "٢٠٢٥ ", "1404 ", "۱۴۰۴ ", "۲۰۲۵ "], ["2026 "]),
    ("یہ ہندوستان", ["يه ", "هندوستان ", "ہندو"], []),
    ("שָׁלוֹם עוֹלָם", ["שלום ", "שָׁלוֹם ", "עול", "עולם"], ["שלם "]),
    ("צה״ל בחיפה, ג׳ירפה", ['צה"ל ', "צה״ל ", "ג'ירפה "], ["צהל "]),
    ('נסע מצה"ל אל חיפה', ['מצה"ל חיפה ', "מצה״ל חיפה "], []),
    ("ייִדיש אױף װײטן", ["אויף ", "ווייטן ", "אױ"], []),
    ("ދިވެހި ބަސް", ["ދިވެހި ", "ދިވެ", "ބަސް "], ["ވެހި "]),
]
INDIC: list[Row] = [
    ("हिन्दी में क़लम", ["हिन्दी ", "हिन्\u200dदी ", "कलम ", "क़लम ", "क\u093cलम ", "हिन"], ["हन्द "]),
    ("बैठक २५ को", ["25 ", "२५ ", "बैठक "], ["२ "]),
    ("বাংলা ভাষায় হঠাৎ", ["বাংলা ", "ভাষায\u09bc ", "ভাষা", "হঠাত\u09cd\u200d "], ["ভাষ "]),
    ("ਪੰਜਾਬੀ ਖ਼ਬਰ", ["ਪੰਜਾਬੀ ", "ਖਬਰ ", "ਖ\u0a3cਬਰ "], []),
    ("தமிழ் கொடி ஸ்ரீ", ["தமிழ் ", "க\u0bc6\u0bbeடி ", "தமி", "ஶ்ரீ "], ["கடி "]),
    ("తెలుగు కైవల్యం", ["తెలుగు ", "కైవల్యం ", "క\u0c46\u0c56వల్యం ", "తెలు"], ["కెవల్యం "]),
    ("ಕನ್ನಡ ಕೋಟೆ", ["ಕನ್ನಡ ", "ಕ\u0cc6\u0cc2\u0cd5ಟೆ ", "ಕನ್"], ["ಕನಡ "]),
    ("അവന്‍ മലയാളം", ["അവൻ ", "അവന്\u200d ", "മലയാ"], ["അവന "]),
    ("അവൾ പാൽ", ["അവള്\u200d ", "പാല്\u200d ", "പാൽ "], []),
    ("ශ්‍රී ලංකා", ["ශ්රී ", "ශ්\u200dරී ", "ලංකා "], ["ලකා "]),
]
UNSPACED: list[Row] = [
    ("ไปซื้อน้ำที่ตลาด ปี ๒๕๖๘", ["น้ำ", "น\u0e4d\u0e49า", "ตลาด", "ซื้อน้ำ", "2568 ", "๒๕๖๘"], ["ตลก", "56 "]),
    ("ສະບາຍດີເຈົ້າ ໜັງສື", ["ສະບາຍ", "ດີ", "ຫນັງສື"], ["ດາ"]),
    ("ខ្ញុំ​ទៅ​ផ្សារ ២០២៥", ["ទៅ", "ផ្សារ", "ខ្ញុំទៅ", "ទៅ\u200bផ្សារ", "2025"], ["រាសផ្"]),
    ("မြန်မာဘာသာစကား ၁၂၃", ["မြန်မာ", "ဘာသာ", "စကား", "123"], ["စကာား"]),
    ("བོད་སྐད་ཡིག", ["བོད", "སྐད་", "ཡིག", "བོད་སྐད"], ["ཡོག"]),
    ("ᬅᬓ᭄ᬱᬭᬩᬮᬶ", ["ᬅᬓ᭄ᬱᬭ", "ᬩᬮᬶ"], ["ᬮᬶᬩ"]),
    ("ꦲꦏ꧀ꦱꦫꦗꦮ", ["ꦲꦏ꧀ꦱꦫ", "ꦗꦮ"], ["ꦮꦗ"]),
    ("ꆈꌠꁱꂷ", ["ꆈꌠ", "ꁱ"], ["ꌠꆈ"]),
    ("明天去北京大學 葛󠄀城", ["北京", "大學", "去北", "葛城", "葛󠄁城"], ["京北", "大学"]),
    ("ラーメンとｶﾞﾗｽ", ["ラーメン", "ﾗｰﾒﾝ", "ガラス", "カ\u3099ラス", "ﾒﾝ"], ["カラス", "らーめん"]),
    ("東京タワーへ、５００円", ["東京", "タワー", "500円", "５００"], ["50 "]),
    ("⼀般 豈", ["一般", "\u8c48"], []),
    ("오늘 한국은행에", ["한국", "은행", "\u1112\u1161\u11ab국", "한국은행"], ["국한"]),
    ("\u1112\u1161\u11ab\u1100\u1173\u11af 만세", ["한글", "글", "만세"], ["한굴"]),
    ("ꨀꨇꩉꨌꩌ", ["ꨇꩉ", "ꨌꩌ"], ["ꩉꨇ"]),
    ("𗼇𗟲𗫡", ["𗟲", "𗼇𗟲"], ["𗟲𗼇"]),
]
MONGOLIAN: list[Row] = [
    ("ᠮᠣᠩᠭ᠋ᠣᠯ ᠪᠢᠴᠢᠭ᠌ ᠨᠠ᠊ᠮᠤ", ["ᠮᠣᠩᠭᠣᠯ ", "ᠮᠣᠩ", "ᠪᠢᠴᠢᠭ ", "ᠨᠠᠮᠤ "], ["ᠭᠣᠯ "]),
]
SIGNS: list[Row] = [
    ("👍🏽 done 👩‍💻", ["👍", "👍🏿", "👩", "💻", "👩‍💻"], ["👎"]),
    ("❤️ and ☎", ["❤", "❤️", "☎️"], []),
    ("🩷", ["🩷"], ["🩵"]),
    ("🫨🪿", ["🫨", "🪿"], []),
    ("🫩", ["🫩"], ["🫨"]),
    ("🫪", ["🫪"], []),
    ("〰️", ["〰", "〰️"], []),
    ("x² + H₂O − 5 µm", ["x2 ", "x² ", "h2o ", "µm ", "μm "], ["x "]),
    ("10½ cups, ¾ full, 1⁄2 inch", ["10 1/2 ", "3/4 ", "¾ ", "1/2 ", "10 "], ["101 "]),
    ("pages 3−7", ["3-7 ", "3–7 ", "3−7 "], []),
    ("Linux™ is a mark", ["linux ", "LINUX™ ", "linux"], []),
    ('a 12" disk is gone', ['12" disk gone ', "12″ disk "], ["1 "]),
]
CODE: list[Row] = [
    (
        "see https://example.org/a_b?c=1",
        ["example.org ", "https://example.org/a_b ", "example.or", "a_b "],
        ["ab "],
    ),
    ("write to ann.lee+x@example.org", ["ann.lee+x@example.org ", "@example.org "], ["ann.lee@example "]),
    ("call get_user_name(id) in db.c", ["get_user_name ", "user_name ", "get_user", "db.c "], ["username "]),
    ("ask @Zoë about #Größe", ["@zoe ", "#größe ", "zoe ", "#grosse "], []),
    ("paid 1,234.50 and 1’000", ["1,234.50 ", "1.234,50 ", "1'000 ", "1 234 "], ["1234 "]),
    ("re-send the e\u2011mail", ["re-send ", "e-mail ", "e\u2010mail "], ["resend "]),
    ("don’t, rock’n’roll", ["don't ", "don\u02bct ", "rock'n'roll ", "don`t "], ["dont "]),
    ("Hawai\u02bbi, O\u02bbzbek, Qur\u02beān", ["hawai'i ", "hawai‘i ", "o'zbek ", "qur'an "], []),
]
UNSEEN: list[Row] = [
    (
        "in\u00advis\u200bi\u2060ble pass\ufeffword",
        ["invisible ", "inv\u00adisible ", "password "],
        ["invis "],
    ),
    ("\u202bעברית\u202c \u2067abc\u2069", ["עברית ", "abc ", "\u200fעברית\u200e "], []),
    ("co\u034fmbine \u3164blank", ["combine ", "blank "], []),
    ("जाँच\u200c क्\u200dष", ["जाँच ", "क्ष "], []),
]
NEWER: list[Row] = [  # than Unicode 14
    ("𐵐𐵑𐵒 𐵰𐵱", ["𐵰𐵱𐵲 ", "𐵐𐵑 "], []),
    ("𖺠𖺡 𑼄𑼅𑼆", ["𖺻𖺼 ", "𑼅𑼆"], ["𑼆𑼅"]),
    ("𞀰𞀱 𜳖𜳗𜳰", ["аб ", "ab0 "], []),
    ("𑎃 𖵨", ["\U00011382\U000113c9 ", "\U00016d67\U00016d67 "], []),
    ("\U00031350\U0002ebf0", ["\U00031350", "\U0002ebf0"], ["\U0002ebf0\U00031350"]),
]
DIGEST = "4da3518c815f5f41db48635aebdc9a08c0c6da6588e02854b5c40c9726c022bc"
GLUED = "½¾№™"  # of which normalisation makes letters that stand beside others

KINDS = {
    "Latin letters with something on them, and two in one": LATIN,
    "other scripts of Europe and America, and their cases": EUROPEAN,
    "scripts of Africa": AFRICAN,
    "scripts that leave vowels out, or stretch words": SEMITIC,
    "scripts of India, with letters that have two encodings": INDIC,
    "scripts without spaces": UNSPACED,
    "Mongolian, with its variation selectors": MONGOLIAN,
    "emoji, formulas, signs": SIGNS,
    "addresses, code, numbers, hyphens, apostrophes": CODE,
    "what nobody sees": UNSEEN,
    "what is newer than the interpreter": NEWER,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_found_as_people_type_it(village: Village, kind: str) -> None:
    seeker = Seeker(village)
    rows = KINDS[kind]
    for said, _, _ in rows:
        seeker.post(said)
    found = {(said, text): said in seeker.found(text) for said, texts, _ in rows for text in texts}
    assert [query for query, is_found in found.items() if not is_found] == []
    found = {(said, text): said in seeker.found(text) for said, _, texts in rows for text in texts}
    assert [query for query, is_found in found.items() if is_found] == []


def test_every_python_folds_every_character_alike() -> None:
    """The digest is that of Python 3.11, 3.12, 3.13. Who changes what is folded runs this on all of them."""
    blocks = (range(0xD800), range(0xE000, 0x20000), range(0xE0000, 0xE1000))
    points = [point for block in blocks for point in block if point % 5 == 0 or newer(chr(point)) is not None]
    folded = "\n".join(fold(f"\u00e9{chr(point)}x") for point in points)
    assert hashlib.sha256(folded.encode()).hexdigest() == DIGEST


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_no_form_of_unicode_hides_a_word(form: str) -> None:
    for rows in KINDS.values():
        for said, _, _ in rows:
            text = said.translate(dict.fromkeys(map(ord, GLUED)))
            assert fold(unicodedata.normalize(form, text)) == fold(text)
