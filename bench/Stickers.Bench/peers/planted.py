"""Plants altered copies of stickers and says which share of them each threshold of `stickers duplicates` finds.

    python3 planted.py FOLDER STICKERS_DLL ROOT MODEL ARCHIVE.zip ...

Of 120 pictures drawn by lot from the archives, FOLDER takes the original and its variants; `stickers tag` gives their visual vectors. Needs Debian's python3-pil and python3-numpy.
"""
import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

PICTURES, THRESHOLDS = 120, (0.9, 0.95, 0.97, 0.985)


def on_white(image):
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def cropped(image):
    x, y = (round(side * 0.06) for side in image.size)
    return image.crop((x, y, image.width - x, image.height - y))


def hue_turned(image):
    h, s, v = image.convert("RGB").convert("HSV").split()
    turned = Image.merge("HSV", (h.point(lambda hue: (hue + round(256 * 60 / 360)) % 256), s, v)).convert("RGB")
    turned.putalpha(image.getchannel("A"))
    return turned


VARIANTS = {
    "copy": (lambda image: image, "png", {}),
    "half the size": (lambda image: image.resize((max(1, image.width // 2), max(1, image.height // 2)), Image.LANCZOS), "png", {}),
    "6 % cut off each side": (cropped, "png", {}),
    "JPEG on white": (on_white, "jpg", {"quality": 75}),
    "mirrored": (ImageOps.mirror, "png", {}),
    "hue turned by 60°": (hue_turned, "png", {}),
}

folder, program, root, model, archives = Path(sys.argv[1]), *sys.argv[2:5], sys.argv[5:]
folder.mkdir(parents=True, exist_ok=True)
entries = sorted((archive, name) for archive in archives for name in zipfile.ZipFile(archive).namelist() if name.endswith(".png"))
files = []
for i, (archive, name) in enumerate(random.Random(1).sample(entries, PICTURES)):
    data = zipfile.ZipFile(archive).read(name)
    files.append(folder / f"{i:03}-original.png")
    files[-1].write_bytes(data)
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    for v, (make, kind, options) in enumerate(VARIANTS.values()):
        files.append(folder / f"{i:03}-{v}.{kind}")
        make(image).save(files[-1], **options)

answer = subprocess.run(
    ["dotnet", program, "tag", "--root", root, "--model", model, "--scores", "all", "--json", *map(str, files)], check=True, stdout=subprocess.PIPE
).stdout
images = json.loads(answer)["images"]
assert [image["file"] for image in images] == [str(file) for file in files], "the answer is not of these files in this order"
vectors = np.array([image["visual"] for image in images]).reshape(PICTURES, 1 + len(VARIANTS), -1)
vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
cosines = np.einsum("id,ivd->iv", vectors[:, 0], vectors[:, 1:])
print(f"{PICTURES} pictures; share of variants whose cosine with the original reaches the threshold")
print("| threshold | " + " | ".join(VARIANTS) + " |")
print("|---" * (1 + len(VARIANTS)) + "|")
for threshold in THRESHOLDS:
    print(f"| {threshold} | " + " | ".join(f"{share:.2f}" for share in (cosines >= threshold - 1e-6).mean(0)) + " |")
