"""Read a MusicXML or MXL file into the facts that the API shows about a score."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from xml.etree.ElementTree import Element

from flat_api.sandbox.music import document, instruments
from flat_api.sandbox.music.mxl import is_zip, unpack
from flat_api.sandbox.music.timeline import number, timeline


@dataclass(frozen=True, slots=True)
class Credits:
    """The words above the music.

    Attributes:
        title: the work title, else the movement title, else the title credit.
        subtitle: the movement title beside a work title, else the subtitle credit.
        composer: the creators of this type, joined by a comma, else the credit; likewise the next two.
        lyricist: also creators of the type 'poet'.
        arranger: see composer.
    """

    title: str | None
    subtitle: str | None
    composer: str | None
    lyricist: str | None
    arranger: str | None


@dataclass(frozen=True, slots=True)
class ScoreFile(Credits):
    """A score and the facts that are written in it.

    Attributes:
        xml: the MusicXML document, byte for byte as it was sent (unzipped if it was MXL).
        instruments: one Flat-style id for each part, see `instruments.identify`.
        instrument_names: the part names, in the same order.
        number_measures: written measures of the longest part; a pickup counts.
        tempo_qpm: the first tempo in quarter notes a minute; 120 when the score has none.
        key_fifths: the first key signature, -7 to 7, preferably of a part that does not transpose; else 0.
        duration: seconds, see `timeline.Timeline` for what is counted.
    """

    xml: bytes
    instruments: list[str]
    instrument_names: list[str]
    number_measures: int
    tempo_qpm: float
    key_fifths: int
    duration: float


@dataclass(frozen=True, slots=True)
class Part:
    """What the part list says about one part; `program` counts from 1."""

    name: str
    instrument: instruments.Instrument
    program: int
    percussion: bool


def read(data: bytes, filename: str | None = None) -> ScoreFile:
    """Read a score from MusicXML, compressed or not, in any encoding XML allows.

    The content alone decides which it is; `filename` is for messages.

    Raises:
        MusicError: it is something else, damaged, or too big; the message says what to do.
    """
    xml = unpack(data, filename) if is_zip(data) else data
    root = document.parse(xml, filename)
    parts = parts_of(root)
    times = timeline(root)
    return ScoreFile(
        **asdict(credits_of(root)),
        xml=xml,
        instruments=[part.instrument.id for part in parts],
        instrument_names=[part.name for part in parts],
        number_measures=len(times.lengths),
        tempo_qpm=times.first_qpm(),
        key_fifths=_key_fifths(root),
        duration=round(times.seconds(), 3),
    )


def credits_of(root: Element) -> Credits:
    """Collect title and creators from the header, and from typed page credits where the header has none."""
    work, movement = document.text(root, "work/work-title"), document.text(root, "movement-title")
    beside = movement if work and movement != work else None
    return Credits(
        title=work or movement or _credit(root, "title"),
        subtitle=beside or _credit(root, "subtitle"),
        composer=_creator(root, "composer") or _credit(root, "composer"),
        lyricist=_creator(root, "lyricist", "poet") or _credit(root, "lyricist"),
        arranger=_creator(root, "arranger") or _credit(root, "arranger"),
    )


def _credit(root: Element, kind: str) -> str | None:
    for credit in root.iterfind("credit"):
        if document.text(credit, "credit-type") == kind:
            return document.text(credit, "credit-words")
    return None


def _creator(root: Element, *kinds: str) -> str | None:
    creators = root.iterfind("identification/creator")
    names = (document.text(creator) for creator in creators if creator.get("type") in kinds)
    return ", ".join(filter(None, names)) or None


def parts_of(root: Element) -> list[Part]:
    """Describe the parts in the order in which they are written."""
    listed = {entry.get("id"): entry for entry in root.iterfind("part-list/score-part")}
    return [_part(listed.get(part.get("id"))) for part in root.iterfind("part")]


def _part(entry: Element | None) -> Part:
    name = document.text(entry, "part-name") or document.text(entry, "score-instrument/instrument-name") or ""
    written = document.text(entry, "midi-instrument/midi-program")
    program = int(number(entry, "midi-instrument/midi-program")) if entry is not None and written else None
    percussion = document.text(entry, "midi-instrument/midi-channel") == "10"
    sound = document.text(entry, "score-instrument/instrument-sound")
    instrument = instruments.identify(name, sound, program, percussion)
    percussion = percussion or instrument.id.startswith("unpitched-percussion.")
    return Part(name, instrument, min(max(program or instrument.program, 1), 128), percussion)


def _key_fifths(root: Element) -> int:
    keys = []
    for part in root.iterfind("part"):
        fifths = part.find("measure/attributes/key/fifths")
        if fifths is not None:
            value = int(number(part, "measure/attributes/key/fifths"))
            keys.append((part.find("measure/attributes/transpose") is not None, min(max(value, -7), 7)))
    return min(keys, key=lambda key: key[0])[1] if keys else 0
