"""Identifiers, scales and terms: what is read, what is refused, and that none of it is needed."""

from __future__ import annotations

import pytest

from virtualskin.biology.annotations import Identifier, read_annotations

HEAD = "name\tqualifier\tresource\taccession\tlabel\tsource\tnote\n"
FIBRE = "fibre\tis\tuniprot\tP02452\tCOL1A1\tmine\t\n"
SCALES = "name\tscale\ten\tzh\tnote\n"
TERMS = "element\tterm\tlabel\tsource\n"


def put(tiny, folder: str, text: str) -> str:
    (tiny.root / folder).mkdir(parents=True, exist_ok=True)
    tiny.write(f"{folder}/mine.tsv", text)
    return f"{folder}/mine.tsv"


def test_nothing_is_needed(tiny) -> None:
    read = read_annotations(tiny.catalogue)
    assert (read.identifiers, dict(read.scales), dict(read.terms)) == ((), {}, {})
    assert tiny.errors() == []


def test_rows_are_found_by_name(tiny) -> None:
    process = "turnover.cutting\tis\tGO\t0000001\twhatever\tmine\t\n"
    put(tiny, "biology/identifiers", HEAD + FIBRE + process + FIBRE.replace("fibre", "dermis"))
    put(
        tiny,
        "biology/scales",
        SCALES + "turnover\ttissue\tTurnover\t更新\t\nfibre\tmolecule\t\t\t\n",
    )
    put(tiny, "biology/terms", TERMS + "state\t240\tmaterial entity\tmine\n")
    assert tiny.errors() == []
    read = read_annotations(tiny.catalogue)
    assert [i.uri for i in read.of("fibre")] == ["https://identifiers.org/uniprot:P02452"]
    assert read.scale("fibre", "turnover") == "molecule"
    assert read.scale("fragment", "turnover") == "tissue"
    assert read.scale("fragment", "renewal") is None
    assert read.short("turnover") == {"en": "Turnover", "zh": "更新"}
    assert (read.short("renewal"), read.term("state"), read.term("process")) == ({}, 240, None)


@pytest.mark.parametrize(
    ("folder", "text", "rule", "value"),
    [
        ("identifiers", HEAD + FIBRE.replace("fibre", "fibr"), "unknown_name", "fibr"),
        ("scales", SCALES + "turnovr\ttissue\t\t\t\n", "unknown_name", "turnovr"),
        ("identifiers", HEAD + FIBRE + FIBRE, "twice", ""),
        ("scales", SCALES + "turnover\thuge\t\t\t\n", "schema_literal_error", "huge"),
    ],
)
def test_findings_name_file_row_and_value(tiny, folder: str, text: str, rule: str, value: str):
    file = put(tiny, f"biology/{folder}", text)
    found = tiny.error(rule)
    assert (found.file, found.value) == (file, value)
    assert found.row == len(text.splitlines())


def test_an_unknown_name_is_guessed(tiny) -> None:
    put(tiny, "biology/identifiers", HEAD + FIBRE.replace("fibre", "fibr"))
    assert "'fibre'" in tiny.error("unknown_name").hint


@pytest.mark.parametrize(
    ("resource", "accession"),
    [("uniprot", "COL1A1"), ("CL", "57"), ("doi", "11.1/x"), ("uniprt", "P02452")],
)
def test_what_is_no_accession_is_refused(resource: str, accession: str) -> None:
    with pytest.raises(ValueError, match=r"resource|accession"):
        Identifier(
            name="a", qualifier="is", resource=resource, accession=accession, label="b", source="c"
        )


@pytest.mark.parametrize("term", ["99999", "5"], ids=["unknown", "obsolete"])
def test_a_term_exists_and_is_not_obsolete(tiny, term: str) -> None:
    put(tiny, "biology/terms", TERMS + f"state\t{term}\tx\tmine\n")
    assert tiny.error("schema_value_error").value == term


def test_a_short_title_is_bilingual(tiny) -> None:
    put(tiny, "biology/scales", SCALES + "turnover\ttissue\tTurnover\t\t\n")
    assert "Chinese" in tiny.error("schema_value_error").message
