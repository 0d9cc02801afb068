"""What the measures of evaluate.py need and nobody trained: scores, and the baselines on the same items. Standard
library and NumPy only.
"""
import lzma, math, random, re
from collections import Counter
import numpy as np

WORD = re.compile(r"\w+|[^\w\s]")
STOP = set("a an and are as at be by for from has in is it its of on or that the this to was were will with you your not no if can".split())


def words(text):
    return WORD.findall(text.lower())


def parts(text):
    """Lower-case terms, identifiers split at case and underscore."""
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text).replace("_", " ")
    return [w for w in re.findall(r"[a-z0-9]+", text.lower())]


# --- scores -------------------------------------------------------------------------------------------------------

def bleu4(candidate, reference):
    """Sentence BLEU-4 times 100, one added to the counts of n > 1 (Lin and Och 2004), as code summarisation reports it."""
    c, r = words(candidate), words(reference)
    if not c: return 0.0
    log = 0.0
    for n in range(1, 5):
        have = Counter(tuple(c[i:i + n]) for i in range(len(c) - n + 1))
        want = Counter(tuple(r[i:i + n]) for i in range(len(r) - n + 1))
        hits, total, extra = sum((have & want).values()), sum(have.values()), n > 1
        if hits + extra == 0: return 0.0
        log += math.log((hits + extra) / (total + extra)) / 4
    return 100 * math.exp(log + min(0.0, 1 - len(r) / len(c)))


def rouge_l(candidate, reference):
    """F1 of the longest common subsequence of words, times 100."""
    c, r = words(candidate), words(reference)
    if not c or not r: return 0.0
    row = [0] * (len(r) + 1)
    for a in c:
        previous = 0
        for j, b in enumerate(r, 1):
            previous, row[j] = row[j], previous + 1 if a == b else max(row[j], row[j - 1])
    return 200 * row[-1] / (len(c) + len(r))


def heading_recall(summary, heading, most=60):
    """Share of the heading's content words in the first `most` words of a summary, times 100: ROUGE-1 recall, length-limited."""
    want = {w for w in parts(heading) if w not in STOP}
    have = set(parts(" ".join(summary.split()[:most])))
    return 100 * len(want & have) / len(want) if want else None


def interval(values, rounds=1000, seed=1):
    """Mean and the 95 % bootstrap interval over items."""
    v = np.asarray(values, float)
    if len(v) == 0: return None
    means = v[np.random.default_rng(seed).integers(0, len(v), (rounds, len(v)))].mean(1)
    return {"mean": float(v.mean()), "low": float(np.quantile(means, .025)), "high": float(np.quantile(means, .975)), "items": len(v)}


# --- baselines ------------------------------------------------------------------------------------------------------

def identifier_sentence(name):
    text = " ".join(parts(name))
    return text[:1].upper() + text[1:] + "."


def sentences(text):
    return [s.strip() for s in re.split(r"(?<=[.!?])\s+|\n{1,}", text) if len(s.split()) > 2] or [text.strip()]


def lead3(units):
    return " ".join(units[:3])


def textrank(units, count=1):
    """PageRank over the overlap of words, Mihalcea and Tarau 2004; the best units in their order."""
    units = units[:200]
    terms = [set(parts(u)) - STOP for u in units]
    n = len(units)
    if n <= count: return " ".join(units)
    w = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1, n):
            if len(terms[i]) > 1 and len(terms[j]) > 1:
                w[i, j] = w[j, i] = len(terms[i] & terms[j]) / (math.log(len(terms[i])) + math.log(len(terms[j])))
    out = w.sum(1)
    rank = np.full(n, 1 / n)
    for _ in range(40): rank = 0.15 / n + 0.85 * (w / np.where(out > 0, out, 1)[:, None]).T @ rank
    best = sorted(np.argsort(-rank, kind="stable")[:count])
    return " ".join(units[i] for i in best)


def bm25(question, passages, k=1.2, b=0.75):
    """Index of the passage that BM25 puts first."""
    docs = [Counter(parts(p)) for p in passages]
    mean = sum(sum(d.values()) for d in docs) / len(docs)
    frequency = Counter(t for d in docs for t in d)
    def score(d):
        length = sum(d.values())
        return sum(math.log(1 + (len(docs) - frequency[t] + .5) / (frequency[t] + .5)) * d[t] * (k + 1) / (d[t] + k * (1 - b + b * length / mean))
                   for t in set(parts(question)) if d[t])
    return max(range(len(docs)), key=lambda i: (score(docs[i]), -i))


def xz_bits(text):
    data = text.encode()
    return 8 * len(lzma.compress(data, preset=9)) / len(data)


class Order5:
    """Bytes by their last five: Witten-Bell interpolation of orders 0..5 counted on training text (a static PPM)."""
    def __init__(self, text):
        data = np.frombuffer(text, np.uint8).astype(np.uint64)
        self.tables = []
        for order in range(6):
            context = np.zeros(len(data) - order, np.uint64)
            for i in range(order): context = context << np.uint64(8) | data[i:len(data) - order + i]
            pair, count = np.unique(context << np.uint64(8) | data[order:], return_counts=True)
            of, start = np.unique(pair >> np.uint64(8), return_index=True)
            kinds = np.diff(np.append(start, len(pair)))
            self.tables.append((pair, count, of, kinds, np.add.reduceat(count, start)))

    def bits(self, text):
        """Bits per byte."""
        data = np.frombuffer(text, np.uint8).astype(np.uint64)
        p = np.full(len(data), 1 / 256)
        for order, (pair, count, of, kinds, total) in enumerate(self.tables):
            context = np.zeros(len(data), np.uint64)
            for i in range(order, 0, -1): context = context << np.uint64(8) | np.concatenate([np.zeros(i, np.uint64), data[:-i]])
            at = np.minimum(np.searchsorted(of, context), len(of) - 1)
            known = of[at] == context
            key = context << np.uint64(8) | data
            where = np.minimum(np.searchsorted(pair, key), len(pair) - 1)
            seen = np.where(pair[where] == key, count[where], 0)
            p = np.where(known, (seen + kinds[at] * p) / (total[at] + kinds[at]), p)
        return float(-np.log2(p).mean())


def texts_of(path, split, kind, characters, seed=1):
    """Texts of one kind and split of text.jsonl, shuffled, up to so many characters in all."""
    import json
    rows = []
    with open(path) as f:
        for line in f:
            head = line[:400]
            if f'"split": "{split}"' in head and f'"kind": "{kind}"' in head: rows.append(line)
    random.Random(seed).shuffle(rows)
    out, total = [], 0
    for row in rows:
        if total > characters: break
        out.append(json.loads(row)["text"])
        total += len(out[-1])
    return out
