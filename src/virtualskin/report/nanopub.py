"""Claims as nanopublications: JSON-LD with four named graphs a claim, and no address to fetch.

The head names the three others: what is asserted (in own words, both languages, and as the
experiment that would show it), where it comes from (the place in the review by section, paragraph
and sentence as a Web Annotation selector, the papers cited, how good they are), and what is known
of the record itself. Vocabularies: nanopub schema, PROV-O, Dublin Core terms, Web Annotation, PAV;
where those have no word, terms of our own under `urn:virtualskin:term:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from virtualskin.evidence import Paper
from virtualskin.ground import Text
from virtualskin.review import Claim

Node: TypeAlias = dict[str, Any]
URN = "urn:virtualskin"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# ECO's "experimental evidence"; a review's own words are none.
EXPERIMENT = "http://purl.obolibrary.org/obo/ECO_0000006"
EXPERIMENTAL = frozenset({"in_vitro", "animal", "clinical_uncontrolled", "clinical_rct"})
CONTEXT: Mapping[str, Any] = {
    "np": "http://www.nanopub.org/nschema#",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "oa": "http://www.w3.org/ns/oa#",
    "pav": "http://purl.org/pav/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "vs": f"{URN}:term:",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the claims come from.

    Args:
        review: identifier of the review that the claims are read from, `doi:10.…`.
        catalogue: hash of the catalogue.
        version: of the code.
        own: ids of claims of the user's own folder.
    """

    review: str
    catalogue: str
    version: str
    own: frozenset[str]


def nanopubs(
    claims: Iterable[Claim],
    papers: Mapping[str, Iterable[Paper]],
    origin: Origin,
    *,
    verdicts: Mapping[str, str] | None = None,
) -> Node:
    """All claims as one JSON-LD document.

    Args:
        claims: in the order of the document.
        papers: id of a claim → the papers it cites.
        origin: where the claims come from.
        verdicts: id → verdict, where they were run; None leaves verdicts out.
    """
    graphs: list[Node] = []
    for claim in claims:
        me = _urn("claim", claim.id)
        names = {part: f"{me}#{part}" for part in ("head", "assertion", "provenance", "pubinfo")}
        head = {
            "@id": me,
            "@type": "np:Nanopublication",
            "np:hasAssertion": _ref(names["assertion"]),
            "np:hasProvenance": _ref(names["provenance"]),
            "np:hasPublicationInfo": _ref(names["pubinfo"]),
        }
        told = [*papers.get(claim.id, ())]
        verdict = None if verdicts is None else verdicts.get(claim.id)
        parts = {
            "head": [head],
            "assertion": [_assertion(claim, me)],
            "provenance": _provenance(claim, names["assertion"], told, origin),
            "pubinfo": [_pubinfo(claim, me, origin, verdict)],
        }
        graphs += [{"@id": names[part], "@graph": nodes} for part, nodes in parts.items()]
    return {"@context": dict(CONTEXT), "@graph": graphs}


def _assertion(claim: Claim, me: str) -> Node:
    """The claim in own words, and as the experiment that would show it."""
    stress, given, against = claim.stressor, claim.intervention, claim.comparator
    size, much = claim.magnitude, claim.amount
    return _told(
        {
            "@id": f"{me}#claim",
            "@type": ["vs:Claim", f"vs:{claim.type}"],
            "rdfs:label": _both(claim.says),
            "vs:setting": claim.setting,
            "vs:cell": claim.cell,
            "vs:stressor": None if stress is None else stress.kind,
            "vs:stressorDose": None if stress is None else stress.dose,
            "vs:stressorUnit": None if stress is None or stress.dose is None else stress.unit,
            "vs:product": [] if given is None else list(given.products),
            "vs:engineering": [] if given is None else list(given.engineering),
            "vs:route": [] if given is None else list(given.routes),
            "vs:comparedWith": against.against,
            "vs:comparedProduct": against.product,
            "vs:comparedRoute": against.route,
            "vs:loses": list(claim.loses),
            "vs:readout": claim.readout,
            "vs:at": claim.at,
            "vs:direction": claim.direction,
            "vs:lowest": None if much is None else much.at_least,
            "vs:highest": None if much is None else much.at_most,
            "vs:fold": None if size is None else size.fold,
            "vs:dependsOn": [_ref(_urn("pathway", p)) for p in claim.depends_on],
        }
    )


