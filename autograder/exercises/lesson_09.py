"""Checks of lesson 09: "init_mlp", "mlp_forward", "mlp_backward", "minibatches", "sgd_step",
"train_mlp", "input_saliency".
"""

from autograder.exercises.batches_09 import MINIBATCHES
from autograder.exercises.mlp_09 import MLP_BACKWARD, MLP_FORWARD
from autograder.exercises.saliency_09 import INPUT_SALIENCY
from autograder.exercises.start_09 import INIT_MLP, SGD_STEP
from autograder.exercises.train_09 import TRAIN_MLP

EXERCISES = (INIT_MLP, MLP_FORWARD, MLP_BACKWARD, MINIBATCHES, SGD_STEP, TRAIN_MLP, INPUT_SALIENCY)
