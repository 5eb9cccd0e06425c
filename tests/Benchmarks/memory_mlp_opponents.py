"""The memory-MLP step as PyTorch users write it: the arms that mneme-bench compares with."""
import torch
import torch.nn.functional as F

from stints import fused_adam, serve

VOCAB, EMBED, HIDDEN, MEMORY = 2, 64, 128, 2
MEMORY_RATE, RATE = 10.0, 1e-3


class Net(torch.nn.Module):
    """The original: ordinary neurons, memory neurons, a head and a frozen memory head."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(VOCAB, EMBED)
        self.ordinary = torch.nn.Linear(EMBED, HIDDEN)
        self.memory = torch.nn.Linear(EMBED, MEMORY)
        self.head = torch.nn.Linear(HIDDEN + MEMORY, VOCAB, bias=False)
        self.memory_head = torch.nn.Linear(HIDDEN + MEMORY, VOCAB, bias=False)
        self.memory_head.weight.requires_grad_(False)

    def forward(self, token, head):
        x = self.embedding(token)
        return head(F.gelu(torch.cat([self.ordinary(x), self.memory(x)], dim=-1)))


def eager(lanes):
    net = Net()
    outer = [p for name, p in net.named_parameters() if not name.startswith("memory")]
    memory_optimizer = torch.optim.SGD(net.memory.parameters(), lr=MEMORY_RATE)
    optimizer = torch.optim.Adam(outer, lr=RATE)
    token = torch.zeros(1, dtype=torch.long)

    def step():
        bit = torch.randint(VOCAB, (1,))
        for parameter in net.memory.parameters():
            torch.nn.init.zeros_(parameter)
        memory_optimizer.zero_grad()
        F.cross_entropy(net(token, net.memory_head), bit).backward()
        memory_optimizer.step()
        optimizer.zero_grad()
        logits = net(token, net.head)
        loss = F.cross_entropy(logits, (bit + 1) % VOCAB)
        loss.backward()
        optimizer.step()
        return loss.detach(), logits.argmax(1) == (bit + 1) % VOCAB

    return step


def drawn(lanes):
    def uniform(bound, *shape):
        return ((torch.rand(lanes, *shape) * 2 - 1) * bound).requires_grad_()

    after = (HIDDEN + MEMORY) ** -0.5
    parameters = [torch.randn(lanes, 1, EMBED).requires_grad_(),
                  uniform(EMBED ** -0.5, EMBED, HIDDEN), uniform(EMBED ** -0.5, 1, HIDDEN),
                  uniform(after, HIDDEN + MEMORY, VOCAB)]
    return parameters, uniform(after, HIDDEN + MEMORY, VOCAB).detach()


def handfused(lanes):
    parameters, memory_head = drawn(lanes)
    embedding, weight, bias, head = parameters
    update = fused_adam(parameters, RATE)
    rows = torch.arange(lanes)

    def step():
        bit = torch.randint(VOCAB, (lanes,))
        with torch.no_grad():
            blue = F.gelu(torch.baddbmm(bias, embedding, weight))
            p = torch.softmax(torch.bmm(blue, memory_head[:, :HIDDEN]), 2)
            p[rows, 0, bit] -= 1
            change = torch.bmm(p, memory_head[:, HIDDEN:].transpose(1, 2)) * (-.5 * MEMORY_RATE)
            memory = torch.bmm(embedding.transpose(1, 2), change)
        blue = torch.baddbmm(bias, embedding, weight)
        green = torch.baddbmm(change, embedding, memory)
        logits = torch.bmm(F.gelu(torch.cat([blue, green], 2)), head).squeeze(1)
        loss = F.cross_entropy(logits, (bit + 1) % VOCAB, reduction="none")
        update(torch.autograd.grad(loss.sum(), parameters))
        return loss.detach(), logits.argmax(1) == (bit + 1) % VOCAB

    return step


def vmap(lanes):
    from functorch import grad, grad_and_value, vmap as over_lanes
    assert VOCAB == 2
    parameters, memory_head = drawn(lanes)
    update = fused_adam(parameters, RATE)

    def forward(parameters, memory, head):
        embedding, weight, bias, _ = parameters
        x = torch.cat([embedding @ weight + bias, embedding @ memory[0] + memory[1]], 1)
        return F.gelu(x) @ head

    def surprise(logits, bit):
        return -torch.log_softmax(logits, 1).mul(bit).sum()     # bit: one-hot, [1, vocab]

    def write(memory, parameters, memory_head, bit):
        return surprise(forward(parameters, memory, memory_head), bit)

    def loss(parameters, memory, bit):
        return surprise(forward(parameters, memory, parameters[3]), 1 - bit)

    def lane(parameters, memory_head, bit):
        memory = (torch.zeros(EMBED, MEMORY), torch.zeros(1, MEMORY))
        slopes = grad(write)(memory, parameters, memory_head, bit)
        memory = tuple((m - MEMORY_RATE * s).detach() for m, s in zip(memory, slopes))
        return grad_and_value(loss)(parameters, memory, bit)

    lanes_together = over_lanes(lane)

    def step():
        bit = F.one_hot(torch.randint(VOCAB, (lanes, 1)), VOCAB).float()
        gradients, losses = lanes_together(
            tuple(p.detach() for p in parameters), memory_head, bit)
        update(gradients)
        return losses, losses < .69

    return step


serve({"eager": eager, "handfused": handfused, "vmap": vmap})
