#!/usr/bin/env python3
"""A small vocabulary with V4's pre-tokeniser and id layout: 0-2 begin, end, pad; 3-258 the bytes; merge i makes
259 + i; added tokens fill the end.

    vocab.py V4_TOKENIZER.json.xz SHARD.jsonl.xz SIZE OUT/tokenizer.json
"""
import json, lzma, sys
from tokenizers import Tokenizer, models, trainers

ROLES = ["<｜User｜>", "<｜Assistant｜>", "<think>", "</think>", "｜DSML｜"]


def build(v4, shard, size, out):
    template = json.loads(lzma.open(v4).read())
    reserved = 192
    added = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"]
    blank = Tokenizer.from_str(json.dumps(template | {"added_tokens": [], "model": template["model"] | {"vocab": {}, "merges": []}}))
    trainer = trainers.BpeTrainer(vocab_size=size - 3 - reserved, initial_alphabet=sorted(byte_characters()), special_tokens=[], show_progress=False)
    texts = (json.loads(line)["text"] for i, line in enumerate(lzma.open(shard, "rt")) if i % 3 == 0)
    blank.model = models.BPE()
    blank.train_from_iterator(texts, trainer)
    learned = json.loads(blank.to_str())["model"]
    symbols = [s for s, _ in sorted(learned["vocab"].items(), key=lambda kv: kv[1])]
    base = sorted(byte_characters())
    merges = learned["merges"]
    vocab = {t: i for i, t in enumerate(added)} | {b: 3 + i for i, b in enumerate(base)}
    for merge in merges:
        left, right = merge if isinstance(merge, list) else merge.split(" ")
        vocab.setdefault(left + right, len(vocab))
    assert len(symbols) == len(vocab) - 3, (len(symbols), len(vocab))
    first = len(vocab)
    template["model"]["vocab"], template["model"]["merges"] = vocab, merges
    style = template["added_tokens"][0]
    names = added + ROLES
    names += [f"<｜place▁holder▁no▁{i}｜>" for i in range(size - first - len(ROLES))]
    ids = list(range(3)) + list(range(first, size))
    template["added_tokens"] = [style | {"id": i, "content": n, "special": n not in ROLES, "normalized": False} for i, n in zip(ids, names)]
    json.dump(template, open(out, "w"), ensure_ascii=False)
    print(len(vocab), "entries,", len(merges), "merges, added tokens from", first)


def byte_characters():
    keep = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [b for b in range(256) if b not in keep]
    return [chr(b) for b in keep] + [chr(0x100 + i) for i in range(len(rest))]


if __name__ == "__main__":
    if len(sys.argv) != 5: sys.exit(__doc__)
    build(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
