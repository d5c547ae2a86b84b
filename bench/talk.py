"""What people type into a room: names of others, `@here` now and then, addresses, links, code, many scripts.

Texts are as long as the plain ones, so that both compare, and each of them holds something that a server may
stumble over: none is plain. The same seed gives the same texts.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from bench.prose import Prose
from bench.speech import FILLER_SIZE, Texts

SEED = 5
OF_A_ROOM = 64  # texts drawn for each room, said over and over
WORDS_BEFORE = 4
MOST_WORDS = 40

_CYRILLIC = (
    "привет коллеги сегодня встреча вопрос сервер выпуск готово спасибо можно завтра проверьте пожалуйста"
)
_ARABIC = "مرحبا اليوم الاجتماع السؤال الخادم الإصدار جاهز شكرا غدا رسالة من فضلك الفريق"
_CODE = (
    "```python\n@app.route('/{0}')\n@cache(ttl=60)\ndef f(x):\n    return x @ W.T @ b\n```",
    "`git log origin/main@{{1}}..HEAD@{{0}}` `npm i @types/node@20 @{0}/core`",
    "```ts\n@Injectable()\nclass A {{ constructor(@Inject(B) b: B, @Optional() c?: C) {{}} }}\n```",
)
_LINKS = (
    "https://example.org/@{0}/posts/{1}?ref=a@b",
    "http://git.example.net/team/-/merge_requests/{1}#note_@{0}",
    "https://example.com/maps/@52.5163,13.3777,{1}z",
)

Kind = Callable[[random.Random, str], str]  # from the name of a member of the room
Kinds = Sequence[tuple[Kind, int]]  # with the weight of each


def _name(_: random.Random, name: str) -> str:
    return f"@{name}"


def _names(_: random.Random, name: str) -> str:
    return f"@{name}, @nobody-known and @{name}:"


def _here(_: random.Random, __: str) -> str:
    return "@here"


def _address(source: random.Random, name: str) -> str:
    return f"{name}.{source.randrange(1000)}@mail.example.org"


def _link(source: random.Random, name: str) -> str:
    return source.choice(_LINKS).format(name, source.randrange(100_000))


def _code(source: random.Random, name: str) -> str:
    return source.choice(_CODE).format(name)


# What a text holds, and how often: of a hundred.
KINDS: Kinds = (
    (_name, 46),
    (_names, 10),
    (_here, 2),
    (_address, 12),
    (_link, 16),
    (_code, 14),
)
# The same without those that name somebody, and so notify them.
NAMELESS = tuple((kind, weight) for kind, weight in KINDS if kind in (_address, _link, _code))
IN_OTHER_SCRIPTS = 0.25  # share of the texts whose other words are Chinese, Japanese, Cyrillic or Arabic


class Talk:
    """Texts for each room, by the names of its members."""

    def __init__(self, members: Mapping[str, Sequence[str]], kinds: Kinds = KINDS, seed: int = SEED) -> None:
        self._kinds = kinds
        self._random = random.Random(seed)
        self._prose = Prose(seed)
        self._said: dict[str, Iterator[str]] = {
            room: itertools.cycle([self._escaped(names) for _ in range(OF_A_ROOM)])
            for room, names in members.items()
        }

    def __call__(self, room: str) -> str:
        """The next text for the room, without its stamp, as it stands in a JSON string."""
        return next(self._said[room])

    def _escaped(self, names: Sequence[str]) -> str:
        kinds, weights = zip(*self._kinds, strict=True)
        kind: Kind = self._random.choices(kinds, weights)[0]
        words, space = self._words()
        at = self._random.randint(0, WORDS_BEFORE)
        words.insert(at, kind(self._random, self._random.choice(names)))
        return json.dumps(fitted(space.join(words), FILLER_SIZE), ensure_ascii=False)[1:-1]

    def _words(self) -> tuple[list[str], str]:
        """Words, and what stands between them: nothing in Chinese and Japanese, around a mention neither."""
        if self._random.random() >= IN_OTHER_SCRIPTS:
            words: list[str] = []
            while len(words) < MOST_WORDS:
                words += self._prose.spaced().split()
            return words, " "
        script = self._random.choice((None, _CYRILLIC, _ARABIC))
        if script is None:
            return [self._prose.unspaced() for _ in range(MOST_WORDS)], ""
        return self._random.choices(script.split(), k=MOST_WORDS), " "


def fitted(text: str, size: int) -> str:
    """`text` with as many bytes: cut between two characters, or filled up with dots."""
    cut = text.encode()[:size].decode(errors="ignore")
    return cut + "." * (size - len(cut.encode()))


def talk_of(rooms: Sequence[str], kinds: Kinds = KINDS) -> Texts:
    """For a crowd whose i-th member, named as `bench.community` names it, is in `rooms[i]`."""
    members: dict[str, list[str]] = {}
    for i, room in enumerate(rooms):
        members.setdefault(room, []).append(f"member{i:05}")
    return Talk(members, kinds)
