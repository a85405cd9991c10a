"""Steps of training the project's network in eager float32 PyTorch, one thread: train_rate.py TAGS MEANINGS BATCH SIDE STEPS. Prints CPU seconds a step."""
import sys
import time

import torch
from sticker_net import StickerNet
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax, normalize

tags, meanings, count, side, steps = map(int, sys.argv[1:])
torch.set_num_threads(1)
torch.manual_seed(1)
net = StickerNet(tags, meanings).to(memory_format=torch.channels_last)
optimizer = torch.optim.AdamW(net.parameters(), lr=8e-3, weight_decay=0.05)
x = torch.randn(count, 4, side, side).contiguous(memory_format=torch.channels_last)
labels = (torch.rand(count, tags) < 0.01).float()
shares = torch.softmax(torch.randn(count, meanings), 1)
own, others = normalize(torch.randn(count, 128)), normalize(torch.randn(2048, 128))


def step():
    logits, visual, semantic = net(x)
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
