"""Walking downhill with a memory: each optimiser turns a gradient into a step in its own way.

Backpropagation says which way is down; an optimiser decides how far to go. The functions here are
pure: what an optimiser remembers comes in as an argument and goes out as a result.
"""

import inspect
import math

import numpy as np

from bplib.arrays import as_floats, check_count, check_positive, check_shape


def _arrays(**named):
    """Return `param`, `grad` and what is remembered, as floats of one precision and one shape."""
    arrays = as_floats(**named)
    shape = arrays[0].shape
    for name, array in zip(named, arrays, strict=True):
        check_shape(array, shape, name, f"{shape} as param has")
    return arrays


def _check_fraction(value, name):
    """Raise ValueError unless 0 <= value < 1: at 1, nothing would ever be forgotten or learned."""
    if not 0 <= check_positive(value, name, zero_too=True) < 1:
        raise ValueError(f"{name} must be at least 0 and below 1; got {value!r}")


def _settings(t, learning_rate, beta1, beta2, eps):
    """Return Adam's numbers as plain ones, or say which of them does not fit."""
    t = check_count(t, "t", least=1)
    check_positive(learning_rate, "learning_rate", zero_too=True)
    _check_fraction(beta1, "beta1")
    _check_fraction(beta2, "beta2")
    check_positive(eps, "eps")
    return t, float(learning_rate), float(beta1), float(beta2), float(eps)


def momentum_step(param, grad, velocity, learning_rate, beta=0.9):
    """Take a step with momentum: a heavy ball that keeps most of its speed.

    `velocity = beta * velocity + grad`, then `param = param - learning_rate * velocity`.

    Args: `param`, `grad`, `velocity` of one shape, `velocity` zeros at first; `learning_rate`, 0 or
    more; `beta` from 0 to below 1. Returns the new `param, velocity`.
    Raises ValueError or TypeError when an argument does not fit. Source: B. Polyak (1964).

    >>> param, velocity = momentum_step([1.0], [2.0], [10.0], learning_rate=0.1)
    >>> param.tolist(), velocity.tolist()
    ([-0.10000000000000009], [11.0])
    """
    param, grad, velocity = _arrays(param=param, grad=grad, velocity=velocity)
    check_positive(learning_rate, "learning_rate", zero_too=True)
    _check_fraction(beta, "beta")
    velocity = float(beta) * velocity + grad
    param = param - float(learning_rate) * velocity
    return param, velocity


def adagrad_step(param, grad, total, learning_rate, eps=1e-8):
    """Take a step that is shorter wherever the slopes have been steep so far.

    `total = total + grad**2`, then `param = param - learning_rate * grad / (sqrt(total) + eps)`.

    Args: `param`, `grad`, `total` of one shape, `total` zeros at first; `learning_rate`, 0 or more;
    `eps` above 0. Returns the new `param, total`. Raises ValueError or TypeError when an argument
    does not fit. Source: J. Duchi, E. Hazan, Y. Singer (2011).

    >>> param, total = adagrad_step([1.0], [3.0], [16.0], learning_rate=0.5)
    >>> round(float(param[0]), 6), total.tolist()
    (0.7, [25.0])
    """
    param, grad, total = _arrays(param=param, grad=grad, total=total)
    check_positive(learning_rate, "learning_rate", zero_too=True)
    check_positive(eps, "eps")
    total = total + grad * grad
    param = param - float(learning_rate) * grad / (np.sqrt(total) + float(eps))
    return param, total


def rmsprop_step(param, grad, average, learning_rate, decay=0.9, eps=1e-8):
    """Take a step that is shorter wherever the slopes have been steep lately.

    `average = decay * average + (1 - decay) * grad**2`, then
    `param = param - learning_rate * grad / (sqrt(average) + eps)`.

    Args: `param`, `grad`, `average` of one shape, `average` zeros at first; `learning_rate`, 0 or
    more; `decay` from 0 to below 1; `eps` above 0. Returns the new `param, average`. Raises
    ValueError or TypeError when an argument does not fit. Source: T. Tieleman, G. Hinton (2012),
    lecture 6.5 of Neural Networks for Machine Learning.

    >>> param, average = rmsprop_step([1.0], [2.0], [4.0], learning_rate=0.5)
    >>> round(float(param[0]), 6), average.tolist()
    (0.5, [4.0])
    """
    param, grad, average = _arrays(param=param, grad=grad, average=average)
    check_positive(learning_rate, "learning_rate", zero_too=True)
    _check_fraction(decay, "decay")
    check_positive(eps, "eps")
    average = float(decay) * average + (1 - float(decay)) * grad * grad
    param = param - float(learning_rate) * grad / (np.sqrt(average) + float(eps))
    return param, average


