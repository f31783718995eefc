'''What learners play with: widgets and plots, one module per lesson that has them.

Using one (in a notebook cell, as its last line)::

    from bplib.play.descent import tangent
    tangent()                                   # or tangent(x=2.0), tangent("stage", "dark")

Writing one. A widget is a pure function that draws a state and returns the words that go with it,
and a list of controls::

    from bplib.play.base import demo
    from bplib.play.controls import button, choice, log_slider, player, slider, switch, whole
    from bplib.play.theme import panels

    @demo(lesson="03_slopes_and_steps", name="hill", title="A hill",
          sentence="One line for the gallery.", question="What can be found out with it?",
          controls=[slider("x", "place x (m)", -3.0, 3.0, 0.1, 1.0),
                    button("Step down", lambda state: {"x": 0.9 * state["x"]}, main=True)])
    def hill(figure, look, x, seed):
        """One sentence for the docs."""
        (ax,) = panels(figure, look)             # axes with room for labels; widths=(2, 1) for two
        ax.plot([-3, 3], [9, 9], color=look.curve)
        ax.plot([x], [x**2], "o", color=look.guess)
        ax.set(xlabel="place x (m)", ylabel="height (m)")
        ax.set_title(f"height {x**2:.2f} m")     # the one message of the figure
        return f"At {x:.1f} m the hill is **{x**2:.2f} m** high."

Rules, which ``tests/play`` holds for every widget of the catalogue:

- ``draw(figure, look, **state)`` names every entry of the state: each control, ``seed``, and what
  ``start(seed)`` returns (hidden: a treasure, a trail, a score). It changes nothing but ``figure``.
- It returns plain words: they stand below the picture, are read out by screen readers, and are
  the picture's alternative text. ``**strong**``, `code` marks and line breaks are understood.
  Words change with the state: say what can be seen now, in one or two short lines.
- Colours come from ``look`` by role (``curve``, ``guess``, ``path``, ``truth``, ``blame``;
  ``ink``, ``quiet``, ``rule``, ``paper``, ``panel`` for the rest), line widths and type sizes from
  ``look.line``, ``thin``, ``dot``, ``text``, ``small``, ``big``: both sizes and both schemes then
  come by themselves. Axes come from ``panels``, which keeps them from frame to frame for speed.
  Say nothing by colour alone. Units on every axis. No text outside the figure.
- A button's ``action(state)`` returns the changes as a dict; ``start(seed)`` gives the hidden
  state, ``after(state, changed)`` further changes when a control moved. All pure: randomness comes
  from ``numpy.random.default_rng(seed)`` alone, "new game" is ``{"seed": state["seed"] + 1, ...}``.
- An animation is a ``player`` control over precomputed frames. Nothing starts by itself.
- A frame takes under 150 ms: few ticks (``panels`` sees to it), no ``tight_layout``, no pyplot, no
  3-D axes (``surface.draw_surface`` draws bowls), many markers in one ``plot`` call.
- The state stays finite and the words true at both ends of every slider.

In tests: ``play = hill(); play.set(x=2.0); play.press("step down")``, then ``play.words``,
``play.state``, ``play.figure``. ``set``, ``press`` and ``reset`` take the browser's path and raise
what a callback raises.

Asking (none of these holds up "run all cells")::

    from bplib.play import ask
    guess = ask.predict("Which rate arrives first?", ["0.1", "0.9", "2.1"])   # shown as a widget
    ask.predict("How many steps?", low=0, high=100, step=1, unit="steps")     # a number
    guess.reveal("0.9", "Why it is so.")      # in a later cell, after the experiment: compares
    ask.choose("A question?", {"this": "words said to it", "that": "words said to it"}, "this")
    ask.order_lines("Put in order", ["first", "second"], {"a wrong line": "why it is wrong"})

Each takes ``answer=...`` as a fallback in code. ``guess.given`` tells whether a guess was made.
'''

from __future__ import annotations


def catalogue(lesson: str | None = None) -> list:
    """Every declared widget (a list of ``bplib.play.base.Demo``), in the order of the lessons.

    With ``lesson`` (a slug such as ``"03_slopes_and_steps"``) only that lesson's. Imports the
    modules that declare them.
    """
    import importlib
    import pkgutil

    from bplib.play.base import Demo

    found = []
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        found += [thing for thing in vars(loaded).values()
                  if isinstance(thing, Demo) and thing.__module__ == loaded.__name__]
    return sorted((d for d in found if lesson in (None, d.lesson)), key=lambda d: d.lesson)
