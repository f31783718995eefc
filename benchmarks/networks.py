"""A step of training a network (lessons 07 to 11), convolution and pooling (12), beside PyTorch."""

from functools import partial

import numpy as np

from benchmarks.rounds import Goal, Race, agree
from bplib.conv import conv2d_backward, conv2d_forward, maxpool_backward, maxpool_forward
from bplib.fast_conv import (
    conv2d_backward_fast,
    conv2d_forward_fast,
    maxpool_backward_fast,
    maxpool_forward_fast,
)
from bplib.fast_mlp import Network
from bplib.losses import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from bplib.network import init_mlp, mlp_backward, mlp_forward
from bplib.optim import FlatAdam, adam_step

SIZES = (784, 128, 64, 10)
MLP_WHY = ("at batch 64 half of a step is Adam's ten passes over 109,000 numbers, which a busy "
           "neighbour's share of the cache makes longer than the products are")
POOL_WHY = "ours passes over memory more often, and a busy neighbour takes its share of that"
CONV_WHY = ("PyTorch's convolution reads its windows in place; ours writes every pixel nine times "
            "before one matrix product, and that is what memory allows")


def races(torch, jax):
    """Yield the races; `torch` and `jax` are None where they are not installed."""
    name = "-".join(map(str, SIZES))
    for batch, of_floor, of_torch in ((64, 2.4, 0.5), (1024, 1.3, 1.0)):
        yield Race(f"MLP {name}, Adam, batch {batch}, float32",
                   [Goal("bplib", "floor", of_floor, MLP_WHY), Goal("bplib", "torch", of_torch)],
                   partial(mlp, batch, torch, jax))
    yield Race("conv2d 3x3 forward and backward, N32, 8 to 16, 28x28, float32",
               [Goal("bplib", "torch", 2.0, CONV_WHY)], partial(convolution, torch))
    yield Race("max-pool 2x2 forward and backward, N32, 16 channels, 28x28, float32",
               [Goal("bplib", "torch", 0.5, POOL_WHY)], partial(pooling, torch))


def mlp(batch, torch, jax):
    """Forward, cross-entropy, backward and Adam, in float32, on one batch again and again."""
    rng = np.random.default_rng(0)
    x, labels = rng.random((batch, SIZES[0]), np.float32), rng.integers(10, size=batch)
    params = [(W.astype(np.float32), b.astype(np.float32)) for W, b in init_mlp(SIZES, rng)]
    contenders = {"bplib": fast_step(params, x, labels),
                  "bplib, plain": plain_step(params, x, labels),
                  "floor": floor(params, x)}
    if torch:
        for name, fused in (("torch", None), ("torch, fused Adam", True)):
            contenders[name] = torch_step(torch, params, x, labels, fused)
    if jax:
        contenders["jax, jitted"] = jax_step(jax, params, x, labels)
    losses = [[step() for _ in range(4)] for name, step in contenders.items() if name != "floor"]
    for others in losses[1:]:
        agree([losses[0]], [others], 1e-4)
    return contenders


def fast_step(params, x, labels):
    network = Network(params)
    adam = FlatAdam(network.vector.size, dtype=np.float32)

    def step():
        loss = network.loss_and_gradient(x, labels)
        adam.step(network.vector, network.gradient)
        return loss
    return step


def plain_step(params, x, labels):
    state = [[np.zeros_like(array) for array in pair for _ in "mv"] for pair in params]
    box = {"params": params, "t": 0}

    def step():
        box["t"] += 1
        logits, cache = mlp_forward(x, box["params"])
        loss, judged = softmax_cross_entropy_forward(logits, labels)
        grads = mlp_backward(softmax_cross_entropy_backward(1.0, judged), cache)
        for layer, (pair, grad_pair) in enumerate(zip(box["params"], grads, strict=True)):
            moved = []
            for place, (param, grad) in enumerate(zip(pair, grad_pair, strict=True)):
                m, v = state[layer][2 * place : 2 * place + 2]
                param, m, v = adam_step(param, grad, m, v, box["t"])
                state[layer][2 * place : 2 * place + 2] = m, v
                moved.append(param)
            box["params"] = [*box["params"][:layer], tuple(moved), *box["params"][layer + 1 :]]
        return loss
    return step


