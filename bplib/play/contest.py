"""Results of lesson 11 as pictures: which learning rates serve which optimiser, and how it went."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from bplib.play.optim import WALKERS
from bplib.play.still import Still
from bplib.play.theme import Look, panels

COLOURS = {walker.name: (walker.colour, walker.mark) for walker in WALKERS}


def rates_picture(rates, losses: dict[str, list], size: str = "page", scheme: str = "light") -> Still:
    """Loss after training against the learning rate, a curve for each optimiser.

    ``rates``: (R,); ``losses``: name of a walker of ``bplib.play.optim`` -> losses (R,).
    """
    rates = np.log10(rates)

    def draw(figure: Figure, look: Look) -> str:
        ax, key = panels(figure, look, widths=(1.9, 1.0), bare=(1,))
        key.set(xlim=(0, 1), ylim=(0, 1))
        said = []
        order = sorted(losses, key=lambda name: np.nanmin(losses[name]))
        for place, name in enumerate(order):
            values = np.nan_to_num(np.asarray(losses[name], float), nan=9.9, posinf=9.9)
            colour, mark = COLOURS[name]
            colour, best = getattr(look, colour), int(np.argmin(values))
            ax.plot(rates, values, color=colour, marker=mark, ms=0.6 * look.dot, lw=look.thin)
            level = 0.86 - 0.13 * place
            key.plot([0.05], [level], mark, color=colour, ms=0.85 * look.dot)
            key.text(0.14, level, name, color=colour, weight="bold", va="center")
            key.text(1.0, level, f"{values[best]:.2f}", ha="right", va="center")
            said.append(f"{name} {values[best]:.2f} at rate {10 ** rates[best]:.3g}")
        key.text(1.0, 0.98, "lowest loss", ha="right", va="center", color=look.quiet,
                 weight="bold", fontsize=look.small)
        ticks = [tick for tick in np.unique(np.round(rates)) if rates[0] <= tick <= rates[-1]]
        ax.set(xlim=(rates[0] - 0.2, rates[-1] + 0.2), ylim=(0, 2.6), xlabel="learning rate",
               ylabel="loss after training")
        ax.set_xticks(ticks, [f"{10.0 ** tick:g}" for tick in ticks])
        ax.set_title("each has rates of its own")
        return "Lowest loss of each: " + "; ".join(said) + "."

    return Still(draw, size, scheme)
