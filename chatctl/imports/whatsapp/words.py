"""What the app itself writes into a text, in the languages of phones: a file that is there or was left out, a
message that was deleted or edited. What is in another language stays text."""

from __future__ import annotations

import re
from typing import Final

from chatctl.imports.whatsapp.heads import INVISIBLE

_DELETED: Final = frozenset([
    "this message was deleted", "you deleted this message",
    "diese nachricht wurde gelöscht", "du hast diese nachricht gelöscht",
    "ce message a été supprimé", "vous avez supprimé ce message",
    "se eliminó este mensaje", "este mensaje fue eliminado", "eliminaste este mensaje",
    "questo messaggio è stato eliminato", "hai eliminato questo messaggio",
    "esta mensagem foi apagada", "mensagem apagada", "você apagou esta mensagem",
    "dit bericht is verwijderd", "je hebt dit bericht verwijderd", "u hebt dit bericht verwijderd",
    "данное сообщение удалено", "вы удалили данное сообщение",
    "bu mesaj silindi", "bu mesajı sildiniz", "ta wiadomość została usunięta", "usunięto tę wiadomość",
    "הודעה זו נמחקה", "ההודעה נמחקה", "מחקת הודעה זו", "pesan ini dihapus",
])  # fmt: skip
_EDITED: Final = frozenset([
    "this message was edited", "diese nachricht wurde bearbeitet", "ce message a été modifié",
    "se editó este mensaje", "questo messaggio è stato modificato", "mensagem editada",
    "dit bericht is bewerkt", "сообщение изменено",
    "bu mesaj düzenlendi", "ההודעה נערכה",
])  # fmt: skip
_LEFT_OUT: Final = frozenset([
    "media omitted", "medien ausgelassen", "médias omis", "média omis", "multimedia omitido", "media omessi",
    "arquivo de mídia oculto", "mídia oculta", "media weggelaten", "без медиафайлов",
    *(f"{what} omitted" for what in ("image", "video", "audio", "sticker", "gif", "document", "contact card",
                                     "video note")),
    *(f"{what} weggelassen" for what in ("bild", "video", "audio", "sticker", "gif", "dokument",
                                         "kontaktkarte")),
    "image absente", "vidéo absente", "audio omis", "sticker omis", "gif retiré", "document manquant",
    *(f"{what} omitido" for what in ("video", "audio", "sticker", "gif", "documento")), "imagen omitida",
    *(f"{what} omesso" for what in ("video", "audio", "sticker", "documento")),
    "immagine omessa", "gif esclusa",
    *(f"{what} ocultado" for what in ("áudio", "documento")), "imagem ocultada", "vídeo omitido",
    *(f"{what} dahil edilmedi" for what in ("medya", "görüntü", "video", "ses", "çıkartma", "gif",
                                                "belge")),
    "تم استبعاد الوسائط", "رسانه حذف شد", "המדיה לא נכללה", "מדיה הושמטה",
    "media buraxıldı", "fitxers multimèdia omesos", "mitjans omesos", "média vynechány", "médiá vynechané",
    "medier udeladt", "mediefil udeladt", "αρχείο παραλήφθηκε", "εξαίρεση πολυμέσων", "meedia välja jäetud",
    "media jätettiin pois", "media jätetty pois", "medijski zapis izostavljen", "média elhagyva",
    "hiányzó médiafájl", "media tidak disertakan", "media dikecualikan", "media disingkirkan",
    "medija praleista", "nav iekļauta multivide", "media utelatt", "uten vedlegg", "pominięto multimedia",
    "pliki pominięto", "ficheiro não revelado", "conținut media omis", "datoteke izpuščene", "media u hoq",
    "медији су изостављени", "медіа пропущено", "без файлови", "media utelämnat", "media har utelämnats",
    "मीडिया के बिना", "মিডিয়া বাদ দেওয়া হয়েছে", "میڈیا چھوڑ دیا گیا", "ไฟล์สื่อถูกลบ",
    "bỏ qua tệp phương tiện", "メディアなし", "メディアは含まれていません", "미디어 파일 제외됨",
    "미디어 파일을 생략한 대화내용", "忽略多媒體檔", "省略多媒体文件", "media hazijajumuishwa",
    "media weggelaat",
    *(f"{what} weggelaten" for what in ("afbeelding", "video", "audio", "sticker", "gif", "document")),
])  # fmt: skip
_ANDROID: Final = frozenset([
    "file attached", "datei angehängt", "fichier joint", "archivo adjunto", "file allegato",
    "arquivo anexado", "bestand bijgevoegd", "файл добавлен",
    "dosya ekli", "plik załączony", "file terlampir",
])  # fmt: skip
_IOS: Final = frozenset(
    [
        "attached",
        "anhang",
        "pièce jointe",
        "adjunto",
        "allegato",
        "anexado",
        "bijgevoegd",
        "приложено",
        "załączony",
    ]
)
_ATTACHED_ANDROID: Final = re.compile(r"(.{0,255}\.\w{1,10}) \(([^()]{2,30})\)")
_ATTACHED_IOS: Final = re.compile("<([^:\uff1a<>]{2,20})[:\uff1a] ?([^<>]{1,255})>")
_LONGEST_LINE: Final = 400  # characters of what tells of a file
_MARKED_END: Final = re.compile(r"(?:(?<!\s)\s+)?<([^<>\n]{5,60})>\s*\Z")  # long runs are tried once
_BARE: Final = re.compile(f"[{INVISIBLE}]")


