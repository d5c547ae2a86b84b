"""The shapes of the files. All fields are optional, and ids may be numbers: versions differ."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

Id = str | int | None
Text = str | None


class Guild(Struct, frozen=True):
    id: Id = None
    name: Text = None


class Channel(Struct, frozen=True):
    """Of a thread, `categoryId` and `category` are those of the channel that it is in."""

    id: Id = None
    type: str | int | None = None
    categoryId: Id = None
    category: Text = None
    name: Text = None
    topic: Text = None


class Author(Struct, frozen=True):
    id: Id = None
    name: Text = None
    discriminator: Id = None
    nickname: Text = None
    isBot: bool | None = None


class Attachment(Struct, frozen=True):
    id: Id = None
    url: Text = None
    fileName: Text = None
    fileSizeBytes: int | float | None = None


class Sticker(Struct, frozen=True):
    id: Id = None
    name: Text = None
    sourceUrl: Text = None


class Field(Struct, frozen=True):
    name: Text = None
    value: Text = None


class EmbedAuthor(Struct, frozen=True):
    name: Text = None


class Image(Struct, frozen=True):
    url: Text = None


class Footer(Struct, frozen=True):
    text: Text = None


class Embed(Struct, frozen=True):
    """`images` holds `image`, where both are."""

    title: Text = None
    url: Text = None
    description: Text = None
    author: EmbedAuthor | None = None
    fields: list[Field] | None = None
    image: Image | None = None
    images: list[Image] | None = None
    footer: Footer | None = None


class Emoji(Struct, frozen=True):
    """`id` is empty for a character of Unicode."""

    id: Id = None
    name: Text = None
    imageUrl: Text = None


class Reaction(Struct, frozen=True):
    """Older versions have no `users`."""

    emoji: Emoji | None = None
    count: int | None = None
    users: list[Author] | None = None


class Reference(Struct, frozen=True):
    messageId: Id = None
    channelId: Id = None
    type: str | int | None = None


class Forwarded(Struct, frozen=True):
    content: Text = None
    attachments: list[Attachment] | None = None
    embeds: list[Embed] | None = None
    stickers: list[Sticker] | None = None


class Component(Struct, frozen=True):
    """A button, or a row of some."""

    label: Text = None
    url: Text = None
    components: list[Component] | None = None


class Message(Struct, frozen=True):
    id: Id = None
    type: str | int | None = None
    timestamp: Text = None
    timestampEdited: Text = None
    isPinned: bool | None = None
    content: Text = None
    author: Author | None = None
    attachments: list[Attachment] | None = None
    embeds: list[Embed] | None = None
    stickers: list[Sticker] | None = None
    components: list[Component] | None = None
    reactions: list[Reaction] | None = None
    mentions: list[Author] | None = None
    reference: Reference | None = None
    forwardedMessage: Forwarded | None = None


class Glance(Struct, frozen=True):
    """Of a message what is looked for in advance: who wrote it, and its emoji."""

    author: Author | None = None
    reactions: list[Reaction] | None = None
    inlineEmojis: list[Emoji] | None = None

    def emoji(self) -> Iterator[Emoji]:
        yield from (each.emoji for each in self.reactions or () if each.emoji is not None)
        yield from self.inlineEmojis or ()


def shown(value: Id) -> str:
    """An id as text; empty where there is none."""
    return "" if value is None else str(value)[:64]
