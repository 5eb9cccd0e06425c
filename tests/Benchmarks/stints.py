"""What every script of opponents shares: it trains for as long as it is told, and says how far it
came.

    SCRIPT ARM LANES [SIZE]

Prints {"ready": ...} and then, for every line "SECONDS" on the standard input, how many trial-steps
it made in that time: {"trial_steps": n, "seconds": wall, "cpu_seconds": cpu}.
"""
import json
import sys
import time

import torch


def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096


def serve(arms):
    """Makes the arm that the command line names, of functions (lanes, *size) -> step."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    name, lanes = sys.argv[1], int(sys.argv[2])
    before = resident()
    step = arms[name](lanes, *sys.argv[3:])
    begun = time.perf_counter()
    for done in range(100):
        loss, _ = step()
        if done > 2 and time.perf_counter() - begun > 2:
            break
    memory = resident() - before
    print(json.dumps({"ready": torch.__version__, "bytes_per_lane": memory // lanes}), flush=True)
    for line in sys.stdin:
        steps, start, cpu = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - start < float(line):
            loss, hit = step()
            steps += 1
        print(json.dumps({"trial_steps": steps * lanes, "seconds": time.perf_counter() - start,
                          "cpu_seconds": time.process_time() - cpu,
                          "loss": loss.mean().item()}), flush=True)


def fused_adam(parameters, rate):
    """Adam over all lanes at once, in as few operators as Python has for it."""
    means = [torch.zeros_like(p) for p in parameters]
    variances = [torch.zeros_like(p) for p in parameters]
    count = 0

    @torch.no_grad()
    def update(gradients):
        nonlocal count
        count += 1
        step, scale = rate / (1 - .9 ** count), (1 - .999 ** count) ** -.5
        torch._foreach_mul_(means, .9)
        torch._foreach_add_(means, gradients, alpha=.1)
        torch._foreach_mul_(variances, .999)
        torch._foreach_addcmul_(variances, gradients, gradients, .001)
        scales = torch._foreach_sqrt(variances)
        torch._foreach_mul_(scales, scale)
        torch._foreach_add_(scales, 1e-8)
        torch._foreach_addcdiv_(parameters, means, scales, -step)

    return update