def bare(text: str) -> str:
    """Without the marks that are not seen."""
    return _BARE.sub("", text).strip()


def is_deleted(text: str) -> bool:
    return len(text) < 100 and bare(text).rstrip(".").lower() in _DELETED


def without_edited(text: str) -> tuple[str, bool]:
    """The text without what says that it was edited, and whether it was."""
    found = _MARKED_END.search(text)
    if found is None or bare(found[1]).rstrip(".").lower() not in _EDITED:
        return text, False
    return text[: found.start()].rstrip(INVISIBLE + " \n"), True


def is_left_out(line: str) -> str | None:
    """The name of the file that is not in the export, `""` where none is told; None: it is no such line.
    Phones by Apple write `Tea.pdf • 3 pages document omitted`."""
    if len(line) > _LONGEST_LINE:
        return None
    words = bare(line)
    name, about, rest = words.partition(" • ")
    told = rest.split(" ", 2)[-1] if about else words
    told = told.removeprefix("<").removesuffix(">").strip().lower()
    return None if told not in _LEFT_OUT else name if about else ""


def attached(line: str) -> tuple[str, bool] | None:
    """The name of a file that is in the export, and whether the words around it say so for sure."""
    words = bare(line)
    found = _ATTACHED_ANDROID.fullmatch(words)
    if found is not None:
        return found[1], found[2].lower() in _ANDROID
    found = _ATTACHED_IOS.fullmatch(words)
    if found is None:
        return None
    return re.split(r"[/\\]", found[2])[-1], " ".join(found[1].split()).lower() in _IOS


def with_file(text: str) -> tuple[str, str] | None:
    """What was said with a file, and what tells of the file, which phones by Apple put behind it."""
    at = text.rfind("\u200e")
    if at < 0:
        at = text.rfind("<")
        if not _ATTACHED_IOS.fullmatch(text, max(at, 0), min(len(text), at + _LONGEST_LINE)):
            return None
    caption, line = text[:at].rstrip(f"{INVISIBLE} "), text[at:]
    return (caption, line) if caption else None


def is_of_the_app(text: str) -> bool:
    """The app speaks, and not a person whose file or deleted message it marks."""
    line = text.partition("\n")[0]
    marked = is_left_out(line) is not None or attached(line) is not None or is_deleted(text)
    return text.startswith("\u200e") and not marked
