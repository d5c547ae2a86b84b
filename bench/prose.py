"""Texts as people write them, near enough for a search: word frequencies follow Zipf's law, most messages
are in a language with spaces, some are Chinese or Japanese, some carry a link.

The same seed gives the same texts.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

MEAN_WORDS = 20
MOST_WORDS = 150
VOCABULARY = 30_000
DRAWN_TOGETHER = 50_000
WITHOUT_SPACES = 0.04  # share of the messages
WITH_LINK = 0.03

# The most frequent first: the N-th is said about 1/N as often as the first.
_COMMON = """
the to a and i is it you of in that for on we this be have not with so but are just at can my was do
if me what as they will there or like all one get would know think out up no from now then when
about yes some good go see your how time more an our by only why really need here did want them work
well also who make people thanks sure could still back too because ok maybe should right something
way him new say look very her over us any even day first last next after where off before much than
same again please let long never always few which been server message update meeting today tomorrow
question deploy release test build customer team review branch fix error weekend lunch coffee office
train idea plan report budget draft design print ship phone screen data table
"""
_CHINESE = """
我们 今天 明天 会议 可以 没有 什么 时候 谢谢 问题 服务器 消息 更新 已经 需要 知道
大家 工作 测试 客户 报告 项目 计划 下午 上午 还是 不是 因为 所以 如果 这个 那个
现在 时间 一起 看看 发布 修复 错误 周末 午饭 咖啡 火车 设计 的 了 在 是 我 你
他 也 都 就 很 吗 吧
"""
_JAPANESE = """
今日は 明日 会議 ありがとう お願いします 問題 サーバー メッセージ 更新 確認 しました
できます ません 時間 仕事 テスト 報告 です ます から まで これ それ どこ いつ 資料
電車 昼ご飯 コーヒー 週末 東京 大阪 設計 予算 修正 の は が を に で と も
"""
_ONSETS = "b br c ch cl d dr f fl g gr h j k l m n p pl pr r s sh sl st t tr v w"
_VOWELS = "a e i o u ai ea ee io ou"
CODAS = ("", "", "n", "r", "s", "t", "l", "m", "ck", "nd", "st")

COMMON, CHINESE, JAPANESE = _COMMON.split(), _CHINESE.split(), _JAPANESE.split()
ONSETS, VOWELS = _ONSETS.split(), _VOWELS.split()


class Prose:
    """An endless source of texts. `words` is what it says in spaced languages, the most frequent first."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.words = [*COMMON, *_invented(self._random, VOCABULARY - len(COMMON))]
        self._spaced = _drawn(self._random, self.words)
        self._unspaced = [_drawn(self._random, words) for words in (CHINESE, JAPANESE)]

    def spaced(self) -> str:
        """One message in words with spaces between them."""
        count = min(1 + int(self._random.expovariate(1 / MEAN_WORDS)), MOST_WORDS)
        words = list(itertools.islice(self._spaced, count))
        if self._random.random() < WITH_LINK:
            words.append(f"https://example.org/{words[0]}/{self._random.randrange(100_000)}")
        elif count > 12:
            words[count // 2] += ","
        return " ".join(words).capitalize() + "."

    def unspaced(self) -> str:
        """One message in Chinese or Japanese."""
        words = self._random.choice(self._unspaced)
        count = min(2 + int(self._random.expovariate(1 / MEAN_WORDS)), MOST_WORDS)
        return "".join(itertools.islice(words, count)) + "。"

    def text(self) -> str:
        return self.unspaced() if self._random.random() < WITHOUT_SPACES else self.spaced()


def _drawn(source: random.Random, words: Sequence[str]) -> Iterator[str]:
    """Words for ever, the N-th in proportion to 1/N."""
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
    while True:
        yield from source.choices(words, cum_weights=weights, k=DRAWN_TOGETHER)


def _invented(source: random.Random, count: int) -> Iterator[str]:
    """Words that sound like words and mean nothing, each one once."""
    known = set(COMMON)
    while len(known) < len(COMMON) + count:
        syllables = source.choices((2, 3, 4), weights=(6, 3, 1))[0]
        parts = [source.choice(ONSETS) + source.choice(VOWELS) for _ in range(syllables)]
        word = "".join(parts) + source.choice(CODAS)
        if word not in known:
            known.add(word)
            yield word
