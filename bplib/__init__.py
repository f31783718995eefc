"""The course's numpy library: one small module per idea, each the reference for an exercise.

Import from the module that holds the idea, ``from bplib.linear import mse_gradients``; this package
itself loads nothing, so that ``import bplib`` costs no more than the interpreter needs to find it.
"""

__version__ = "0.1.0"
