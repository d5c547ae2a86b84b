"""The words for the halves of a day, such as am and pm, that phones write in their languages (Unicode's CLDR,
now and before)."""

from __future__ import annotations

from typing import Final
from unicodedata import category


def letters(mark: str) -> str:
    """What tells one mark from another, however it is dotted and spaced."""
    return "".join(one for one in mark if category(one)[0] in "LM").lower()


def _marks(words: str) -> frozenset[str]:
    return frozenset(letters(word) for word in words.split(","))


BEFORE_NOON: Final = _marks(
    "am,π.μ.,午前,上午,凌晨,清晨,早上,오전,ص,sa,öö,de.,ap.,fm,f.m.,f.h.,vm.,vorm.,dop.,dopoldne,"
    "пре подне,prije podne,прије подне,prijepodne,претпл.,пр.об.,дп,priešpiet,priekšp.,priekšpusdienā,"
    "paradite,e paradites,p.d.,PG,TO,тң,таңкы,ق.ظ.,قبل‌ازظهر,غ.م.,قبل دوپہر,לפנה״צ,ก่อนเที่ยง,"
    "ກ່ອນທ່ຽງ,နံနက်,ጥዋት,පෙ.ව.,पूर्वाह्न,म.पू.,পূর্বাহ্ণ,পূৰ্বাহ্ন,ਪੂ.ਦੁ.,ಪೂರ್ವಾಹ್ನ,முற்பகல்,"
    "上晝,ү.ө.,r.n.,صبح,GH,BN,AN,ТО,АМ,go.öň,چ.ب,ب.ن,atm,פֿאַרמיטאָג,i.b.,SF,àárọ̀"
)
AFTER_NOON: Final = _marks(
    "pm,μ.μ.,午後,下午,中午,晚上,오후,م,ch,ös,du.,ip.,em,e.m.,e.h.,nm.,nachm.,odp.,pop.,popoldne,"
    "по подне,po podne,послије подне,popodne,поподне,попл.,сл.об.,пп,popiet,pēcp.,pēcpusdienā,pasdite,"
    "e pasdites,m.d.,PTG,TK,тк,түштөн кийинки,ب.ظ.,بعدازظهر,غ.و.,بعد دوپہر,אחה״צ,หลังเที่ยง,ຫຼັງທ່ຽງ,"
    "ညနေ,ከሰዓት,ප.ව.,अपराह्न,म.उ.,অপরাহ্ণ,অপৰাহ্ন,ਬਾ.ਦੁ.,ಅಪರಾಹ್ನ,பிற்பகல்,"
    "下晝,ү.х.,i.n.,شام,GD,PN,ANW,ТК,ПМ,go.soň,چ.ك,د.ن,ptm,נאָכמיטאָג,g.m.,wótp.,nam.,e.b.,YM,ọ̀sán"
)
