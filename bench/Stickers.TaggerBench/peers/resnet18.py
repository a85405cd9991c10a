"""A ResNet-18 of torchvision with cross-entropy, on what `Stickers.TaggerBench data` wrote: the same stickers, split and tags.

    nice python3 resnet18.py FOLDER CPU_MINUTES [SIDE]

Needs Debian's python3-torch, python3-torchvision and python3-numpy. The rate follows the share of CPU time that is spent, so that a busy machine changes nothing. Prints mean average
precision over the tags with at least three stickers of the test.
"""
import sys
import time

import numpy as np
import torch
import torchvision
from torch.nn.functional import binary_cross_entropy_with_logits, interpolate

folder, minutes = sys.argv[1], float(sys.argv[2])
side = int(sys.argv[3]) if len(sys.argv) > 3 else 64
torch.manual_seed(1)
torch.set_num_threads(1)  # threads that wait for each other would spend the budget on waiting

rows = [line.split() for line in open(f"{folder}/rows.txt")]  # side of the split, tags
tags = int(open(f"{folder}/tags.txt").read())
part = np.array([int(row[0]) for row in rows])
truth = torch.zeros(len(rows), tags)
for i, row in enumerate(rows):
    truth[i, [int(tag) for tag in row[1:]]] = 1
images = np.memmap(f"{folder}/fitted.rgba", np.uint8).reshape(len(rows), 80, 80, 4)
train = np.nonzero((part == 0) & (truth.sum(1).numpy() > 0))[0]
test = np.nonzero(part == 2)[0]

net = torchvision.models.resnet18(num_classes=tags)
frequency = truth[train].mean(0).clamp(1e-4, 1 - 1e-4)
net.fc.bias.data = torch.log(frequency / (1 - frequency))
net = net.to(memory_format=torch.channels_last)
optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.05)


def batch(chosen, augment):
    """RGB over white, scaled as torchvision scales: (B, 3, side, side)."""
    x = torch.from_numpy(images[np.sort(chosen)].astype(np.float32) / 255).permute(0, 3, 1, 2)
    x = x[:, :3] + (1 - x[:, 3:])  # the colours are premultiplied
    if augment:
        angle = (torch.rand(len(x)) - 0.5) * 0.5
        scale = 1 / (0.8 + 0.4 * torch.rand(len(x)))
        mirror = 1 - 2 * (torch.rand(len(x)) < 0.5).float()
        shift = (torch.rand(len(x), 2) - 0.5) * 0.2
        theta = torch.stack([
            torch.stack([torch.cos(angle) * scale * mirror, -torch.sin(angle) * scale, shift[:, 0]], 1),
            torch.stack([torch.sin(angle) * scale * mirror, torch.cos(angle) * scale, shift[:, 1]], 1)], 1)
        x = 1 - torch.nn.functional.grid_sample(1 - x, torch.nn.functional.affine_grid(theta, [len(x), 3, side, side], False), align_corners=False)
        x = (x * (0.8 + 0.4 * torch.rand(len(x), 3, 1, 1))).clamp(0, 1)
    else:
        x = interpolate(x, [side, side], mode="bilinear", align_corners=False)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return ((x - mean[:, None, None]) / deviation[:, None, None]).contiguous(memory_format=torch.channels_last)


def average_precision(scores, positive):
    order = np.argsort(-scores, kind="stable")
    hits = positive[order]
    return (np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits > 0].mean()


def evaluate():
    net.eval()
    with torch.no_grad():
        scores = torch.cat([net(batch(test[i : i + 64], False)) for i in range(0, len(test), 64)]).numpy()
    y = truth[test].numpy()
    known = [t for t in range(tags) if y[:, t].sum() >= 3]
    return np.mean([average_precision(scores[:, t], y[:, t]) for t in known]), len(known)


start, budget, views, last = time.process_time(), minutes * 60, 0, 0
while True:
    net.train()
    order = np.random.default_rng(views).permutation(train)
    for i in range(0, len(order) - 63, 64):
        progress = (time.process_time() - start) / budget
        if progress >= 1:
            score, known = evaluate()
            print(f"ResNet-18, {side} pixels, {minutes:g} CPU minutes: {views} views, mAP {score:.4f} over {known} tags", flush=True)
            sys.exit(0)
        if progress - last > 0.1:
            print(f"{progress:.0%}, {views} views, loss {loss.item():.3f}", flush=True)
            last = progress
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1, progress / 0.05) * 0.5 * (1 + np.cos(np.pi * progress))
        chosen = np.sort(order[i : i + 64])
        loss = binary_cross_entropy_with_logits(net(batch(chosen, True)), truth[chosen], reduction="sum") / 64
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        views += 64
