"""tests · bench. scikit-learn's Isolation Forest in one thread. `speed ROUNDS`: fits and scores 100,000 x 8, and one row.
`stream`: reads series as JSON lines of rows, and scores each row with a forest of the rows before it, refitted."""

import json
import resource
import sys
import time

import numpy as np
from sklearn.ensemble import IsolationForest


def speed(rounds):
    rows = np.random.default_rng(11).normal(size=(100_000, 8))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ms, one = [], []
    for _ in range(rounds):
        began = time.process_time()
        forest = IsolationForest(n_estimators=100, max_samples=256, n_jobs=1).fit(rows)
        forest.score_samples(rows)
        ms.append((time.process_time() - began) * 1000)
    for i in range(20):
        began = time.process_time()
        forest.score_samples(rows[i : i + 1])
        one.append((time.process_time() - began) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"ms": ms, "one": one, "peakMb": peak // 1024, "beforeMb": before // 1024}))


def stream(trees, sample, window, turn):
    """Refits every `turn` rows, oftener while few rows are known."""
    for line in sys.stdin:
        rows = np.array(json.loads(line), dtype=float)
        scores = np.zeros(len(rows))
        at = 30
        while at < len(rows):
            to = min(len(rows), at + min(turn, max(8, at // 8)))
            past = rows[max(0, at - window) : at]
            forest = IsolationForest(n_estimators=trees, max_samples=min(sample, len(past)), random_state=1, n_jobs=1)
            scores[at:to] = -forest.fit(past).score_samples(rows[at:to])
            at = to
        print(json.dumps(scores.tolist()), flush=True)


if sys.argv[1] == "speed":
    speed(int(sys.argv[2]))
else:
    stream(*(int(word) for word in sys.argv[2:6]))
