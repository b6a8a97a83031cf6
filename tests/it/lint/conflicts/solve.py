"""Makes the table of small plans beside this file, solved exactly: which sets of their goals can't hold, and are as small
as can be. Sums and differences are linear in the values, products and quotients in the logarithms of the ratios to the
baseline; scipy's linear programs decide. Run: python solve.py > solved.tsv (scipy 1.15 or later)."""
import itertools
import random

import numpy
from scipy.optimize import linprog

LEAVES = ["a", "b", "c"]
# Each as its weights on the leaves.
SUMS = {"s": ("a + b", [1, 1, 0]), "u": ("a + b + c", [1, 1, 1]), "d": ("a - c", [1, 0, -1]), "w": ("2 * a + b", [2, 1, 0])}
RATES = {"r": ("a / b", [1, -1, 0]), "q": ("c / b", [0, -1, 1]), "x": ("a / c", [1, 0, -1])}


def feasible(rows, bounds):
    """rows: (weights, low, high)"""
    left, right = [], []
    for weights, low, high in rows:
        if high is not None:
            left.append(weights), right.append(high)
        if low is not None:
            left.append([-w for w in weights]), right.append(-low)
    if not left:
        return True
    result = linprog(numpy.zeros(3), A_ub=left, b_ub=right, bounds=bounds, method="highs")
    return result.status == 0


def least(rows, bounds):
    found = []
    for size in range(1, len(rows) + 1):
        for chosen in itertools.combinations(range(len(rows)), size):
            if any(set(f) <= set(chosen) for f in found):
                continue
            if not feasible([rows[i] for i in chosen], bounds):
                found.append(chosen)
    return found


def weights(name, made):
    return made[name][1] if name in made else [1 if name == leaf else 0 for leaf in LEAVES]


def values(rng):
    made = dict(rng.sample(sorted(SUMS.items()), 2))
    goals, rows = [], []
    for i in range(rng.randint(3, 6)):
        name = rng.choice(LEAVES + list(made) * 2)
        number = rng.randint(1, 12) * 10
        kind = rng.choice([">=", "<=", "between"])
        if kind == "between":
            goals.append(f"goal g{i}: {name} between {number} and {number + 15} in Q1 2021")
            rows.append((weights(name, made), number, number + 15))
        else:
            goals.append(f"goal g{i}: {name} {kind} {number} in Q1 2021")
            rows.append((weights(name, made), number if kind == ">=" else None, number if kind == "<=" else None))
    return made, goals, least(rows, [(0, None)] * 3)


def ratios(rng):
    made = dict(rng.sample(sorted(RATES.items()), 2))
    goals, rows = [], []
    log = lambda share: float(numpy.log(1 + share / 100))
    for i in range(rng.randint(3, 6)):
        name = rng.choice(LEAVES + list(made) * 2)
        share = rng.randint(1, 12) * 5
        kind = rng.choice(["+", "-", "near", "near"])
        if kind == "near":
            goals.append(f"goal g{i}: {name} within {share}% of {name}[Q4 2020] in Q1 2021")
            rows.append((weights(name, made), log(-share), log(share)))
        else:
            goals.append(f"goal g{i}: {name} {kind}{share}% in Q1 2021 from Q4 2020")
            rows.append((weights(name, made), log(share) if kind == "+" else None, log(-share) if kind == "-" else None))
    return made, goals, least(rows, [(None, None)] * 3)


def main():
    rng = random.Random(306)
    print("# Made by solve.py: metrics; goals; the least sets of goals that can't hold, each goal by its number.")
    for n in range(240):
        made, goals, sets = (values if n % 2 == 0 else ratios)(rng)
        metrics = [f"metric {leaf} = sum(t.{leaf}) unit things" for leaf in LEAVES]
        metrics += [f"metric {name} = {text}" for name, (text, _) in sorted(made.items())]
        print("\t".join(["; ".join(metrics), "; ".join(goals), " ".join(",".join(map(str, s)) for s in sets) or "-"]))


main()
