"""Is the scoring worth anything? Runs that must fail, through the same runner and the same rule.

Three controls. Without uptake: claims on vesicles, where no cell takes a vesicle up; none may be
called reproduced. Random pairs: products and readouts that no claim puts together, with a direction
from a coin; what share would be called reproduced by chance. Turned round: the same claims in a
skin in which every arrow of a product works the other way; the score must fall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from virtualskin.ground import Shelf, stream
from virtualskin.review.claim import Claim
from virtualskin.review.claim_result import ReviewResult
from virtualskin.review.claim_shelf import ClaimShelf
from virtualskin.review.donors import Size, Stock
from virtualskin.review.run_claims import run_review
from virtualskin.review.wanted import Direction

Told = Callable[[str, int, int], None]
COIN: tuple[Direction, Direction] = ("up", "down")


@dataclass(frozen=True, slots=True)
class Tried:
    """One control.

    Args:
        name: `as_it_is`, `without_uptake`, `random_pairs` or `turned_round`.
        claims: how many were judged.
        reproduced: how many of them were called reproduced.
        contradicted: how many contradicted.
        called: those called reproduced: a claim's id, or `experiment: readout direction`.
    """

    name: str
    claims: int
    reproduced: int
    contradicted: int
    called: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share called reproduced; 0 of none."""
        return self.reproduced / self.claims if self.claims else 0.0


@dataclass(frozen=True)
class ScoringControls:
    """All controls of one size.

    Args:
        size: of the runs.
        vesicles: the claims that name a product of vesicles alone, as they are.
        without_uptake: the same where no cell takes a vesicle up.
        random_pairs: pairs that nobody claims.
        products: effects of a product as they are, `no_change` left out.
        turned_round: the same with every arrow of a product turned round.
        most_without_uptake: share that may be called reproduced without uptake.
    """

    size: Size
    vesicles: Tried
    without_uptake: Tried
    random_pairs: Tried
    products: Tried
    turned_round: Tried
    most_without_uptake: float

    @property
    def rows(self) -> tuple[Tried, ...]:
        """Every row, each control below what it is set against."""
        return (self.products, self.turned_round, self.vesicles, self.without_uptake,
                self.random_pairs)  # fmt: skip

    @property
    def sound(self) -> bool:
        """Whether vesicles that nobody takes up do nothing, and turned arrows cost the score."""
        few = self.without_uptake.share <= self.most_without_uptake
        return few and self.turned_round.reproduced < self.products.reproduced

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin review controls`."""
        return {
            "people": self.size.people,
            "universes": self.size.universes,
            "seed": self.size.seed,
            "most_without_uptake": self.most_without_uptake,
            "sound": self.sound,
            "controls": [
                {
                    "name": row.name,
                    "claims": row.claims,
                    "reproduced": row.reproduced,
                    "contradicted": row.contradicted,
                    "share": row.share,
                    "called": list(row.called),
                }
                for row in self.rows
            ],
        }


def run_scoring_controls(
    shelf: ClaimShelf,
    stock: Stock,
    *,
    size: Size | None = None,
    workers: int | None = None,
    progress: Told = lambda stage, done, total: None,
) -> ScoringControls:
    """Run every control.

    Args:
        shelf: the claims.
        stock: what experiments are made of.
        size: how large the runs are.
        workers: threads; None for all cores. Never changes a result.
        progress: called with stage, done and total.
    """
    size, rules = size or Size(), stock.rules.scoring
    bare = [_bare(c) for c in shelf.chosen() if c.scope.status == "in_scope"]
    effects = [c for c in bare if c.intervention and c.direction != "no_change"]
    fed = [c for c in effects if only_acts_by(rules.acting, c, stock)]

    def run(name: str, claims: Sequence[Claim], here: Stock, given: str = "products") -> Tried:
        def told(stage: str, done: int, total: int) -> None:
            progress(name, done, total)

        chosen = _shelf(shelf, claims)
        made = run_review(chosen, here, size=size, workers=workers, progress=told)
        return _tried(name, made, given)

    other = replace(stock, skin=stock.skin.turned(rules.drives), drawn={})
    pairs = list(random_pairs(effects, stock, size.seed))
    without = [c.model_copy(update={"loses": (rules.uptake,)}) for c in fed]
    return ScoringControls(
        size,
        run("vesicles", fed, stock),
        run("without_uptake", without, stock),
        run("random_pairs", pairs, stock, "pairs"),
        run("products", effects, stock),
        run("turned_round", effects, other),
        float(rules.most_without_uptake.value or 0.0),
    )


def only_acts_by(component: str, claim: Claim, stock: Stock) -> bool:
    """Whether all that acts in a claim's product is one component, against a side without any.

    Args:
        component: of the product.
        claim: in scope.
        stock: knows the products.
    """
    given = claim.intervention
    if given is None or claim.comparator.against not in {"stress_only", "untreated", "vehicle"}:
        return False
    active = stock.therapies.product(given.product).active
    return {entry.component for entry in active} == {component}


def random_pairs(claims: Sequence[Claim], stock: Stock, seed: int) -> Iterator[Claim]:
    """Claims that nobody made: an experiment of ours, another of its readouts, a coin's direction.

    Args:
        claims: of effects, in scope.
        stock: knows what can be read.
        seed: same seed, same pairs.
    """
    draws = stream(seed, "scoring", "random_pairs")
    said: dict[str, set[str]] = {}
    for claim in claims:
        texts = {str(claim.readout), *claim.beside}
        said.setdefault(claim.experiment, set()).update(texts)
    observables = sorted(stock.skin.library.observables)
    for at in range(stock.rules.scoring.pairs):
        claim = claims[int(draws.integers(len(claims)))]
        reads = stock.settings.records[claim.setting].reads or tuple(observables)
        free = [name for name in reads if name not in said[claim.experiment]]
        readout = free[int(draws.integers(len(free)))]
        direction = COIN[int(draws.integers(len(COIN)))]
        yield claim.model_copy(
            update={"id": f"pair_{at}", "code": "", "readout": readout, "direction": direction}
        )


def _bare(claim: Claim) -> Claim:
    """A claim without what only its card needs: no knock-out, nothing beside it, no size."""
    nothing: Mapping[str, object] = {"depends_on": (), "magnitude": None}
    return claim.model_copy(update=nothing)


def _shelf(shelf: ClaimShelf, claims: Sequence[Claim]) -> ClaimShelf:
    records = {claim.id: claim for claim in claims}
    made: Shelf[Claim] = Shelf("claim", records, dict.fromkeys(records, ""), ())
    return replace(shelf, claims=made)


def _tried(name: str, made: ReviewResult, given: str) -> Tried:
    called = [r for r in made.results if r.verdict == "reproduced"]
    texts = [
        r.claim.id
        if given == "products"
        else f"{r.claim.experiment}: {r.claim.readout} {r.claim.direction}"
        for r in called
    ]
    contradicted = sum(r.verdict == "contradicted" for r in made.results)
    return Tried(name, len(made.results), len(called), contradicted, tuple(texts))
