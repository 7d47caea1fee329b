"""tests · parity. scikit-learn's Isolation Forest on labelled sets that need no network: its own bundled ones, one class
thinned out to be the rare one, and mixtures drawn here. Prints each set, and the peer's AUROC for each seed, as JSON."""

import json
import sys

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

seeds, trees, sample = (int(word) for word in sys.argv[1:4])
draw = np.random.default_rng(2024)


def rare(data, target, odd, keep):
    """All rows of the other classes, and `keep` of the odd one."""
    plain = data[~np.isin(target, odd)]
    few = data[np.isin(target, odd)][:keep]
    return np.vstack([plain, few]), np.r_[np.zeros(len(plain)), np.ones(len(few))]


def mixture(columns, spread, count=400, odd=24):
    """A cloud, and a few rows from a wider one."""
    return (
        np.vstack([draw.normal(size=(count, columns)), spread * draw.normal(size=(odd, columns))]),
        np.r_[np.zeros(count), np.ones(odd)],
    )


def clusters(columns, count=400, odd=24):
    """Two clouds, and a few rows spread evenly over and between them."""
    half = count // 2
    plain = np.vstack([draw.normal(-3, 1, (half, columns)), draw.normal(3, 0.5, (half, columns))])
    return np.vstack([plain, draw.uniform(-7, 7, (odd, columns))]), np.r_[np.zeros(count), np.ones(odd)]


def skewed(columns, count=400, odd=24):
    """Long tails, where the odd rows lie further out than most."""
    plain = draw.lognormal(0, 0.7, (count, columns))
    return np.vstack([plain, 3 + draw.lognormal(0, 0.7, (odd, columns))]), np.r_[np.zeros(count), np.ones(odd)]


cancer, wine, digits, iris = load_breast_cancer(), load_wine(), load_digits(), load_iris()
sets = {
    "cancer": rare(cancer.data, cancer.target, [0], 30),
    "wine": rare(wine.data, wine.target, [0], 10),
    "wine-2": rare(wine.data, wine.target, [2], 10),
    "iris": rare(iris.data, iris.target, [0], 10),
    "iris-2": rare(iris.data, iris.target, [2], 10),
    "digits-0": rare(digits.data[:600], digits.target[:600], [0], 12),
    "digits-1": rare(digits.data[:600], digits.target[:600], [1], 12),
    "wide-2": mixture(2, 3),
    "wide-8": mixture(8, 2),
    "clusters-2": clusters(2),
    "clusters-5": clusters(5),
    "skewed-3": skewed(3),
}

told = []
for name, (rows, labels) in sets.items():
    scores = []
    for seed in range(seeds):
        forest = IsolationForest(n_estimators=trees, max_samples=min(sample, len(rows)), random_state=seed, n_jobs=1)
        scores.append(roc_auc_score(labels, -forest.fit(rows).score_samples(rows)))
    told.append({"name": name, "rows": rows.tolist(), "labels": labels.tolist(), "auroc": scores})
json.dump(told, sys.stdout)
