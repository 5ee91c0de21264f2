"""What regulators and ethics ask of a product, as records with source and date.

Information, not advice: each record says what one document says, when it was written, and how far
it was read. A market of which nothing was read says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.ground import NOTHING, Text
from virtualskin.therapy.document import Document
from virtualskin.therapy.product import Product
from virtualskin.therapy.scope import ProductScope

Market: TypeAlias = Literal["us", "eu", "china", "international"]
Topic: TypeAlias = Literal[
    "classification", "cosmetics", "donor_eligibility", "donor_consent", "benefit_sharing",
    "pathogen_monitoring",
]  # fmt: skip

MARKETS: dict[Market, Text] = {
    "us": Text(en="United States", zh="美国"),
    "eu": Text(en="European Union", zh="欧盟"),
    "china": Text(en="China", zh="中国"),
    "international": Text(en="International", zh="国际"),
}
TOPICS: dict[Topic, Text] = {
    "classification": Text(en="classification", zh="属性归类"),
    "cosmetics": Text(en="use in cosmetics", zh="化妆品用途"),
    "donor_eligibility": Text(en="donor eligibility", zh="供者资格"),
    "donor_consent": Text(en="donor consent", zh="供者知情同意"),
    "benefit_sharing": Text(en="sharing of commercial benefit", zh="商业利益分配"),
    "pathogen_monitoring": Text(en="pathogen monitoring", zh="病原监测"),
}
# What concerns a donor who is not the one treated.
DONOR_TOPICS: frozenset[Topic] = frozenset(
    {"donor_eligibility", "donor_consent", "benefit_sharing", "pathogen_monitoring"}
)
NOTHING_READ = Text(
    en="no text of this market on products of this kind was read",
    zh="未读到该市场关于此类产品的文件",
)
NOT_ADVICE = Text(
    en="Information as read on the day named, not advice; rules change.",
    zh="以下为所注日期读到的信息，不构成建议；法规会变动。",
)


class Regulation(BaseModel):
    """A regulation record.

    Args:
        id: file stem.
        title: for people.
        market: where it holds.
        topic: what it is about.
        authority: who wrote it.
        applies_to: which products: one of these is enough.
        says: what it says, in own words.
        document: where, when, and how it was read.
        note: what a reader must know, such as that it is a draft.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    market: Market
    topic: Topic
    authority: str
    applies_to: tuple[ProductScope, ...]
    says: Text
    document: Document
    note: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.applies_to:
            raise ValueError("a record says which products it concerns (`applies_to`)")
        if self.topic in DONOR_TOPICS and any(s.donors != ("allogeneic",) for s in self.applies_to):
            raise ValueError(f"{self.topic} concerns allogeneic products only (`donors`)")
        return self

    def concerns(self, product: Product) -> bool:
        """Whether a product is meant."""
        return any(s.holds_product(product) for s in self.applies_to)


@dataclass(frozen=True, slots=True)
class RegulationLine:
    """One thing that one market asks of a product.

    Args:
        market: where.
        topic: what it is about.
        record: id of the record; empty where nothing was read.
        title: its title; empty where nothing was read.
        says: what it says.
        source: document, date and how it was read; empty where nothing was read.
    """

    market: Market
    topic: Topic
    record: str
    title: Text
    says: Text
    source: Text

    @property
    def market_title(self) -> Text:
        """The market, for people."""
        return MARKETS[self.market]

    @property
    def topic_title(self) -> Text:
        """The topic, for people."""
        return TOPICS[self.topic]

    @property
    def line(self) -> Text:
        """Market, topic, statement and source in one line."""
        market, topic = self.market_title, self.topic_title
        en, zh = (
            f"{market.en}, {topic.en}: {self.says.en}",
            f"{market.zh}，{topic.zh}：{self.says.zh}",
        )
        if not self.source:
            return Text(en=en, zh=zh)
        return Text(en=f"{en} [{self.source.en}]", zh=f"{zh}〔{self.source.zh}〕")


def regulation_of(records: Iterable[Regulation], product: Product) -> tuple[RegulationLine, ...]:
    """What each market asks of a product, in the order of markets and topics.

    A market of which no record on its classification was read has a line that says so, and so has
    an allogeneic product's donor if nothing was read of donors.

    Args:
        records: regulation records.
        product: the product.
    """
    mine = [r for r in records if r.concerns(product)]
    lines: list[RegulationLine] = []
    for market in MARKETS:
        for topic in TOPICS:
            found = [r for r in mine if (r.market, r.topic) == (market, topic)]
            lines += [regulation_line(r) for r in found]
            if not found and topic == "classification" and market != "international":
                lines.append(RegulationLine(market, topic, "", NOTHING, NOTHING_READ, NOTHING))
    return tuple(lines)


def regulation_line(record: Regulation) -> RegulationLine:
    """One record as a line."""
    says = record.says
    if record.note is not None:
        says = Text(en=f"{says.en} {record.note.en}", zh=f"{says.zh}{record.note.zh}")
    return RegulationLine(
        record.market, record.topic, record.id, record.title, says, record.document.line
    )
