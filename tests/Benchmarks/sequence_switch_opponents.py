"""The step of sequence-switch as PyTorch users write it, and as well as it can be written there.

'eager' is one trial as the original has it: modules, one attention layer without projection and
residual, an MLP, Adam. 'lanes' is the same for K trials in one program: batched products, attention
over all lanes and heads at once, Adam in few operators. Its gradients are autograd's.
"""
import math

import torch
import torch.nn.functional as F

from stints import fused_adam, serve

# Sequences, bits, heads, features of a head, layers of the MLP, batch, learning rate, zipf.
SIZES = {"small": (16, 12, 4, 8, 3, 16, 3e-3, False),
         "published": (100_000, 100, 6, 16, 3, 256, 1e-3, True)}


def chances(sequences, zipf):
    """Added up: the place of a uniform number among them is a draw."""
    weights = torch.arange(1, sequences + 1, dtype=torch.float64) ** -(1. if zipf else 0.)
    return weights.cumsum(0) / weights.sum()


class Attention(torch.nn.Module):
    """The original's one_layer_attention, in nanoGPT's manner."""

    def __init__(self, length, heads, width, layers):
        super().__init__()
        self.heads = heads
        self.wte = torch.nn.Embedding(2, width)
        self.wpe = torch.nn.Embedding(length, width)
        self.c_attn = torch.nn.Linear(width, 3 * width)
        self.ln_f = torch.nn.LayerNorm(width)
        self.linear_modules = torch.nn.ModuleList(
            torch.nn.Linear(width, width) for _ in range(layers))
        self.lm_head = torch.nn.Linear(width, 2)
        self.register_buffer("causal", torch.ones(length, length).tril() == 0)
        for module in self.modules():
            if isinstance(module, (torch.nn.Linear, torch.nn.Embedding)):
                torch.nn.init.normal_(module.weight, std=.02)
            if isinstance(module, torch.nn.Linear):
                torch.nn.init.zeros_(module.bias)

    def forward(self, bits):
        batch, length = bits.shape
        x = self.wte(bits) + self.wpe(torch.arange(length))
        q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2)
                   for part in self.c_attn(x).chunk(3, -1))
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(k.size(-1))
        scores = scores.masked_fill(self.causal[:length, :length], -torch.inf)
        y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, -1)
        y = F.relu(self.linear_modules[0](self.ln_f(y)))
        for linear in self.linear_modules[1:]:
            y = F.relu(linear(y)) + y
        return self.lm_head(y)


def eager(lanes, size):
    sequences, length, heads, features, layers, batch, rate, zipf = SIZES[size]
    net = Attention(length, heads, heads * features, layers)
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    data = torch.randint(2, (sequences, length))
    sums, appearances = chances(sequences, zipf), torch.zeros(sequences)

    def step():
        rank = torch.searchsorted(sums, torch.rand(batch, dtype=torch.float64))
        bits = data[rank]
        logits, target = net(bits[:, :-1]), bits[:, 1:]
        loss = F.cross_entropy(logits.reshape(-1, 2), target.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        appearances.index_add_(0, rank, torch.ones(batch))
        return loss.detach(), (logits.argmax(-1) == target).float().mean()

    return step


def by_hand(lanes, size):
    sequences, length, heads, features, layers, batch, rate, zipf = SIZES[size]
    width, seen = heads * features, length - 1

    def weight(*shape):
        return (.02 * torch.randn(lanes, *shape)).requires_grad_()

    def fill(value, *shape):
        return torch.full((lanes, *shape), value).requires_grad_()

    wte, wpe = weight(2, width), weight(seen, width)
    attention, attention_bias = weight(width, 3 * width), fill(0., 1, 3 * width)
    scale, shift = fill(1., 1, width), fill(0., 1, width)
    mlp = [(weight(width, width), fill(0., 1, width)) for _ in range(layers)]
    head, head_bias = weight(width, 2), fill(0., 1, 2)
    parameters = [wte, wpe, attention, attention_bias, scale, shift,
                  *(tensor for layer in mlp for tensor in layer), head, head_bias]
    update = fused_adam(parameters, rate)
    future = torch.zeros(seen, seen).masked_fill(torch.ones(seen, seen).tril() == 0, -torch.inf)
    data, every = torch.randint(2, (lanes, sequences, length)), torch.arange(lanes)[:, None]
    sums, appearances = chances(sequences, zipf), torch.zeros(lanes, sequences)
    ones = torch.ones(lanes, batch)

    def step():
        rank = torch.searchsorted(sums, torch.rand(lanes, batch, dtype=torch.float64))
        bits = data[every, rank]
        token = bits[..., :-1].reshape(lanes, -1, 1).float()                # [k, b * t, 1]
        # Two tokens: the first one's row, and the difference where the bit is set.
        x = torch.baddbmm(wte[:, :1], token, wte[:, 1:] - wte[:, :1])
        x = (x.view(lanes, batch, seen, width) + wpe[:, None]).view(lanes, -1, width)
        q, k, v = torch.baddbmm(attention_bias, x, attention).view(
            lanes, batch, seen, 3, heads, features).permute(3, 0, 1, 4, 2, 5).reshape(
            3, -1, seen, features).unbind()
        scores = torch.baddbmm(future, q, k.transpose(1, 2), alpha=features ** -.5)
        y = torch.bmm(scores.softmax(-1), v).view(lanes, batch, heads, seen, features)
        y = y.transpose(2, 3).reshape(lanes, -1, width)
        y = torch.addcmul(shift, F.layer_norm(y, (width,)), scale)
        for i, (linear, bias) in enumerate(mlp):
            out = torch.baddbmm(bias, y, linear).relu()
            y = out if i == 0 else out + y
        logits = torch.baddbmm(head_bias, y, head).view(-1, 2)
        target = bits[..., 1:].reshape(-1)
        loss = F.cross_entropy(logits, target, reduction="none").view(lanes, -1).mean(1)
        update(torch.autograd.grad(loss.sum(), parameters))
        appearances.scatter_add_(1, rank, ones)
        return loss.detach(), (logits.argmax(1) == target).float().view(lanes, -1).mean(1)

    return step


serve({"eager": eager, "lanes": by_hand})
