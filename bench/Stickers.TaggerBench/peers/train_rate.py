"""Steps of training the project's network in eager float32 PyTorch, one thread: train_rate.py TAGS MEANINGS BATCH SIDE STEPS [pictures]. Prints CPU seconds a step.

With `pictures` each step also draws its batch: rotated, scaled, shifted, mirrored, on a ground of some colour and recoloured, as the project's own steps do; without, it is given.
"""
import sys
import time

import torch
from sticker_net import StickerNet
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax, normalize

tags, meanings, count, side, steps = map(int, sys.argv[1:6])
draw = sys.argv[6:] == ["pictures"]
torch.set_num_threads(1)
torch.manual_seed(1)
net = StickerNet(tags, meanings).to(memory_format=torch.channels_last)
optimizer = torch.optim.AdamW(net.parameters(), lr=8e-3, weight_decay=0.05)
x = torch.randn(count, 4, side, side).contiguous(memory_format=torch.channels_last)
labels = (torch.rand(count, tags) < 0.01).float()
shares = torch.softmax(torch.randn(count, meanings), 1)
own, others = normalize(torch.randn(count, 128)), normalize(torch.randn(2048, 128))


pictures = torch.randint(0, 256, (2048, side * 5 // 4, side * 5 // 4, 4), dtype=torch.uint8)


def drawn():
    p = pictures[torch.randint(0, len(pictures), (count,))].permute(0, 3, 1, 2).float().div_(255)
    angle, scale = (torch.rand(count) - 0.5) * 0.5, 0.8 + 0.4 * torch.rand(count)
    mirror, shift = 1 - 2 * (torch.rand(count) < 0.5).float(), (torch.rand(count, 2) - 0.5) * 0.2
    theta = torch.stack([
        torch.stack([torch.cos(angle) * scale * mirror, -torch.sin(angle) * scale, shift[:, 0]], 1),
        torch.stack([torch.sin(angle) * scale * mirror, torch.cos(angle) * scale, shift[:, 1]], 1)], 1)
    p = torch.nn.functional.grid_sample(p, torch.nn.functional.affine_grid(theta, [count, 4, side, side], False), align_corners=False)
    rgb = p[:, :3] + torch.rand(count, 3, 1, 1) * (1 - p[:, 3:])
    rgb = torch.einsum("bchw,bdc->bdhw", rgb, torch.eye(3) + 0.2 * torch.randn(count, 3, 3)).clamp_(0, 1)
    return torch.cat([(rgb - 0.6) * 3, p[:, 3:] * 2 - 1], 1).contiguous(memory_format=torch.channels_last)


def step():
    logits, visual, semantic = net(drawn() if draw else x)
    loss = binary_cross_entropy_with_logits(logits, labels, reduction="sum") / count
    loss = loss - 2 * (log_softmax(16 * semantic @ normalize(net.tag_vectors).t(), 1) * shares).sum() / count
    similar = torch.cat([(visual * own).sum(1, keepdim=True), visual @ others.t()], 1) * 10
    loss = loss + 0.5 * (similar.logsumexp(1) - similar[:, 0]).mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss


for _ in range(3):
    step()
before = time.process_time()
for _ in range(steps):
    step()
print((time.process_time() - before) / steps)
