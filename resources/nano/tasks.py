"""Records into chats, the same words the program uses: the templates are resources/prompts/nano_*.md. A chat is
[(text, is_answer)]; control tokens are put in as ids by `encode`, never as text.
"""
import random, re, string
from pathlib import Path

PROMPTS = {p.stem.removeprefix("nano_"): p.read_text().strip() for p in (Path(__file__).parent.parent / "prompts").glob("nano_*.md")}
KEYS = ["access code", "batch number", "build label", "ticket number", "port name", "serial number", "door code", "release tag",
        "project name", "file key", "invoice number", "room number"]
NOT_FOUND = "Not in the text."


def fill(name, /, **values):
    return re.sub(r"\{\{(\w+)\}\}", lambda m: values[m[1]], PROMPTS[name])


def describe(record):
    return [(fill("describe", text=record["text"], name=record["name"]), record["answer"])]


def title(record):
    return [(fill("title", text=record["text"]), record["answer"])]


def point(records, rng):
    """Which of k numbered passages does the sentence describe?"""
    k = rng.randint(2, 6)
    chosen = rng.sample(records, k)
    right = rng.randrange(k)
    listing = "\n\n".join(f"[{i + 1}] " + "\n".join(r["text"].split("\n")[:6]) for i, r in enumerate(chosen))
    return [(fill("point", text=listing, question=chosen[right]["answer"]), f"[{right + 1}]")]


def value(rng):
    kind = rng.randrange(3)
    if kind == 0: return "".join(rng.choice(string.digits) for _ in range(rng.randint(3, 7)))
    if kind == 1: return "".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(4, 8)))
    return rng.choice(string.ascii_uppercase) + "".join(rng.choice(string.digits) for _ in range(3)) + rng.choice(string.ascii_uppercase)


def facts(rng, count):
    """Distinct (sentence, question, answer) triples to plant, and one question whose answer is not there."""
    owners = set()
    while len(owners) < count + 1:
        owners.add("".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(4, 7))))
    out = []
    for owner in sorted(owners):
        key = rng.choice(KEYS)
        out.append((f"The {key} of {owner} is {(v := value(rng))}.", f"What is the {key} of {owner}?", v))
    rng.shuffle(out)
    return out[:-1], out[-1][1]


class Encoder:
    def __init__(self, tokenizer):
        self.t = tokenizer
        ids = {n: tokenizer.token_to_id(n) for n in ("<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "</think>")}
        self.bos, self.eos, self.user, self.assistant, self.end_think = ids.values()

    def text(self, s):
        return self.t.encode(s, add_special_tokens=False).ids

    def chat(self, turns):
        """[(question or token ids, answer)] -> ids, mask (1 on what the model must say)."""
        ids, mask = [self.bos], [0]
        for question, answer in turns:
            q = [self.user, *(question if isinstance(question, list) else self.text(question)), self.assistant, self.end_think]
            a = [*self.text(answer), self.eos]
            ids += q + a
            mask += [0] * len(q) + [1] * len(a)
        return ids, mask

    def recall(self, filler, length, rng):
        """A chat of about `length` tokens: `filler` ids with planted facts, then questions about them."""
        count = rng.randint(2, 8)
        planted, absent = facts(rng, count)
        room = max(64, length - 60 * (count + 1))
        filler = filler[:room]
        places = sorted(rng.randrange(len(filler) + 1) for _ in planted)
        context, last = [], 0
        for place, (sentence, _, _) in zip(places, planted):
            context += filler[last:place] + self.text("\n" + sentence + "\n")
            last = place
        context += filler[last:]
        asked = [(q, v) for _, q, v in planted]
        if rng.random() < 0.4: asked.append((absent, NOT_FOUND))
        rng.shuffle(asked)
        first, *rest = asked
        return self.chat([(context + self.text("\n\n" + fill("recall", question=first[0])), first[1])] + [(fill("recall", question=q), v) for q, v in rest])
