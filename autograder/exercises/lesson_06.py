"""Checks of lesson 06: "value_operations", "topological_order", "value_backward"."""

from autograder.exercises.backward_06 import VALUE_BACKWARD
from autograder.exercises.order_06 import TOPOLOGICAL_ORDER
from autograder.exercises.values_06 import VALUE_OPERATIONS

EXERCISES = (VALUE_OPERATIONS, TOPOLOGICAL_ORDER, VALUE_BACKWARD)
