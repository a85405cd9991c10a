"""A backfill as one would write it: Pillow, a DataLoader, the same network. backfill_loop.py FOLDER WEIGHTS WORKERS; writes scores of 0.15 and more to FOLDER/peer.csv."""
import csv
import glob
import json
import os
import sys

import numpy as np
import torch
from PIL import Image
from sticker_net import StickerNet, load_safetensors

folder, weights, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
paths = sorted(glob.glob(f"{folder}/pictures/*"))


class Pictures(torch.utils.data.Dataset):
    def __len__(self):
        return len(paths)

    def __getitem__(self, i):
        image = Image.open(paths[i]).convert("RGBA")
        image = image.crop(image.getbbox() or (0, 0, *image.size))
        side = max(image.size)
        square = Image.new("RGBA", (side, side))
        square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
        x = np.asarray(square.resize((64, 64), Image.BILINEAR), np.float32) / 255
        alpha = x[..., 3:]
        x = np.concatenate([(x[..., :3] * alpha + 1 - alpha - 0.6) * 3, alpha * 2 - 1], 2)
        return torch.from_numpy(x.transpose(2, 0, 1)), i


state = load_safetensors(weights)
with open(os.path.join(os.path.dirname(weights), "model.json")) as file:
    shape = json.load(file)["network"]
net = StickerNet(
    state["tag_head.weight"].shape[0], state["tag_vectors"].shape[0], semantic=state["semantic_head.weight"].shape[0], squashed=True,
    prototypes=len(state["prototypes"]), prototype_tags=len(state["prototype_tags"]),
    spread=shape.get("prototypeSpread", 20), share=shape.get("tagHeadShare", 0.25))
missing, _ = net.load_state_dict(state, strict=False)
assert all(name.endswith("num_batches_tracked") for name in missing), missing
net.eval()
rows = 0
with open(f"{folder}/peer.csv", "w") as file, torch.no_grad():
    writer = csv.writer(file)
    for x, places in torch.utils.data.DataLoader(Pictures(), batch_size=64, num_workers=workers):
        scores = torch.sigmoid(net(x)[0])
        for row, tag in (scores >= 0.15).nonzero().tolist():
            writer.writerow([paths[places[row]], tag, f"{scores[row, tag]:.4f}"])
            rows += 1
print(f"{len(paths)} pictures, {rows} rows")