def _provenance(claim: Claim, assertion: str, papers: list[Paper], origin: Origin) -> list[Node]:
    """Where it stands in the review, what it cites, how direct and how good that is."""
    place = f"{assertion}-place"
    # A claim from elsewhere has no code of the review's table; its section names its own source.
    review = origin.review if claim.code else ""
    source = {"@id": _paper_urn(review)} if review else {"rdfs:label": claim.section}
    selector = {
        "@type": "oa:FragmentSelector",
        "rdf:value": _fragment(claim),
        "dcterms:conformsTo": _ref(f"{URN}:term:position"),
    }
    target: Node = {
        "@id": place,
        "@type": "oa:SpecificResource",
        "oa:hasSource": source,
        "oa:hasSelector": selector,
    }
    indirect = claim.indirect
    level = EXPERIMENT if claim.evidence_level in EXPERIMENTAL else None
    node = _told(
        {
            "@id": assertion,
            "prov:hadPrimarySource": _ref(place),
            "prov:wasDerivedFrom": [_ref(_urn("paper", p.key)) for p in papers],
            "vs:evidenceLevel": claim.evidence_level,
            "vs:evidenceType": None if level is None else _ref(level),
            "vs:evidenceRow": list(claim.rows),
            "vs:indirectSpecies": "" if indirect is None else indirect.species,
            "vs:indirectTissue": "" if indirect is None else indirect.tissue,
            "vs:departsFromSource": [t for text in claim.departs for t in _both(text)],
        }
    )
    return [node, target, *(_paper(p) for p in papers)]


def _paper(paper: Paper) -> Node:
    return _told(
        {
            "@id": _urn("paper", paper.key),
            "@type": "prov:Entity",
            "dcterms:identifier": f"doi:{paper.doi}" if paper.doi else paper.identifier,
            "dcterms:bibliographicCitation": paper.citation,
            "vs:readAs": paper.seen,
            "vs:retractionStatus": paper.status.word,
            "vs:retractionLookedUp": _day(paper.status.date),
        }
    )


def _pubinfo(claim: Claim, me: str, origin: Origin, verdict: str | None) -> Node:
    own = claim.id in origin.own
    return _told(
        {
            "@id": me,
            "prov:wasAttributedTo": _ref(f"{URN}:{'user' if own else 'authors'}"),
            "dcterms:license": None if own else _ref(LICENCE),
            "dcterms:isPartOf": _ref(_urn("catalogue", origin.catalogue)),
            "pav:version": origin.version,
            "vs:scope": claim.scope.status,
            "vs:scopeReason": claim.scope.reason,
            "vs:wired": claim.wired,
            "vs:verdict": verdict,
        }
    )


def _fragment(claim: Claim) -> str:
    """The place as numbers: no word of the sentence stands here."""
    parts = {"section": claim.section if claim.code else ""}
    if claim.position is not None:
        parts |= {k: str(v) for k, v in claim.position.model_dump().items() if v}
    return "&".join(f"{k}={_safe(v)}" for k, v in parts.items() if v)


def _told(node: Mapping[str, Any]) -> Node:
    """A node without what is not stated."""
    return {k: v for k, v in node.items() if v not in (None, "", [])}


def _both(text: Text) -> list[Node]:
    return [{"@value": text.en, "@language": "en"}, {"@value": text.zh, "@language": "zh"}]


def _day(text: str) -> Node | None:
    return {"@value": text, "@type": "xsd:date"} if text else None


def _ref(name: str) -> Node:
    return {"@id": name}


def _urn(kind: str, name: str) -> str:
    return f"{URN}:{kind}:{_safe(name)}"


def _paper_urn(identifier: str) -> str:
    return _urn("paper", identifier)


def _safe(text: str) -> str:
    """Text that may stand in a URN: what is not a letter, digit, dot or the like is a dash."""
    return re.sub(r"[^A-Za-z0-9._~/:-]+", "-", text).strip("-")
