"""The table of instruments: Flat-style ids, MusicXML sounds, General MIDI programs, clefs and names.

The ids have the `group.instrument` form of the Flat API. Only some of them are documented publicly
(`keyboards.piano`, `brass.trumpet`); the others are this sandbox's own, in the same form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instrument:
    """One row: `program` counts from 1, a clef is sign + line (+ octave), one for each staff."""

    id: str
    sound: str
    program: int
    clefs: tuple[str, ...]
    names: tuple[str, ...]


# id | sound | program | clefs | names, of which ~ is the end of the id.
# Where rows share a sound or a program, the first one is found.
_ROWS = """\
keyboards.piano | keyboard.piano | 1 | G2 F4 | ~, pianoforte, klavier, pno
keyboards.electric-piano | keyboard.piano.electric | 5 | G2 F4 | ~, rhodes
keyboards.harpsichord | keyboard.harpsichord | 7 | G2 F4 | ~, cembalo, clavecin
keyboards.celesta | keyboard.celesta | 9 | G2 F4 | ~
keyboards.organ | keyboard.organ | 20 | G2 F4 | ~, orgel, orgue, pipe organ, church organ
keyboards.accordion | keyboard.accordion | 22 | G2 | ~, akkordeon
keyboards.synthesizer | synth | 81 | G2 | ~, synth
pitched-percussion.glockenspiel | pitched-percussion.glockenspiel | 10 | G2 | ~
pitched-percussion.vibraphone | pitched-percussion.vibraphone | 12 | G2 | ~
pitched-percussion.marimba | pitched-percussion.marimba | 13 | G2 | ~
pitched-percussion.xylophone | pitched-percussion.xylophone | 14 | G2 | ~
pitched-percussion.tubular-bells | pitched-percussion.tubular-bells | 15 | G2 | ~
pitched-percussion.timpani | drum.timpani | 48 | F4 | ~, pauken, timbales
plucked-strings.classical-guitar | pluck.guitar.nylon-string | 25 | G2-1 | guitar, ~
plucked-strings.classical-guitar | pluck.guitar | 25 | G2-1 | gitarre, guitare
plucked-strings.acoustic-guitar | pluck.guitar.steel-string | 26 | G2-1 | ~
plucked-strings.electric-guitar | pluck.guitar.electric | 28 | G2-1 | ~
plucked-strings.electric-bass | pluck.bass.electric | 34 | F4-1 | ~, bass guitar
plucked-strings.harp | pluck.harp | 47 | G2 F4 | ~, harfe, harpe
plucked-strings.ukulele | pluck.ukulele | 25 | G2 | ~
plucked-strings.mandolin | pluck.mandolin | 26 | G2 | ~
plucked-strings.banjo | pluck.banjo | 106 | G2-1 | ~
strings.violin | strings.violin | 41 | G2 | ~, violine, violon, violins, vln
strings.viola | strings.viola | 42 | C3 | ~, bratsche, violas, vla
strings.cello | strings.cello | 43 | F4 | ~, violoncello, cellos, violoncelle, vc
strings.double-bass | strings.contrabass | 44 | F4-1 | ~, contrabass, kontrabass
strings.string-ensemble | strings.group | 49 | G2 F4 | strings, ~
vocals.soprano | voice.soprano | 53 | G2 | ~, sopran, sopranos
vocals.mezzo-soprano | voice.mezzo-soprano | 53 | G2 | ~, mezzosoprano
vocals.alto | voice.alto | 53 | G2 | ~, altos, contralto
vocals.tenor | voice.tenor | 53 | G2-1 | ~, tenors
vocals.baritone | voice.baritone | 53 | F4 | ~, bariton
vocals.bass | voice.bass | 53 | F4 | ~, basses, bass voice
vocals.voice | voice | 54 | G2 | ~, vocals, lead vocals, singer, chant, gesang
vocals.choir | voice.aa | 53 | G2 F4 | ~, chorus, chor
brass.trumpet | brass.trumpet | 57 | G2 | ~, trompete, trompette
brass.cornet | brass.cornet | 57 | G2 | ~
brass.flugelhorn | brass.flugelhorn | 57 | G2 | ~
brass.trombone | brass.trombone | 58 | F4 | ~, posaune
brass.euphonium | brass.euphonium | 59 | F4 | ~
brass.tuba | brass.tuba | 59 | F4 | ~
brass.horn | brass.french-horn | 61 | G2 | ~, french horn, horn in f, cor
woodwinds.soprano-saxophone | wind.reed.saxophone.soprano | 65 | G2 | soprano sax, ~
woodwinds.alto-saxophone | wind.reed.saxophone.alto | 66 | G2 | ~, alto sax, saxophone
woodwinds.tenor-saxophone | wind.reed.saxophone.tenor | 67 | G2 | ~, tenor sax
woodwinds.baritone-saxophone | wind.reed.saxophone.baritone | 68 | G2 | ~, baritone sax
woodwinds.oboe | wind.reed.oboe | 69 | G2 | ~, hautbois
woodwinds.english-horn | wind.reed.english-horn | 70 | G2 | ~, cor anglais
woodwinds.bassoon | wind.reed.bassoon | 71 | F4 | ~, fagott, basson
woodwinds.clarinet | wind.reed.clarinet | 72 | G2 | ~, klarinette, clarinette
woodwinds.bass-clarinet | wind.reed.clarinet.bass | 72 | G2 | ~
woodwinds.piccolo | wind.flutes.flute.piccolo | 73 | G2 | ~
woodwinds.flute | wind.flutes.flute | 74 | G2 | ~, flutes, querflöte
woodwinds.recorder | wind.flutes.recorder | 75 | G2 | ~, blockflöte
unpitched-percussion.drumset | drum.group.set | 1 | percussion | ~, drum set, drums, drum kit
unpitched-percussion.snare-drum | drum.snare-drum | 1 | percussion | ~
unpitched-percussion.bass-drum | drum.bass-drum | 1 | percussion | ~
unpitched-percussion.percussion | drum | 1 | percussion | ~
"""


def _row(id_: str, sound: str, program: str, clefs: str, names: str) -> Instrument:
    names = names.replace("~", id_.partition(".")[2].replace("-", " "))
    return Instrument(id_, sound, int(program), tuple(clefs.split()), tuple(names.split(", ")))


TABLE = tuple(_row(*line.split(" | ")) for line in _ROWS.splitlines())
_BY_ID = {row.id: row for row in reversed(TABLE)}
_BY_SOUND = {row.sound: row for row in reversed(TABLE)}
_BY_PROGRAM = {row.program: row for row in reversed(TABLE)} | {53: _BY_ID["vocals.choir"]}
_BY_NAME = {name: row for row in TABLE for name in row.names}
# Neighbouring programs of the same instrument.
_NEIGHBOURS = {1: (2, 3, 4), 5: (6,), 20: (17, 18, 19, 21), 28: (27, 29, 30, 31), 34: (33, 35, 36, 37, 38)}
for _first, _others in _NEIGHBOURS.items():
    _BY_PROGRAM |= dict.fromkeys(_others, _BY_PROGRAM[_first])


def by_id(id_: str) -> Instrument | None:
    """The row of a Flat-style id."""
    return _BY_ID.get(id_)


def by_name(name: str) -> Instrument | None:
    """The row whose name is the longest one found as whole words in a part name."""
    words = " ".join(re.findall(r"[^\W\d_]+", name.casefold()))
    found = [known for known in _BY_NAME if f" {known} " in f" {words} "]
    return _BY_NAME[max(found, key=len)] if found else None


def identify(name: str, sound: str | None = None, program: int | None = None, percussion: bool = False) -> Instrument:
    """Name the instrument of a part as well as its facts allow.

    The sound decides. Otherwise the program decides between families and the name within a family;
    program 1 decides nothing, because exporters write it for lack of a better one.

    Args:
        name: the part name.
        sound: the MusicXML instrument-sound, e.g. `wind.reed.oboe`.
        program: the General MIDI program, 1 to 128.
        percussion: whether the part plays on the percussion channel.

    Returns:
        A row of the table, or a new one with the id `other.<name>` when nothing is known.
    """
    while sound:
        if sound in _BY_SOUND:
            return _BY_SOUND[sound]
        sound = sound.rpartition(".")[0]
    named = by_name(name)
    if percussion:
        group = named.id.partition(".")[0] if named else ""
        return named if named and group.endswith("percussion") else _BY_ID["unpitched-percussion.percussion"]
    programmed = _BY_PROGRAM.get(program) if program and program != 1 else None
    if named and programmed and named.id.partition(".")[0] != programmed.id.partition(".")[0]:
        return programmed
    return named or programmed or _unknown(name, program)


def _unknown(name: str, program: int | None) -> Instrument:
    slug = "-".join(re.findall(r"\w+", name.casefold())) or "instrument"
    return Instrument(f"other.{slug}", "", program or 1, ("G2",), (name,))
