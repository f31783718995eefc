"""Checks of lesson 14: gates. Every cell has a module of its own beside this one.

The exercises, in order: "lstm_step_forward", "lstm_step_backward", "lstm_forward",
"lstm_backward", "gru_step_forward", "gru_step_backward".
"""

from autograder.exercises import gru_14, gru_back_14, lstm_14, lstm_step_14, lstm_step_back_14

EXERCISES = (
    lstm_step_14.LSTM_STEP_FORWARD,
    lstm_step_back_14.LSTM_STEP_BACKWARD,
    lstm_14.LSTM_FORWARD,
    lstm_14.LSTM_BACKWARD,
    gru_14.GRU_STEP_FORWARD,
    gru_back_14.GRU_STEP_BACKWARD,
)
