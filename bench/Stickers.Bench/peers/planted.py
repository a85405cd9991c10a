"""Plants altered copies of stickers and says which share of them each threshold of `stickers duplicates` finds.

    python3 planted.py FOLDER STICKERS_DLL ROOT MODEL ARCHIVE.zip ...

Of 120 pictures drawn by lot from the archives, FOLDER/pictures takes the original and its variants; `stickers tag` gives their visual vectors. Then the archives and these pictures are imported,
embedded and indexed in FOLDER/root, and `stickers duplicates` is asked which variants it puts into one group with the original. Needs Debian's python3-pil and python3-numpy.
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


def opaque_part(change):
    def changed(image):
        colours = change(image.convert("RGB")).convert("RGB")
        colours.putalpha(image.getchannel("A"))
        return colours

    return changed


def hue_turned(degrees):
    def turned(colours):
        h, s, v = colours.convert("HSV").split()
        return Image.merge("HSV", (h.point(lambda hue: (hue + round(256 * degrees / 360)) % 256), s, v))

    return opaque_part(turned)


VARIANTS = {
    "copy": (lambda image: image, "png", {}),
    "half the size": (lambda image: image.resize((max(1, image.width // 2), max(1, image.height // 2)), Image.LANCZOS), "png", {}),
    "6 % cut off each side": (cropped, "png", {}),
    "JPEG on white": (on_white, "jpg", {"quality": 75}),
    "mirrored": (ImageOps.mirror, "png", {}),
    "hue turned by 60°": (hue_turned(60), "png", {}),
    "by 180°": (hue_turned(180), "png", {}),
    "by 90°, 3/4 of the size": (lambda image: hue_turned(90)(image).resize((image.width * 3 // 4, image.height * 3 // 4), Image.LANCZOS), "png", {}),
    "colours exchanged": (opaque_part(lambda rgb: Image.merge("RGB", (rgb.split()[2], rgb.split()[0], rgb.split()[1]))), "png", {}),
    "grey": (opaque_part(lambda rgb: rgb.convert("L")), "png", {}),
    "tinted": (opaque_part(lambda rgb: Image.blend(rgb, Image.new("RGB", rgb.size, (255, 120, 0)), 0.4)), "png", {}),
}

work, program, root, model, archives = Path(sys.argv[1]), *sys.argv[2:5], sys.argv[5:]
folder = work / "pictures"
folder.mkdir(parents=True)
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

own = work / "root"
(own / "models").mkdir(parents=True)
(own / "models" / model).symlink_to((Path(root) / "models" / model).resolve())


def stickers(*arguments):
    return json.loads(subprocess.run(["dotnet", program, *arguments, "--root", str(own), "--json"], check=True, stdout=subprocess.PIPE).stdout)


stickers("import", "--name", "planted", str(folder), *archives)
stickers("embed", "--catalogue", "planted", "--model", model)
stickers("index", "build", "--catalogue", "planted", "--model", model, "--space", "visual")
found = stickers("duplicates")
group_of = {}
for g, line in enumerate((own / "duplicates" / found["index"] / "groups.jsonl").read_text().splitlines()):
    for member in json.loads(line)["members"]:
        group_of[Path(member["key"]).stem] = g  # "pictures/003-1.png"
same = [np.mean([group_of.get(f"{i:03}-{v}", -1) == group_of.get(f"{i:03}-original", -2) for i in range(PICTURES)]) for v in range(len(VARIANTS))]
print("| `stickers duplicates` | " + " | ".join(f"{share:.2f}" for share in same) + " |")
print(f"{found['stickers']} stickers, {found['pairs']} pairs, {found['recoloured']} of them by their edges alone, {found['groups']} groups with {found['members']} stickers")
