"""Music for seeded scores and example answers: scales, made by number, each different and all the same every time."""

from __future__ import annotations

from xml.sax.saxutils import escape

_KEYS = (0, 1, -1, 2, -2, 3, -3)
# The tonic of each key signature, from -3 to 3 fifths, as a step above C.
_TONICS = {-3: 2, -2: 6, -1: 3, 0: 0, 1: 4, 2: 1, 3: 5}
_STEPS = "CDEFGAB"
_ALTERED = "FCGDAEB"
_NOTE = (
    "<note><pitch><step>{step}</step>{alter}<octave>{octave}</octave></pitch>"
    "<duration>1</duration><type>quarter</type></note>"
)


def exercise(title: str, number: int) -> str:
    """A scale up and down as MusicXML, in a key that follows from the number."""
    fifths = _KEYS[number % len(_KEYS)]
    tonic = _TONICS[fifths]
    degrees = [*range(8), *range(7, -1, -1)]
    notes = [_note(tonic + degree, fifths) for degree in degrees]
    measures = [notes[start : start + 4] for start in range(0, len(notes), 4)]
    attributes = (
        f"<attributes><divisions>1</divisions><key><fifths>{fifths}</fifths></key>"
        "<time><beats>4</beats><beat-type>4</beat-type></time><clef><sign>G</sign><line>2</line></clef></attributes>"
    )
    music = "".join(
        f'<measure number="{index}">{attributes if index == 1 else ""}{"".join(measure)}</measure>'
        for index, measure in enumerate(measures, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<score-partwise version="4.0">'
        f"<work><work-title>{escape(title)}</work-title></work>"
        '<part-list><score-part id="P1"><part-name>Piano</part-name></score-part></part-list>'
        f'<part id="P1">{music}</part></score-partwise>\n'
    )


def _note(step: int, fifths: int) -> str:
    octave, index = divmod(step, 7)
    name = _STEPS[index]
    alter = (name in _ALTERED[: max(fifths, 0)]) - (name in _ALTERED[7 + min(fifths, 0) :])
    altered = f"<alter>{alter}</alter>" if alter else ""
    return _NOTE.format(step=name, alter=altered, octave=4 + octave)
