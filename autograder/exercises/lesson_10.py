"""Checks of lesson 10: first weights, clipping, batch norm, dropout, and two detours for gradients."""

from autograder.exercises import clip_10, init_10, norm_10

EXERCISES = (*init_10.EXERCISES, *clip_10.EXERCISES, *norm_10.EXERCISES)
