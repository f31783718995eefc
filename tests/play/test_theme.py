"""The palette: enough contrast, and hues that stay apart for colour-blind readers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from bplib.play.theme import DARK, LIGHT, make_look

# Machado, Oliveira and Fernandes (2009), severity 1.0, applied to linear rgb.
BLIND = {
    "none": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}
ROLES = ("curve", "guess", "path", "truth", "blame")


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    weights = np.array([0.2126, 0.7152, 0.0722])
    high, low = sorted([weights @ linear(a), weights @ linear(b)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722],
                    [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_stand_out_from_their_paper_and_text_more_so(scheme):
    for name in ("blue", "orange", "green", "purple", "gold", "brown", "sky"):
        assert contrast(scheme[name], scheme["paper"]) >= 3, name
    for name in ("ink", "quiet"):
        assert contrast(scheme[name], scheme["paper"]) >= 4.5, name
        assert contrast(scheme[name], scheme["panel"]) >= 4.5, name


@pytest.mark.parametrize("sight", BLIND)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_roles_stay_apart_for_every_kind_of_sight(scheme, sight):
    look = make_look("page", scheme)
    for one, other in combinations(ROLES, 2):
        a, b = (lab(BLIND[sight] @ linear(getattr(look, r))) for r in (one, other))
        distance = float(np.linalg.norm(a - b))
        assert distance > 11, f"{one} and {other} are {distance:.1f} apart with {sight}"


def test_the_stage_has_larger_type_and_thicker_lines():
    page, stage = make_look("page"), make_look("stage")
    for name in ("text", "small", "big", "line", "thin", "dot", "dpi"):
        assert getattr(stage, name) > getattr(page, name), name
