"""Checks of lesson 15: layer norm and softmax attention, forward and back.

The exercises, in order: "layernorm_forward", "layernorm_backward", "attention_forward",
"attention_backward".
"""

from autograder.exercises import attention_15, attention_back_15, layernorm_15

EXERCISES = (*layernorm_15.EXERCISES, attention_15.FORWARD, attention_back_15.BACKWARD)
