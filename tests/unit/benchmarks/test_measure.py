from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pesq")
pytest.importorskip("soxr")

from benchmarks import marks, measure

RATE = measure.RATE_HZ


def speech_like(seconds: float, seed: int = 5) -> measure.Sound:
    """Noise without treble, in syllables."""
    chance = np.random.default_rng(seed)
    count = int(seconds * RATE)
    smooth = np.convolve(chance.normal(0, 6000, count + 7), np.ones(8) / 8, "valid")
    loud = np.repeat(chance.uniform(0.1, 1, count // 3200 + 1), 3200)[:count]
    return smooth * loud


def pieces_of(samples: measure.Sound, first_ms: float, chunk: int = 160) -> list[tuple[float, int, measure.Sound]]:
    return [(first_ms + at * 1000 / RATE, RATE, samples[at : at + chunk]) for at in range(0, len(samples), chunk)]


def test_psnr_is_taken_at_the_size_of_the_source_and_below_the_marks() -> None:
    made = np.full((720, 1280), 100, np.uint8)
    seen = np.full((360, 640), 110, np.uint8)
    assert measure.psnr_db(seen, made) == pytest.approx(10 * np.log10(255**2 / 100), abs=0.01)
    made[:90] = 255
    assert measure.psnr_db(seen, made) == pytest.approx(28.13, abs=0.01)
    assert measure.psnr_db(made, made) == pytest.approx(100)


def test_a_picture_is_compared_with_the_one_of_its_number(tmp_path: Path) -> None:
    lumas = [np.full((48, 80), level, np.uint8) for level in (40, 80, 120)]
    chroma = bytes(48 * 80 // 2)
    (tmp_path / "c.y4m").write_bytes(
        b"YUV4MPEG2 W80 H48 F30:1 C420\n" + b"".join(b"FRAME\n" + luma.tobytes() + chroma for luma in lumas)
    )
    records = [marks.FRAME.pack(80, 48, number) + lumas[number % 3].tobytes() for number in (1, 5, 9)]
    (tmp_path / "frames.bin").write_bytes(b"".join(records) + b"torn")
    clip = marks.Clip.open(tmp_path / "c.y4m")
    assert measure.picture_quality(tmp_path / "frames.bin", clip) == {
        "mean": pytest.approx(100), "p10": pytest.approx(100), "n": 3,
    }  # fmt: skip
    (tmp_path / "frames.bin").write_bytes(b"")
    assert measure.picture_quality(tmp_path / "frames.bin", clip) is None


def test_pictures_whose_mark_is_wrong_are_not_timed(tmp_path: Path) -> None:
    path = tmp_path / "shown.bin"
    path.write_bytes(marks.SHOWN.pack(5000.0, 4900, 1) + marks.SHOWN.pack(5033.0, 1 << 31, 2) + b"torn")
    assert measure.read_shown(path) == [measure.Shown(5000.0, 100)]
    assert measure.read_shown(tmp_path / "none") == []


@pytest.mark.parametrize("lag", [0, 1, 777, 4000])
def test_the_delay_of_a_noisy_piece_is_found(lag: int) -> None:
    said = speech_like(3)
    heard = said[4000 - lag :][:32000] * 0.5 + np.random.default_rng(1).normal(0, 300, 32000)
    found, likeness = measure.find_delay(heard, said[:36000])
    assert found == lag
    assert likeness > 0.8


def test_silence_is_like_nothing() -> None:
    assert measure.find_delay(np.zeros(16000), speech_like(2))[1] == 0.0


def test_the_player_plays_in_order_with_its_buffer_before() -> None:
    samples = speech_like(1)
    heard = measure.play(pieces_of(samples, 7000.0))
    assert heard is not None
    assert heard.starts_ms == 7000.0
    assert np.allclose(heard.samples[:640], 0)
    assert np.allclose(heard.samples[640 : 640 + len(samples)], samples, atol=1)


def test_a_piece_that_comes_too_late_leaves_silence_and_stays_late() -> None:
    samples = speech_like(1)
    pieces = pieces_of(samples, 0.0)
    late = [(at_ms + 100 if at_ms >= 500 else at_ms, rate, piece) for at_ms, rate, piece in pieces]
    heard = measure.play(late)
    assert heard is not None
    assert np.allclose(heard.samples[8640:9600], 0)
    assert np.allclose(heard.samples[9600:15000], samples[8000:13400], atol=1)


def test_what_came_at_another_rate_before_is_left_out() -> None:
    heard = measure.play([(0.0, 8000, np.zeros(80)), *pieces_of(speech_like(0.5), 200.0)])
    assert heard is not None
    assert heard.starts_ms == 200.0
    assert measure.play([]) is None


def test_delay_and_lip_sync_come_out_as_they_went_in() -> None:
    """Speech that took 150 ms to the player, pictures that took 120."""
    said = speech_like(12)
    spoken = measure.Spoken(said, 1000.0)
    heard = measure.play(pieces_of(said[: 8 * RATE], 1150.0))
    assert heard is not None
    found = measure.delay_s(heard, spoken, 3000.0, 2.0)
    assert found is not None
    assert found[0] == pytest.approx(0.19, abs=1e-4)
    shown = [measure.Shown(1000 + number * 33.3, 120) for number in range(250)]
    values = measure.lip_sync_ms(shown, heard, spoken, 2000.0, 7000.0)
    assert values == pytest.approx([-30.0] * 4, abs=0.1)
    assert measure.lip_sync_ms([], heard, spoken, 2000.0, 7000.0) == []


def test_quality_of_whole_pieces_only() -> None:
    said = speech_like(20)
    heard = measure.play(pieces_of(said[: 12 * RATE], 100.0))
    assert heard is not None
    pieces = measure.speech_quality(heard, measure.Spoken(said, 0.0), 1000.0, 12000.0)
    assert [round(piece["delay_ms"]) for piece in pieces] == [140]
    assert pieces[0]["pesq"] > 4.3
    assert measure.speech_quality(heard, measure.Spoken(said, 0.0), 1000.0, 8000.0) == []
