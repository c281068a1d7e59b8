"""Pictures of what a night and its returns cost, beside the tables of ``quoted_costs`` on the engineers' page.

Here belongs what is drawn, its finding, and its words for who does not see it. Not here: how bars look
(``publishing.site.charts``), and measuring (``benchmarks/``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from orchestration.settings import PROJECT
from publishing.site import charts
from tests.quoted_costs import NIGHTS, PEERS, READINGS, STEPS, measured

FOLDER = PROJECT / "docs"


@dataclass(frozen=True)
class Picture:
    """A picture of ratios.

    Attributes:
        name: Of its file, without its ending.
        finding: What it shows, in a sentence.
        bars: A name, a ratio, and the ratio as the table has it.
    """

    name: str
    finding: str
    bars: Sequence[tuple[str, float, str]]

    @property
    def path(self) -> Path:
        """Where it lies."""
        return FOLDER / f"{self.name}.svg"

    @property
    def svg(self) -> bytes:
        """The picture: the same bytes each time."""
        return charts.svg(charts.bars(self._drawn, charts.WIDE)).encode()

    @property
    def markdown(self) -> str:
        """The finding as its title, and the picture with its description."""
        return f"**{self.finding}**\n\n![{charts.in_words(self._drawn)}]({self.path.name})\n"

    @property
    def _drawn(self) -> list[charts.Bar]:
        return [charts.Bar(name, charts.ZERO, Decimal(str(ratio)), said) for name, ratio, said in self.bars]


def nights() -> Picture:
    """Return each kind of night, in times its floor."""
    found = measured("night")["ratios"]
    bars = [(night.capitalize(), found[name], f"{found[name]:.1f}") for night, name, _ in NIGHTS]
    first, new, nothing, _ = (ratio for _, ratio, _ in bars)
    low, high = sorted((first, new))
    finding = (
        f"A night that builds costs {low:.1f} to {high:.1f} times its floor, one with nothing new {nothing:.1f} times"
    )
    return Picture("costs-of-a-night", finding, bars)


def intake() -> Picture:
    """Return what taking a return in costs, in times each bare reading of the same file."""
    found: Mapping[str, float] = measured("intake")["ratios"]
    named = [(f"{step.capitalize()}: {floor}", f"{step}, times {floor}") for floor in READINGS for step in STEPS]
    bars = [(name, found[ratio], f"{found[ratio]:.2f}") for name, ratio in named]
    said = dict(zip([ratio for _, ratio in named], [said for _, _, said in bars], strict=True))
    reading, _ = STEPS
    openpyxl, *_, calamine = READINGS
    finding = (
        f"Reading a return costs {said[f'{reading}, times {openpyxl}']} times {openpyxl}, and "
        f"{said[f'{reading}, times {calamine}']} times {calamine}, which looks for nothing hostile"
    )
    return Picture("costs-of-a-return", finding, bars)


def volumes() -> Picture:
    """Return what a build costs at each volume, in times the same SQL bare."""
    found = measured("volume")["volumes"]
    bars = [(f"{each['lines']:,} lines", each["times the floor"], f"{each['times the floor']:.2f}") for each in found]
    lines, _, ratio = bars[-1]
    return Picture("costs-of-volume", f"A build of {lines} costs {ratio} times the same SQL bare in DuckDB", bars)


def peers() -> Picture:
    """Return what a night costs, in times the same small job done with other tools."""
    found: Mapping[str, float] = measured("peers")["ratios"]
    first = [(f"A first night: {peer}", found[f"first, times {peer}"], 1) for peer in PEERS]
    again = [(f"Nothing new: {peer}", found[f"nothing new, times {peer}"], 2) for peer in PEERS]
    bars = [(name, ratio, f"{ratio:.{places}f}") for name, ratio, places in (*first, *again)]
    least, most = (f"{each(ratio for _, ratio, _ in again):.2f}" for each in (min, max))
    finding = f"A night with nothing new costs {least} to {most} times what others take for it"
    return Picture("costs-beside-others", finding, bars)


def growth() -> Picture:
    """Return what a night with one new return costs after years of returns, in times the one after one return."""
    found = [(each, each["times the night after one return"]) for each in measured("growth")["after"]]
    bars = [(f"{each['returns before']:,} returns before", ratio, f"{ratio:.2f}") for each, ratio in found]
    last, ratio = found[-1]
    finding = f"After {last['years']} years a night with a new return costs {ratio:.2f} times the one after one return"
    return Picture("costs-of-years", finding, bars)


def drawn() -> Mapping[str, Picture]:
    """Return every picture, by the name of the part of the page that it stands in."""
    return {"night": nights(), "peers": peers(), "intake": intake(), "growth": growth(), "volumes": volumes()}
