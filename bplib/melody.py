"""Tunes of our own making, a model that goes on making them, and the sound of it (lesson 14).

A tune is a list of notes such as "C4q": name, octave and length. Sound is made from sines alone, so
that a tune can be heard without a network, an instrument or another library.
"""

import io
import wave
from importlib.resources import files

import numpy as np

from bplib.arrays import as_float, check_count, check_ndim, check_positive
from bplib.sequences import generate, init_sequence_model, train_sequence_model

BEATS = {"w": 4.0, "h": 2.0, "q": 1.0, "e": 0.5}
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
RATE = 22050  # samples per second


def load_tunes():
    """Return the course's tunes, a dict of title to list of notes.

    >>> tunes = load_tunes()
    >>> len(tunes), tunes["Evening fields"][:3]
    (24, ['C4h', 'E4q', 'G4q'])
    """
    text = files("bplib").joinpath("datasets", "tunes.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {
        title: notes.replace("|", " ").split()
        for title, notes in zip(lines[::2], lines[1::2], strict=True)
    }


def read_note(note):
    """Return `pitch, beats`: semitones above the lowest C, C4 being 60, or None for a rest.

    Raises ValueError for what is no note.

    >>> read_note("A4q"), read_note("C4h."), read_note("Re")
    ((69, 1.0), (60, 3.0), (None, 0.5))
    """
    name, dotted = (note[:-1], 1.5) if note.endswith(".") else (note, 1.0)
    pitched = len(name) == 3 and name[0] in SEMITONES and name[1] in "0123456789"
    if name[-1:] not in BEATS or not (pitched or (len(name) == 2 and name[0] == "R")):
        raise ValueError(
            f"note must be a name, an octave and a length such as 'C4q', or 'Rq'; got {note!r}"
        )
    pitch = 12 * (int(name[1]) + 1) + SEMITONES[name[0]] if pitched else None
    return pitch, BEATS[name[-1]] * dotted


def synthesize(notes, tempo=120, rate=RATE):
    """Return the sound of a tune, (samples,) from -1 to 1, `rate` samples per second.

    Each note is a sum of overtones, fading faster the higher they are, with frequency
    `440 Hz * 2**((pitch - 69) / 12)`. Args: `notes`, a list such as of `load_tunes`; `tempo` in
    beats per minute; `rate` in samples per second. Raises ValueError for what is no note.

    >>> sound = synthesize(["A4q", "Rq"], tempo=60, rate=8000)
    >>> sound.shape, bool(abs(sound[8000:]).max() == 0)
    ((16000,), True)
    """
    check_positive(tempo, "tempo")
    check_count(rate, "rate", least=1000)
    starts, beats = [], 0.0
    for note in notes:
        starts.append(beats)
        beats += read_note(note)[1]
    sound = np.zeros(round(beats * 60 / tempo * rate))
    for start, note in zip(starts, notes, strict=True):
        pitch, length = read_note(note)
        first, last = (round(beat * 60 / tempo * rate) for beat in (start, start + length))
        if pitch is not None:
            sound[first:last] += _tone(440 * 2 ** ((pitch - 69) / 12), last - first, rate)
    return sound / max(1.0, np.abs(sound).max(initial=0.0))


def _tone(frequency, samples, rate):
    """One note: six overtones that fade, a soft start and a soft end against clicks."""
    seconds = np.arange(samples) / rate
    tone = np.zeros(samples)
    for overtone in range(1, 7):
        if overtone * frequency < rate / 2:  # beyond, a sample would tell another frequency
            fading = np.exp(-(1.0 + overtone) * seconds)
            tone += fading * np.sin(2 * np.pi * overtone * frequency * seconds) / overtone**1.5
    edges = np.minimum(1.0, np.minimum(seconds / 0.01, seconds[::-1] / 0.03))
    return 0.6 * tone * edges


def wav_bytes(samples, rate=RATE):
    """Return samples from -1 to 1 as the bytes of a WAV file, one channel of 16 bits.

    Raises ValueError for another shape or louder samples.

    >>> wav_bytes([0.0, 0.5])[:4]
    b'RIFF'
    """
    samples = as_float(samples, "samples")
    check_ndim(samples, 1, "samples", "(samples,)")
    loudest = np.abs(samples).max(initial=0.0)
    if not loudest <= 1:
        raise ValueError(f"samples must lie between -1 and 1; got up to {loudest:.3g}")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def note_table(tunes):
    """Return the different notes of some tunes in order; note number k has the id k + 1.

    >>> note_table([["C4q", "E4q"], ["C4q"]])
    ['C4q', 'E4q']
    """
    return sorted({note for tune in tunes for note in tune})


def train_melody(tunes, rng, epochs=30, hidden=96, cell="lstm", on_step=None):
    """Train a model on tunes; returns a `bplib.fitting.Fit`. Computed in float32.

    Args: `tunes`, a list of lists of notes; the rest as of `bplib.names.train_names`. On the
    course's tunes, 30 epochs leave it inventive, 60 make it repeat them by heart.

    >>> result = train_melody([["C4q", "E4q", "C4h"]], np.random.default_rng(0), epochs=3, hidden=4)
    >>> result.losses.shape
    (3,)
    """
    ids = {note: place + 1 for place, note in enumerate(note_table(tunes))}
    params = init_sequence_model(len(ids) + 1, 24, hidden, rng, cell, np.float32)
    sequences = [[ids[note] for note in tune] for tune in tunes]
    return train_sequence_model(params, sequences, 0.005, epochs, 8, rng, cell, on_step)


def invent_tune(params, table, temperature, rng, start=(), max_length=80, cell="lstm"):
    """Return a tune that the model makes up, a list of notes, going on from `start` if given.

    Args: `table`, the `note_table` of the tunes it learned from; `start`, a list of notes in it.
    Raises ValueError for a note that it never heard.

    >>> tunes = [["C4q", "E4q", "C4h"]]
    >>> rng = np.random.default_rng(0)
    >>> result = train_melody(tunes, rng, epochs=80, hidden=8)
    >>> invent_tune(result.params, note_table(tunes), 0.1, rng)
    ['C4q', 'E4q', 'C4h']
    """
    for note in start:
        if note not in table:
            raise ValueError(f"start must hold notes of the table; {note!r} is not among them")
    begun = [table.index(note) + 1 for note in start]
    return [table[k - 1] for k in generate(params, temperature, rng, max_length, cell, begun)]


def beats(tune):
    """Return how many beats a tune lasts: whole bars when 4 divides it.

    >>> beats(["C4q", "E4q", "C4h"])
    4.0
    """
    return sum(read_note(note)[1] for note in tune)
