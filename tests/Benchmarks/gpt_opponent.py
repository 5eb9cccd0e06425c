# A GPT-2 with random weights writes tokens, in PyTorch as one would write it there: each token
# reads its whole context anew, and one layer's values may come from a store. Prints tokens per
# second.
import math
import sys
import time

import torch
import torch.nn.functional as F

L, H, C, context, V, tokens, rows, layer = map(int, sys.argv[1:9])
device, prompt, texts = sys.argv[9], int(sys.argv[10]), int(sys.argv[11])
torch.set_num_threads(1)
torch.manual_seed(1)
f = C // H


def normal(*shape, spread=.02):
    return torch.randn(*shape, device=device) * spread


wte, wpe, norm = normal(V, C), normal(context, C), [normal(C), normal(C)]
blocks = [dict(n1=[normal(C), normal(C)], n2=[normal(C), normal(C)],
               qkv=[normal(C, 3 * C), normal(3 * C)], out=[normal(C, C), normal(C)],
               up=[normal(C, 4 * C), normal(4 * C)], down=[normal(4 * C, C), normal(C)])
          for _ in range(L)]
MK, MV = normal(H, rows, f, spread=1), normal(H, rows, f, spread=1)


def linear(x, w):
    return torch.addmm(w[1], x, w[0])


def recall(q, k, v, a):
    last, t = a[:, -1], a.shape[-1]
    chosen = (last >= 1 / (5 * t)) & (last != 0)
    near = torch.cdist(k, MK).topk(min(5, rows), largest=False).indices
    pick = near.reshape(H, -1, 1).expand(-1, -1, f)
    keys, values = (m.gather(1, pick).view(H, t, -1, f) for m in (MK, MV))
    w = ((q[:, :, None] * keys).sum(3) * (1000 / math.sqrt(f))).softmax(-1)
    m = (w[..., None] * values).sum(2) * .9 + v * .1
    return torch.where(chosen[..., None], m, v)


@torch.no_grad()
def following(text):
    t = len(text)
    x = wte[torch.tensor(text, device=device)] + wpe[:t]
    mask = torch.full((t, t), -math.inf, device=device).triu(1)
    for i, b in enumerate(blocks):
        qkv = linear(F.layer_norm(x, (C,), *b['n1']), b['qkv'])
        q, k, v = (z.view(t, H, f).transpose(0, 1) for z in qkv.split(C, 1))
        a = (q @ k.transpose(1, 2) / math.sqrt(f) + mask).softmax(-1)
        if rows and i == layer:
            v = recall(q, k, v, a)
        x = x + linear((a @ v).transpose(0, 1).reshape(t, C), b['out'])
        h = linear(F.layer_norm(x, (C,), *b['n2']), b['up'])
        h = .5 * h * (1 + torch.tanh(math.sqrt(2 / math.pi) * (h + .044715 * h ** 3)))
        x = x + linear(h, b['down'])
    return int((F.layer_norm(x[-1:], (C,), *norm) @ wte.T).argmax())


following([0])
began = time.perf_counter()
for _ in range(texts):
    text = list(range(prompt))
    for _ in range(tokens):
        text.append(following(text))
print(texts * tokens / (time.perf_counter() - began))
