"""Lesson 14: the tunes, their sound looked at as numbers, and the model that makes new ones."""

import io
import wave

import numpy as np
import pytest

from bplib.melody import (
    beats,
    invent_tune,
    load_tunes,
    note_table,
    read_note,
    synthesize,
    train_melody,
    wav_bytes,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_every_tune_has_eight_bars_and_no_two_are_the_same():
    tunes = load_tunes()
    assert len({tuple(tune) for tune in tunes.values()}) == len(tunes) >= 20
    for title, tune in tunes.items():
        assert beats(tune) == 32, title
        ends = np.cumsum([read_note(note)[1] for note in tune])
        assert set(np.arange(4, 33, 4)) <= set(ends), f"{title} holds a note across a bar line"


@pytest.mark.parametrize(("note", "frequency"), [("A4q", 440.0), ("C4q", 261.63), ("A5e", 880.0),
                                                 ("G3w", 196.0)])
def test_a_note_sounds_at_its_frequency(note, frequency):
    rate = 8000
    sound = synthesize([note], tempo=60, rate=rate)
    spectrum = np.abs(np.fft.rfft(sound, 8 * rate))
    loudest = np.fft.rfftfreq(8 * rate, 1 / rate)[spectrum.argmax()]
    assert loudest == pytest.approx(frequency, abs=0.5)


def test_sound_lasts_as_long_as_the_beats_and_neither_clips_nor_clicks():
    tune = load_tunes()["Wind in the barley"]
    sound = synthesize(tune, tempo=90, rate=16000)
    assert len(sound) == round(32 * 60 / 90 * 16000)
    assert 0.3 < np.abs(sound).max() <= 1 and abs(sound.mean()) < 0.01
    assert np.abs(np.diff(sound)).max() < 0.5
    assert sound[0] == 0 and abs(sound[-1]) < 1e-3


def test_a_rest_is_silent_and_no_notes_are_no_sound():
    sound = synthesize(["C4q", "Rq", "C4q"], tempo=60, rate=2000)
    assert (sound[2000:4000] == 0).all() and np.abs(sound[4000:]).max() > 0.3
    assert synthesize([]).shape == (0,)


def test_wav_bytes_can_be_read_back(rng):
    samples = rng.uniform(-1, 1, 500)
    with wave.open(io.BytesIO(wav_bytes(samples, 8000))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        heard = np.frombuffer(file.readframes(500), "<i2") / 32767
    np.testing.assert_allclose(heard, samples, atol=1 / 32767)


def test_the_model_learns_the_tunes_and_then_repeats_them(rng):
    tunes = list(load_tunes().values())[:6]
    result = train_melody(tunes, rng, epochs=90, hidden=48)
    assert result.losses[-1] < 0.5 < 2 < result.losses[0]
    table = note_table(tunes)
    for tune in tunes[:2]:
        # A tune's beginning is enough for the model to go on with it.
        invented = invent_tune(result.params, table, 0.1, rng, start=tune[:6])
        shared = sum(a == b for a, b in zip(invented, tune, strict=False))
        assert invented[:6] == tune[:6] and shared > 0.6 * len(tune)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: read_note("H4q"), "note must be a name, an octave and a length such as 'C4q', or "
                               "'Rq'; got 'H4q'"),
    (lambda: read_note(""), "note must be a name"),
    (lambda: read_note("C4"), "note must be a name"),
    (lambda: wav_bytes([0.0, 1.5]), "samples must lie between -1 and 1; got up to 1.5"),
    (lambda: wav_bytes([[0.0]]), r"samples must have shape \(samples,\); got \(1, 1\)"),
    (lambda: synthesize(["C4q"], tempo=0), "tempo must be a finite number above 0; got 0"),
    (lambda: invent_tune({}, ["C4q"], 1.0, None, start=["D4q"]),
     "start must hold notes of the table; 'D4q' is not among them"),
])
def test_words_for_bad_input(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
