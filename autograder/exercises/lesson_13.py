"""Checks of lesson 13: a step, a sequence, a cut sequence, an embedding, a draw; each has a module."""

from autograder.exercises import embedding_13, rnn_step_13, sample_13
from autograder.exercises.rnn_backward_13 import RNN_BACKWARD
from autograder.exercises.rnn_forward_13 import RNN_FORWARD
from autograder.exercises.truncated_13 import TRUNCATED

_BY_NAME = {
    "rnn_step_forward": rnn_step_13.STEP_FORWARD,
    "rnn_step_backward": rnn_step_13.STEP_BACKWARD,
    "rnn_forward": RNN_FORWARD,
    "rnn_backward": RNN_BACKWARD,
    "truncated_rnn_backward": TRUNCATED,
    "embedding_forward": embedding_13.EMBEDDING_FORWARD,
    "embedding_backward": embedding_13.EMBEDDING_BACKWARD,
    "sample_next": sample_13.SAMPLE,
}
EXERCISES = tuple(_BY_NAME.values())