def adam_step(param, grad, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Take a step of Adam: momentum's direction, with RMSprop's care for steep slopes.

    `m = beta1 * m + (1 - beta1) * grad` and `v = beta2 * v + (1 - beta2) * grad**2`; as both start
    at 0, they are too small at first by the factors `1 - beta1**t` and `1 - beta2**t`, so
    `param = param - learning_rate * m_hat / (sqrt(v_hat) + eps)` with `m_hat = m / (1 - beta1**t)`
    and `v_hat = v / (1 - beta2**t)`.

    Args: `param`, `grad`, `m`, `v` of one shape, `m` and `v` zeros at first; `t`, 1 at the first
    step; `learning_rate`, 0 or more; `beta1`, `beta2` from 0 to below 1; `eps` above 0.
    Returns the new `param, m, v`. Raises ValueError or TypeError when an argument does not fit.
    Source: D. Kingma, J. Ba (2015), algorithm 1.

    >>> param, m, v = adam_step([1.0], [-40.0], [0.0], [0.0], t=1)   # a first step is always
    >>> round(float(param[0]), 6)                                    # learning_rate long
    1.001
    """
    param, grad, m, v = _arrays(param=param, grad=grad, m=m, v=v)
    t, rate, beta1, beta2, eps = _settings(t, learning_rate, beta1, beta2, eps)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    step = m_hat / (np.sqrt(v_hat) + eps)
    param = param - rate * step
    return param, m, v


def adamw_step(param, grad, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8,
               weight_decay=1e-2):
    """Take a step of Adam that also shrinks the parameters a little, whatever their gradient.

    As `adam_step`, and `learning_rate * weight_decay * param` (with the old `param`) comes off too.
    Decay does not pass through `m` and `v`, so that steep parameters shrink as much as flat ones.

    Args: as `adam_step`; `weight_decay`, 0 or more. Returns the new `param, m, v`.
    Raises ValueError or TypeError when an argument does not fit.
    Source: I. Loshchilov, F. Hutter (2019), Decoupled weight decay regularization.

    >>> param, m, v = adamw_step([1.0], [0.0], [0.0], [0.0], t=1, learning_rate=0.5)
    >>> param.tolist()
    [0.995]
    """
    param, grad, m, v = _arrays(param=param, grad=grad, m=m, v=v)
    t, rate, beta1, beta2, eps = _settings(t, learning_rate, beta1, beta2, eps)
    weight_decay = float(check_positive(weight_decay, "weight_decay", zero_too=True))
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    step = m_hat / (np.sqrt(v_hat) + eps)
    param = param - rate * step - rate * weight_decay * param
    return param, m, v


def cosine_schedule(step, total_steps, peak, warmup_steps=0):
    """Return the learning rate at `step`: up in a line, then down along half a cosine.

    `peak * step / warmup_steps` before `warmup_steps`; after it
    `peak * (1 + cos(pi * (step - warmup_steps) / (total_steps - warmup_steps))) / 2`; 0 from
    `total_steps` on.

    Args: `step`, 0 or more; `total_steps`, at least 1; `peak`, the highest rate, 0 or more;
    `warmup_steps`, at most `total_steps`. Returns a float. Raises ValueError or TypeError when an
    argument does not fit. Source: I. Loshchilov, F. Hutter (2017), SGDR, equation 5.

    >>> [round(cosine_schedule(step, 8, 0.4, warmup_steps=4), 3) for step in (0, 2, 4, 6, 8, 9)]
    [0.0, 0.2, 0.4, 0.2, 0.0, 0.0]
    """
    check_positive(step, "step", zero_too=True)
    total_steps = check_count(total_steps, "total_steps", least=1)
    warmup_steps = check_count(warmup_steps, "warmup_steps")
    check_positive(peak, "peak", zero_too=True)
    if warmup_steps > total_steps:
        raise ValueError(f"warmup_steps must be at most total_steps = {total_steps}; "
                         f"got {warmup_steps}")
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return float(peak * step / warmup_steps)
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return float(peak * (1 + math.cos(math.pi * progress)) / 2)


class Stepper:
    """Any of the steps above with its memory kept, as `bplib.training.train` needs it.

    >>> vector, momentum = np.array([1.0]), Stepper(momentum_step, 0.1)
    >>> for _ in range(2):
    ...     momentum.step(vector, np.array([1.0]))
    >>> vector.round(6).tolist()            # the second step is 1.9 times as long as the first
    [0.71]
    """

    def __init__(self, function, learning_rate, **settings):
        """Remember nothing yet.

        Args: `function`, a step such as `adam_step`: it takes `param, grad`, what it remembers, `t`
        if it counts, then `learning_rate` and its `settings`; `learning_rate`, a number, or a
        function of the number of steps taken so far, such as a schedule.
        """
        names = list(inspect.signature(function).parameters)
        self.counts = "t" in names
        self.memories = names.index("t" if self.counts else "learning_rate") - 2
        self.function, self.learning_rate, self.settings = function, learning_rate, settings
        self.memory, self.t = None, 0

    def step(self, vector, gradient):
        """Move `vector` (size,) in place by one step against `gradient` (size,)."""
        if self.memory is None:
            self.memory = [np.zeros_like(vector)] * self.memories
        rate = self.learning_rate(self.t) if callable(self.learning_rate) else self.learning_rate
        self.t += 1
        count = (self.t,) if self.counts else ()
        vector[...], *self.memory = self.function(
            vector, gradient, *self.memory, *count, learning_rate=rate, **self.settings)


class FlatAdam:
    """The same Adam, in place on one flat vector: ten operations, whatever the number of layers.

    It keeps `m / (1 - beta1)` and `v / (1 - beta2)`, which saves three multiplications of a whole
    vector per step; the missing factors are numbers, and join the learning rate and eps.

    >>> param, adam = np.ones(3), FlatAdam(3)
    >>> adam.step(param, np.array([5.0, -5.0, 0.0]))
    >>> param.round(6).tolist()
    [0.999, 1.001, 1.0]
    """

    FLUSH_EVERY = 32

    def __init__(self, size, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8,
                 weight_decay=0.0, dtype=np.float64):
        """Remember nothing yet; `size` is the length of the vectors, `dtype` their precision."""
        check_positive(learning_rate, "learning_rate", zero_too=True)
        _check_fraction(beta1, "beta1")
        _check_fraction(beta2, "beta2")
        check_positive(eps, "eps")
        check_positive(weight_decay, "weight_decay", zero_too=True)
        self.learning_rate, self.weight_decay = float(learning_rate), float(weight_decay)
        self.beta1, self.beta2, self.eps, self.t = float(beta1), float(beta2), float(eps), 0
        size = check_count(size, "size")
        self.m, self.v = np.zeros(size, dtype), np.zeros(size, dtype)
        self._work = np.empty(size, dtype)

    def step(self, param, grad):
        """Move `param` (size,) in place by one step against `grad` (size,), which is left alone."""
        for name, array in (("param", param), ("grad", grad)):
            check_shape(array, self.m.shape, name, f"{self.m.shape} as FlatAdam was made for")
        self.t += 1
        m, v, work = self.m, self.v, self._work
        v_factor = math.sqrt((1 - self.beta2) / (1 - self.beta2**self.t))
        rate = self.learning_rate * (1 - self.beta1) / (1 - self.beta1**self.t) / v_factor
        if self.weight_decay:
            param *= 1 - self.learning_rate * self.weight_decay
        m *= self.beta1
        m += grad
        v *= self.beta2
        np.multiply(grad, grad, out=work)
        v += work
        np.sqrt(v, out=work)
        work += self.eps / v_factor
        np.divide(m, work, out=work)
        work *= rate
        param -= work
        if self.t % self.FLUSH_EVERY == 0:
            self._flush()

    def _flush(self):
        """Turn numbers too small to matter into zeros, since they would make every step slow.

        A dead unit's gradient is 0 for good, so that its m shrinks by beta1 at every step until it
        is denormal (below 1e-38 in float32), and there it stays: 0.9 times the smallest number is
        rounded back to it. Processors handle denormals in microcode, and a step with many of them
        takes several times as long. Adding and subtracting 1e-28 rounds anything below about 1e-35
        to 0 (1e-44 in float64); beside eps = 1e-8 that is nothing.
        """
        for array in (self.m, self.v):
            array += 1e-28
            array -= 1e-28
