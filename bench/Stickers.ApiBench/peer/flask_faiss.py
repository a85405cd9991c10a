# The peer: what one writes first. usage: flask_faiss.py vectors.faiss nprobe port
import sys, faiss
from flask import Flask, jsonify
index = faiss.read_index(sys.argv[1]); index.nprobe = int(sys.argv[2]); faiss.omp_set_num_threads(1)
app = Flask(__name__)
@app.get("/similar/<int:id>")
def similar(id):
    scores, ids = index.search(index.reconstruct(id).reshape(1, -1), 21)
    return jsonify([{"id": str(i), "score": float(s)} for i, s in zip(ids[0], scores[0]) if i != id][:20])
app.run(port=int(sys.argv[3]), threaded=True)
