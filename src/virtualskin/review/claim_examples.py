"""One sound example of each field of a claim: the hint where nothing nearer can be said."""

from __future__ import annotations

from dataclasses import replace

from virtualskin.ground import Finding

# One sound example a field: the hint where nothing nearer can be said.
EXAMPLES: dict[str, str] = {
    "id": "id: my_claim, the file's name",
    "section": 'section: "4.1"',
    "position": "position: {paragraph: 2, sentence: 1}, or position: none",
    "group": "group: my_sentence",
    "references": "references: [park2023]",
    "says": "says: {en: Medium lowers MMP-1, zh: 条件培养基降低 MMP-1}",
    "type": "type: effect",
    "experiment": "experiment: medium_after_uvb",
    "setting": "setting: fibroblast_culture",
    "cell": "cell: dermal fibroblast",
    "stressor": "stressor: {kind: uvb, dose: 30, unit: mJ/cm^2, "
    "schedule: {en: once, zh: 一次}, given: before, pulses: {first: -1h}}",
    "intervention": "intervention: {product: adsc_cm, dose: none, route: medium, "
    "schedule: {sessions: 1}}",
    "loses": "loses: [pink1_parkin]",
    "comparator": "comparator: {against: stress_only}",
    "readout": "readout: mmp1",
    "beside": "beside: [gelatinase]",
    "at": "at: 72h",
    "direction": "direction: down",
    "amount": "amount: {at_most: 0.05}, five in a hundred of what it is set against",
    "magnitude": "magnitude: none",
    "depends_on": "depends_on: [mapk_ap1], or depends_on: []",
    "through": "through: [nf_kb]",
    "wired": "wired: false",
    "evidence_level": "evidence_level: in_vitro",
    "indirect": "indirect: {species: mouse}, or indirect: none",
    "departs": "departs: []",
    "rows": 'rows: ["lab_effects:E030"]',
    "scope": "scope: {status: in_scope}",
    "check": "check: {kind: hazard, hazards: [infection], product: adsc_exo, stands: possible}",
}


def with_example(finding: Finding) -> Finding:
    """The finding with an example of its field, if it has no hint of its own.

    Args:
        finding: about a claim's record.
    """
    key = finding.column.partition(".")[0] or _missing(finding.message)
    example = EXAMPLES.get(key, "")
    if finding.hint or not example:
        return finding
    return replace(finding, hint=f"for example `{example}`")


def _missing(message: str) -> str:
    """The key that a message about the whole record speaks of, if any."""
    return next((key for key in EXAMPLES if f"{key!r}" in message), "")
