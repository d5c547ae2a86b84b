"""Confusables: letters that look like a Latin letter or a digit, with their prototypes (UTS 39, section 4).

Taken from Unicode's confusables.txt (UTS 39, version 15.1; unicode.org/license.txt): the entries whose
prototype is ASCII, for the scripts of `chatd.domain.names.scripts`. Right-to-left scripts are left out: no
name mixes them with the letters they resemble. For Cyrillic and Greek there are more entries than in that
table, because people also compare names in capitals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_CONFUSABLES: Final[Mapping[str, str]] = {
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
PROTOTYPES: Final[Mapping[int, str]] = {
    ord(letter): prototype for prototype, letters in _CONFUSABLES.items() for letter in letters
}
