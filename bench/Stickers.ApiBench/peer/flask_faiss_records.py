# The peer with what our answers have: the record of every sticker. usage: flask_faiss_records.py folder-of-the-index nprobe port
import json, sqlite3, sys, faiss, numpy
from flask import Flask, jsonify
folder = sys.argv[1]
index = faiss.read_index(f"{folder}/vectors.faiss"); index.nprobe = int(sys.argv[2]); faiss.omp_set_num_threads(1)
head = numpy.fromfile(f"{folder}/rows.bin", numpy.int64, 2); stickers = numpy.fromfile(f"{folder}/rows.bin", numpy.int64, int(head[1]), offset=16)
db = sqlite3.connect(f"file:{folder}/stickers.db?mode=ro", uri=True, check_same_thread=False); db.row_factory = sqlite3.Row
app = Flask(__name__)
@app.get("/similar/<int:id>")
def similar(id):
    scores, ids = index.search(index.reconstruct(id).reshape(1, -1), 21)
    found = [(int(stickers[i]), float(s)) for i, s in zip(ids[0], scores[0]) if i != id][:20]
    rows = {r["id"]: dict(r) for r in db.execute(f"SELECT id, pack, creator, title, locale, frames, created, tags FROM sticker WHERE id IN ({','.join(str(i) for i, _ in found)})")}
    return jsonify([{"score": s, "sticker": rows[i] | {"id": str(i), "tags": json.loads(rows[i]["tags"])}} for i, s in found])
app.run(port=int(sys.argv[3]), threaded=True)
