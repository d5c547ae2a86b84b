"""How far the files of people go: nothing in a dump says who has left a chat, but that it ends in their file
before it ends in those of others."""

from __future__ import annotations

from attrs import define, field


@define
class ChatFiles:
    """Times of newest messages, Unix milliseconds."""

    _of_chat: dict[str, int] = field(factory=dict)
    _of_person: dict[str, int] = field(factory=dict)  # in all of their chats
    _seen: dict[tuple[str, str], int] = field(factory=dict)  # of a chat, in the file of a person

    def note(self, chat: str, person: str | None, at: int) -> None:
        """`person`: in whose file the message stands."""
        self._of_chat[chat] = max(at, self._of_chat.get(chat, at))
        if person is not None:
            self._of_person[person] = max(at, self._of_person.get(person, at))
            self._seen[chat, person] = max(at, self._seen.get((chat, person), at))

    def show_that_left(self, chat: str, person: str) -> bool:
        """Whether the file of the person goes further than the chat does, and lacks its end."""
        newest = self._of_chat.get(chat, 0)
        return self._of_person.get(person, 0) > newest > self._seen.get((chat, person), 0)