def floor(params, x):
    """The matrix products of a step alone; nobody needs the gradient of the pictures."""
    rng = np.random.default_rng(1)
    weights = [W for W, _ in params]
    outs = [x] + [rng.random((len(x), W.shape[1]), np.float32) for W in weights]
    douts = [rng.random(out.shape, np.float32) for out in outs]
    dWs = [np.empty_like(W) for W in weights]

    def products():
        for layer, W in enumerate(weights):
            np.dot(outs[layer], W, out=outs[layer + 1])
        for layer in range(len(weights) - 1, -1, -1):
            np.dot(outs[layer].T, douts[layer + 1], out=dWs[layer])
            if layer:
                np.dot(douts[layer + 1], weights[layer].T, out=douts[layer])
    return products


def torch_step(torch, params, x, labels, fused):
    layers = []
    for W, b in params:
        layer = torch.nn.Linear(*W.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(W.T.copy()))
            layer.bias.copy_(torch.tensor(b))
        layers += [layer, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(model.parameters(), fused=fused)
    x, labels = torch.tensor(x), torch.tensor(labels)

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss.item()
    return step


def jax_step(jax, params, x, labels):
    np_, tree = jax.numpy, jax.tree_util.tree_map

    def loss(params):
        out = np_.asarray(x)
        for layer, (W, b) in enumerate(params):
            out = (jax.nn.relu(out) if layer else out) @ W + b
        return -jax.nn.log_softmax(out)[np_.arange(len(labels)), labels].mean()

    @jax.jit
    def update(params, m, v, t):
        value, grads = jax.value_and_grad(loss)(params)
        m = tree(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = tree(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        params = tree(lambda p, m, v: p - 1e-3 * (m / (1 - 0.9**t)) / (
            np_.sqrt(v / (1 - 0.999**t)) + 1e-8), params, m, v)
        return value, params, m, v

    start = [(np_.asarray(W), np_.asarray(b)) for W, b in params]
    zeros = tree(np_.zeros_like, start)
    box = {"state": (start, zeros, zeros), "t": 0.0}

    def step():
        box["t"] += 1.0
        value, *box["state"] = update(*box["state"], box["t"])
        return float(value)
    return step


def convolution(torch):
    """A layer of 3 x 3 convolution, 8 channels to 16, forward and all three gradients."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(32, 8, 28, 28)).astype(np.float32)
    W = (rng.normal(size=(16, 8, 3, 3)) / 8).astype(np.float32)
    b, dout = np.zeros(16, np.float32), rng.normal(size=(32, 16, 28, 28)).astype(np.float32)

    def pair(forward, backward):
        def both():
            out, cache = forward(x, W, b, 1, 1)
            return [out, *backward(dout, cache)]
        return both

    contenders = {"bplib": pair(conv2d_forward_fast, conv2d_backward_fast),
                  "bplib, plain": pair(conv2d_forward, conv2d_backward)}
    agree(contenders["bplib"](), contenders["bplib, plain"](), 1e-4)
    if torch:
        leaves = [torch.tensor(array, requires_grad=True) for array in (x, W, b)]
        upstream = torch.tensor(dout)

        def both():
            for leaf in leaves:
                leaf.grad = None
            out = torch.nn.functional.conv2d(*leaves, padding=1)
            out.backward(upstream)
            return [out.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves)]
        contenders["torch"] = both
        agree(contenders["bplib"](), both(), 1e-4)
    return contenders


def pooling(torch):
    """Max-pooling over 2 x 2, forward and backward."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(32, 16, 28, 28)).astype(np.float32)
    dout = rng.normal(size=(32, 16, 14, 14)).astype(np.float32)

    def pair(forward, backward):
        def both():
            out, cache = forward(x, 2)
            return [out, backward(dout, cache)]
        return both

    contenders = {"bplib": pair(maxpool_forward_fast, maxpool_backward_fast),
                  "bplib, plain": pair(maxpool_forward, maxpool_backward)}
    agree(contenders["bplib"](), contenders["bplib, plain"](), 1e-6)
    if torch:
        leaf, upstream = torch.tensor(x, requires_grad=True), torch.tensor(dout)

        def both():
            leaf.grad = None
            out = torch.nn.functional.max_pool2d(leaf, 2)
            out.backward(upstream)
            return [out.detach().numpy(), leaf.grad.numpy()]
        contenders["torch"] = both
        agree(contenders["bplib"](), both(), 1e-6)
    return contenders
