"""Letters that look like others: which of them a reader takes for a Latin letter or a digit.

Read from Unicode's confusables.txt (UTS 39, version 15.1; unicode.org/license.txt) as far as it leads to
ASCII, for the scripts of `chatd.domain.names`. Scripts that are written from right to left stay out: they
never stand in one name with the letters they resemble. Of Cyrillic and Greek more is read alike than that
table has, because people compare names in capitals, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ALIKE: Final[Mapping[str, str]] = {
    "2": "ᒿꙄƧꝚ",
    "3": "ЗзӠӡƷȜꝪꞫ",
    "4": "Ꮞ",
    "5": "Ƽ",
    "6": "Ꮾб",
    "8": "৪੪Ȣȣଃ",
    "9": "৭੧Ꝯ൭୨",
    "a": "ᗅᎪАΑаαɑ",
    "aa": "Ꜳꜳ",
    "ae": "ӔÆӕæ",
    "ao": "Ꜵꜵ",
    "au": "Ꜷꜷ",
    "av": "ꜸꜺꜹꜻ",
    "ay": "Ꜽꜽ",
    "b": "ᗷᏴВΒꞴᑲᖯᏏЬƄ",
    "bl": "Ы",
    "c": "ᏟСꮯсᴄ",
    "d": "ᗞᗪᎠᑯᏧԁ",
    "dz": "ʣ",
    "e": "ᎬЕΕⴹеҽꬲ",
    "f": "ᖴϜꞘքẝꞙꬵ",
    "g": "ᏀᏳԌցƍɡᶃ",
    "h": "ᕼᎻНΗհᏂһ",
    "i": "Ꭵꭵіӏꙇιıɩɪ",
    "j": "ᒍᎫЈͿꞲјϳ",
    "k": "ᏦКΚкκĸ",
    "l": "1IІӀΙƖǀⵏᒪᏞ",
    "lo": "Ю",
    "ls": "ʪ",
    "lz": "ʫ",
    "m": "ᗰᎷМΜϺмᴍ",
    "n": "Νոռ",
    "o": "0Օ০ОዐΟ〇ଠ୦ⵔօоο०ჿσ૦੦ಂ೦໐ᴏᴑꬽംഠ൦ဝ၀ං௦ం౦๐",
    "oe": "Œœ",
    "oo": "ꚘꝎꚙꝏ",
    "p": "ᑭᏢРΡрρ",
    "q": "ⵕգզԛ",
    "r": "ᖇᎡᏒƦꮁгᴦꭇꭈ",
    "s": "ՏᏕᏚЅꮪѕƽꜱ",
    "t": "ᎢТΤтτᴛ",
    "tf": "ꝷ",
    "ts": "ʦ",
    "u": "Սᑌሀսυʋᴜꞟꭎꭒ",
    "ue": "ᵫ",
    "uo": "ꭣ",
    "v": "ᐯᏙѴⴸꮩѵνᴠ",
    "w": "ᎳᏔԜաꮃѡԝɯᴡ",
    "x": "ХΧꞳⵝᕁᕽх",
    "y": "ᎩᎽУҮΥуүყγɣʏᶌỿꭚ",
    "z": "ᏃΖꮓᴢ",
}
SEEN_AS: Final[Mapping[int, str]] = {
    ord(letter): seen for seen, letters in _ALIKE.items() for letter in letters
}
