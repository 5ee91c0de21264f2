"""Text files from strangers: whatever encoding an export or a table was saved in.

Exports of Chinese databases come as UTF-8 (with or without a byte-order mark) or as GB18030, which
holds GBK and GB2312; older European ones as Windows-1252. What was assumed is always told.
"""

from __future__ import annotations

from pathlib import Path

from virtualskin.ground.finding import Finding

LARGEST_TEXT = 2_000_000  # not science: a bound against hostile input, in bytes
COMMON_SHARE = 0.7  # not science: share of everyday characters that tells Chinese from an accident
MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_any_text(
    path: Path, label: str, *, largest: int = LARGEST_TEXT
) -> tuple[str | None, list[Finding]]:
    """The text of a file, and how it was read where it is not UTF-8.

    Args:
        path: the file.
        label: how findings name it.
        largest: most bytes that are read.

    Returns:
        The text with its line ends as `\\n`, or None and a finding that says why not.
    """
    try:
        if path.stat().st_size > largest:
            message = f"the file is larger than {largest // 1_000_000} MB"  # not science: bytes
            return None, [Finding("too_large", message, label, hint="split it")]
        raw = path.read_bytes()
    except OSError as error:
        return None, [Finding("unreadable", f"cannot be read: {error.strerror}", label)]
    text, coding = _decoded(raw)
    if text is None or "\x00" in text:
        hint = "save it as plain text or CSV, UTF-8"
        return None, [Finding("encoding", "the file is no text", label, hint=hint)]
    told = text.replace("\r\n", "\n").replace("\r", "\n")
    if coding == "utf-8":
        return told, []
    message = f"read as {coding}, since it is not UTF-8"
    return told, [Finding("encoding", message, label, severity="warning")]


def _decoded(raw: bytes) -> tuple[str | None, str]:
    for mark, coding in MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(coding), "UTF-16"
            except UnicodeDecodeError:
                return None, ""
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    if b"\x00" in raw:
        return None, ""
    try:
        chinese = raw.decode("gb18030")
    except UnicodeDecodeError:
        chinese = ""
    if chinese and _everyday(chinese):
        return chinese, "GB18030"
    try:
        western = raw.decode("cp1252")
    except UnicodeDecodeError:
        western = ""
    # A Western text is written in ASCII letters, with an accent now and then.
    if western and 2 * sum(c.isascii() for c in western) > len(western):
        return western, "Windows-1252"
    return (chinese, "GB18030") if chinese else (None, "")


def _everyday(text: str) -> bool:
    """Whether what is not ASCII is mostly what Chinese is written with.

    The accents of another encoding fall on rare characters, since an ASCII letter follows them.
    """
    marks = [c for c in text if not c.isascii()]
    common = sum(len(c.encode("gb2312", errors="ignore")) == 2 for c in marks)
    return common >= COMMON_SHARE * len(marks)
