"""The step of dam as PyTorch users write it, and as well as it can be written there.

'eager' is the original's way: one trial, every n at once by einsum, the memory a buffer of bits
that grows at its end and loses its beginning. 'lanes' is what we know of the model, said in
PyTorch: K trials in one program, the softmax over distinct sequences weighed by their counts,
batched products, Adam in few operators. Its gradients are autograd's.
"""
import torch
import torch.nn.functional as F

from stints import fused_adam, serve

# Bits of a sequence, sequences, memory, heads, batch, eta, learning rate, deviation of the start.
SIZES = {"small": (12, 16, 64, 8, 16, 10, 3e-2, .01),
         "published": (50, 500, 3000, 30, 50, 10, 1e-2, .1)}


def hidden(length):
    """Where A(n) may not look: [n, 1, length] for n = 1 .. length - 1."""
    revealed = torch.arange(length) < torch.arange(1, length)[:, None]
    return torch.zeros(length - 1, length).masked_fill(~revealed, -torch.inf)[:, None]


class Dam(torch.nn.Module):
    def __init__(self, length, heads, eta, deviation):
        super().__init__()
        self.query = torch.nn.Parameter(deviation * torch.randn(length, heads, length))
        self.key = torch.nn.Parameter(deviation * torch.randn(heads, length))
        self.register_buffer("hidden", hidden(length))
        self.eta = eta

    def forward(self, memory, batch):
        a = (self.query[1:] + self.hidden).softmax(-1)
        phi = memory @ self.key.softmax(-1).T                               # [m, h]
        hat = torch.einsum("bi,nhi->nbh", batch, a)
        pi = (self.eta * torch.einsum("nbh,mh->nbm", hat, phi)).softmax(-1)
        chance = torch.einsum("nbm,mn->nb", pi, (memory[:, 1:] > 0).float())
        return chance.clamp(1e-6, 1 - 1e-6)


def eager(lanes, size):
    length, sequences, capacity, heads, batch, eta, rate, deviation = SIZES[size]
    net = Dam(length, heads, eta, deviation)
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    data = torch.randn(sequences, length).sign()
    memory = data[torch.randint(sequences, (capacity,))]                    # full

    def step():
        nonlocal memory
        rows = data[torch.randint(sequences, (batch,))]
        chance = net(memory, rows)
        ahead = rows.T[1:] > 0
        loss = F.binary_cross_entropy(chance, ahead.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        memory = torch.cat([memory, rows])[-capacity:]
        return loss.detach(), ((chance > .5) == ahead).float().mean()

    return step


def by_hand(lanes, size):
    length, sequences, capacity, heads, batch, eta, rate, deviation = SIZES[size]
    query = (deviation * torch.randn(lanes, length - 1, heads, length)).requires_grad_()
    key = (deviation * torch.randn(lanes, heads, length)).requires_grad_()
    update = fused_adam([query, key], rate)
    mask, every = hidden(length), torch.arange(lanes)[:, None]
    bits = torch.randn(lanes, sequences, length).sign()
    columns = bits.transpose(1, 2).contiguous()                             # [k, i, s]
    sides = torch.stack([(columns > 0), (columns < 0)], -1).float()[:, 1:]  # [k, n, s, 2]
    sides = sides.reshape(-1, sequences, 2)
    ring = torch.randint(sequences, (lanes, capacity))
    ones, start = torch.ones(lanes, capacity), 0

    def step():
        nonlocal start
        place = torch.randint(sequences, (lanes, batch))
        rows = bits[every, place]                                           # [k, b, i]
        counts = torch.zeros(lanes, sequences).scatter_add_(1, ring, ones)
        a = (query + mask).softmax(-1).view(lanes, -1, length)            # [k, n * h, i]
        phi = torch.bmm(key.softmax(-1) * eta, columns)                     # [k, h, s]
        hat = torch.bmm(rows, a.transpose(1, 2)).view(lanes, batch, length - 1, heads)
        hat = hat.transpose(1, 2).reshape(lanes, -1, heads)                   # [k, n * b, h]
        scores = torch.baddbmm(counts.log()[:, None], hat, phi)
        pi = scores.view(-1, batch, sequences).softmax(-1)                  # [k * n, b, s]
        ahead = (rows > 0).transpose(1, 2)[:, 1:].reshape(-1, batch)       # [k * n, b]
        chance = torch.bmm(pi, sides)
        right = torch.where(ahead, chance[..., 0], chance[..., 1]).clamp(1e-6, 1 - 1e-6)
        loss = -right.log().reshape(lanes, -1).mean(1)
        update(torch.autograd.grad(loss.sum(), [query, key]))
        free = torch.arange(start, start + batch) % capacity
        ring[:, free] = place
        start = (start + batch) % capacity
        return loss.detach(), ((chance[..., 0] > .5) == ahead).float().reshape(lanes, -1).mean(1)

    return step


serve({"eager": eager, "lanes": by_hand})
