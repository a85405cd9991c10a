"""The project's network in PyTorch, with the names of its weights. Shared by the peers beside it."""
import json
import struct

import numpy as np
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, normalize


class ConvBatchNorm(nn.Module):
    def __init__(self, inside, out, kernel, stride, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out, inside, kernel, kernel))
        nn.init.kaiming_normal_(self.weight)
        self.bn = nn.BatchNorm2d(out)
        self.stride, self.padding, self.relu = stride, (kernel - 1) // 2, relu

    def forward(self, x):
        x = self.bn(nn.functional.conv2d(x, self.weight, None, self.stride, self.padding))
        return x.relu_() if self.relu else x


class BasicBlock(nn.Module):
    def __init__(self, inside, out, stride):
        super().__init__()
        self.conv1 = ConvBatchNorm(inside, out, 3, stride)
        self.conv2 = ConvBatchNorm(out, out, 3, 1, relu=False)
        self.downsample = ConvBatchNorm(inside, out, 1, stride, relu=False) if stride != 1 or inside != out else None

    def forward(self, x):
        return (self.conv2(self.conv1(x)) + (x if self.downsample is None else self.downsample(x))).relu_()


class StickerNet(nn.Module):
    def __init__(self, tags, meanings, visual=128, semantic=128, widths=(32, 64, 128, 256), squashed=False, prototypes=0, prototype_tags=0, spread=20, share=0.25):
        super().__init__()
        self.squashed = squashed  # as after the semantic fit
        self.spread, self.share = spread, share  # of prototypes and tag head
        self.stem = ConvBatchNorm(4, widths[0], 3, 2)
        before = widths[0]
        for i, width in enumerate(widths):
            setattr(self, f"layer{i + 1}", nn.Sequential(BasicBlock(before, width, 1 if i == 0 else 2)))
            before = width
        features = widths[1] * 16 + widths[2] * 4 + widths[3]
        self.feature_norm = nn.BatchNorm1d(features)
        self.tag_head = nn.Linear(features, tags)
        self.visual_head = nn.Linear(features, visual)
        self.semantic_head = nn.Linear(features, semantic)
        self.tag_vectors = nn.Parameter(torch.randn(meanings, semantic))
        if prototypes:
            self.register_buffer("prototypes", torch.zeros(prototypes, semantic))
            self.register_buffer("prototype_tags", torch.zeros(prototype_tags, 2))

    def forward(self, x):
        pool = x.shape[2] // 16
        x2 = self.layer2(self.layer1(self.stem(x)))
        x3 = self.layer3(x2)
        x4 = self.layer4(x3)
        parts = avg_pool2d(x2, pool).flatten(1), avg_pool2d(x3, pool).flatten(1), x4.mean((2, 3))
        features = self.feature_norm(torch.cat([normalize(part) for part in parts], 1))
        read = ((features - self.feature_norm.bias) / (self.feature_norm.weight + 1e-12) / 3).tanh() if self.squashed else features
        tags, semantic = self.tag_head(features), normalize(self.semantic_head(read))
        if hasattr(self, "prototypes"):
            which, of = self.prototype_tags.long().unbind(1)
            shares = torch.zeros_like(tags).index_add(1, of, torch.softmax(self.spread * semantic @ self.prototypes.t(), 1)[:, which])
            tags = torch.logit(self.share * torch.sigmoid(tags) + (1 - self.share) * shares.clamp(0, 1), 1e-7)
        return tags, normalize(self.visual_head(features)), semantic


def load_safetensors(path):
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(np.frombuffer(data, "<f4", (entry["data_offsets"][1] - entry["data_offsets"][0]) // 4, 8 + length + entry["data_offsets"][0]).reshape(entry["shape"]).copy())
        for name, entry in header.items()
    }
