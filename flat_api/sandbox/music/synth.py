"""MIDI to sound: a wave table and an envelope for each note, by General MIDI family; WAV and MP3."""

from __future__ import annotations

import io
import wave
from functools import cache
from typing import Any, NamedTuple

import lameenc  # type: ignore[import-not-found]
import mido  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from flat_api.sandbox.music.document import MusicError
from flat_api.sandbox.music.midi import PERCUSSION_CHANNEL, paired

RATE = 44_100
TAIL = 0.4  # seconds in which the last notes fade
MAX_SECONDS = 20 * 60
MP3_KBPS = 128
PEAK = 0.85
_TABLE_BITS = 11

Samples = NDArray[np.float32]


class _Timbre(NamedTuple):
    """Strengths of the partials, seconds to full level, seconds to half level while held (0: sustained)."""

    partials: tuple[float, ...]
    attack: float
    half_life: float


# By family: the program divided by eight.
_FAMILIES: tuple[_Timbre, ...] = (
    _Timbre((1, 0.5, 0.33, 0.2, 0.12, 0.08, 0.05), 0.005, 0.7),  # pianos
    _Timbre((1, 0, 0.1, 0.4, 0, 0, 0.1), 0.003, 0.4),  # chromatic percussion
    _Timbre((1, 0.7, 0.3, 0.5, 0, 0.2, 0, 0.3), 0.03, 0),  # organs
    _Timbre((1, 0.6, 0.45, 0.3, 0.2, 0.1), 0.004, 0.45),  # guitars
    _Timbre((1, 0.7, 0.3, 0.1), 0.006, 0.6),  # basses
    _Timbre((1, 0.55, 0.45, 0.3, 0.25, 0.18, 0.12, 0.08), 0.08, 0),  # strings
    _Timbre((1, 0.45, 0.3, 0.22, 0.12, 0.05), 0.09, 0),  # ensembles, choirs
    _Timbre((1, 0.9, 0.8, 0.6, 0.45, 0.3, 0.2, 0.1), 0.04, 0),  # brass
    _Timbre((1, 0.3, 0.7, 0.2, 0.4, 0.1, 0.2), 0.03, 0),  # reeds
    _Timbre((1, 0.25, 0.1, 0.04), 0.05, 0),  # pipes
    _Timbre((1, 0.5, 0.33, 0.25, 0.2, 0.17, 0.14, 0.12), 0.01, 0),  # synth leads
    _Timbre((1, 0.4, 0.25, 0.1), 0.2, 0),  # synth pads
    _Timbre((1, 0.3, 0.2, 0.3), 0.05, 1.5),  # synth effects
    _Timbre((1, 0.6, 0.5, 0.4, 0.2), 0.004, 0.4),  # ethnic
    _Timbre((1, 0, 0.5, 0, 0.3), 0.002, 0.15),  # percussive
    _Timbre((1, 0.5, 0.5), 0.02, 0.5),  # sound effects
)


def samples(midi: bytes) -> Samples:
    """Play a MIDI file: mono samples between -1 and 1, as long as the file and a short tail.

    A channel has one program from beginning to end, as `midi` writes it.

    Raises:
        MusicError: the music is longer than 20 minutes.
    """
    file = mido.MidiFile(file=io.BytesIO(midi))
    seconds = file.length
    if seconds > MAX_SECONDS:
        raise MusicError(
            f"The score plays for {seconds / 60:.0f} minutes, but audio has at most {MAX_SECONDS // 60}: "
            "export it in smaller pieces."
        )
    mixed = np.zeros(round((seconds + TAIL) * RATE), dtype=np.float32)
    messages = list(file)
    programs = {message.channel: message.program for message in messages if message.type == "program_change"}
    for on, start, end in paired(messages):
        first = round(start * RATE)
        sound = _sound(on, end - start, programs.get(on.channel, 0))[: len(mixed) - first]
        mixed[first : first + len(sound)] += sound
    loudest = float(np.abs(mixed).max(initial=0.0))
    return mixed * np.float32(PEAK / loudest) if loudest else mixed


def wav(midi: bytes) -> bytes:
    """Play a MIDI file as WAV: PCM, 16 bit, 44.1 kHz, mono."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(_pcm(midi))
    return buffer.getvalue()


def mp3(midi: bytes) -> bytes:
    """Play a MIDI file as MP3: 128 kbit/s, 44.1 kHz, mono."""
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_bit_rate(MP3_KBPS)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(1)
    encoder.set_quality(7)
    return bytes(encoder.encode(_pcm(midi))) + bytes(encoder.flush())


def _pcm(midi: bytes) -> bytes:
    return (samples(midi) * np.float32(32767)).astype("<i2").tobytes()


def _sound(on: Any, length: float, program: int) -> Samples:
    count = round((length + TAIL) * RATE)
    loudness = np.float32((on.velocity / 127) ** 1.5)
    if on.channel == PERCUSSION_CHANNEL:
        return _drum(on.note, min(count, round(TAIL * RATE))) * loudness
    timbre = _FAMILIES[program // 8]
    frequency = 440.0 * 2 ** ((on.note - 69) / 12)
    # The phase is a 32 bit number that wraps around once a period; its top bits index the table.
    step = np.uint32(frequency / RATE * 2**32)
    phase = np.arange(count, dtype=np.uint32) * step
    wave_ = _table(program // 8, int(RATE / 2 / frequency))[phase >> np.uint32(32 - _TABLE_BITS)]
    return np.asarray(wave_ * _envelope(timbre, length, count) * loudness, dtype=np.float32)


@cache
def _table(family: int, audible: int) -> Samples:
    """One period of a timbre, without the partials that are too high for the sampling rate."""
    period = np.arange(2**_TABLE_BITS) * (2 * np.pi / 2**_TABLE_BITS)
    partials = _FAMILIES[family].partials[: max(audible, 1)]
    # Shifting every other phase keeps the peaks of the sum low.
    total = sum(strength * np.sin(n * period + n % 2) for n, strength in enumerate(partials, 1))
    return np.asarray(total / np.sqrt(np.sum(np.square(partials))), dtype=np.float32)


def _envelope(timbre: _Timbre, length: float, count: int) -> Samples:
    """Attack, decay or sustain, and release from the note's end to the end of the tail."""
    held = min(round(length * RATE), count)
    attack = max(min(round(timbre.attack * RATE), held), 1)
    envelope = np.ones(count, dtype=np.float32)
    if timbre.half_life:
        envelope *= np.exp2(np.arange(count, dtype=np.float32) * np.float32(-1 / (timbre.half_life * RATE)))
    envelope[:attack] *= np.linspace(0, 1, attack, dtype=np.float32)
    envelope[held:] *= np.square(np.linspace(1, 0, count - held, dtype=np.float32)) ** 2
    return envelope


@cache
def _drum(key: int, count: int) -> Samples:
    """Low keys are a falling tone, high keys are noise; the same every time."""
    time = np.arange(count, dtype=np.float32) / np.float32(RATE)
    noise = np.random.default_rng(key).standard_normal(count).astype(np.float32) * np.float32(0.4)
    thump = np.sin(2 * np.pi * (60 + key) * (1 - np.exp(-time * 20)) / 20 * 8).astype(np.float32)
    body = thump if key in (35, 36, 41, 43, 45, 47, 48, 50) else noise
    return np.asarray(body * np.exp(-time * (14 if key < 49 else 9)), dtype=np.float32)
