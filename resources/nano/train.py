#!/usr/bin/env python3
"""Trains V4-nano from random weights or from --init: text at 2K, then text, tasks and recall at 8K and at 32K with
selection and stored-value roundings simulated. Budgets in seconds decide the length, so that a machine is used to the end.

    train.py CONFIG TOKENIZER SHARD.jsonl.xz OUT [--init STATE] --first S --second S --third S [--batch TOKENS] [--cpu]
    torchrun --nproc-per-node 2 train.py ...        the same on several GPUs: each takes a part of every batch

Writes OUT/log.txt, OUT/state.pt (every 4 minutes and at the end). Then: export.py OUT/state.pt ...
"""
import argparse, json, lzma, math, os, random, time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
import torch.utils.checkpoint
from tokenizers import Tokenizer
from model import Config, Model
from tasks import Encoder, describe, point, title


def lines_of(shard):
    return [json.loads(line) for line in lzma.open(shard, "rt")]


def encode_part(args):
    path, texts = args
    t = Tokenizer.from_file(path)
    return [np.array([0, *e.ids], np.uint16) for e in t.encode_batch(texts, add_special_tokens=False)]


class Sequences:
    """Batches [B, T] of ids and weights, made in worker processes."""
    def __init__(self, tokenizer, stream, records, seed):
        self.tokenizer, self.stream, self.records = tokenizer, stream, records
        self.by = {f: [r for r in records if r["family"] == f] for f in ("describe", "title")}

    def text(self, length, rng):
        at = rng.randrange(len(self.stream) - length - 1)
        return self.stream[at:at + length].tolist()

    def mixed(self, T, rng, enc):
        ids, weight = [], []
        while len(ids) < T + 1:
            kind = rng.random()
            if kind < 0.25:
                length = min(int(math.exp(rng.uniform(math.log(300), math.log(T - 64)))), max(300, T - len(ids)))
                i, m = enc.recall(self.text(length, rng), length, rng)
            elif kind < 0.65 and self.by["describe"]: i, m = enc.chat(describe(rng.choice(self.by["describe"])))
            elif kind < 0.72 and self.by["title"]: i, m = enc.chat(title(rng.choice(self.by["title"])))
            elif kind < 0.85 and len(self.by["describe"]) > 8: i, m = enc.chat(point(self.by["describe"], rng))
            else:
                i = [0] + self.text(rng.randint(200, 1500), rng)
                m = [0] * len(i)
            ids += i
            weight += [1.0 if a else 0.1 for a in m]
        return ids[:T + 1], weight[:T + 1]


_shared = {}


def make_mixed(args):
    T, count, seed = args
    s = _shared["sequences"]
    if "encoder" not in _shared: _shared["encoder"] = Encoder(Tokenizer.from_file(s.tokenizer))
    rng = random.Random(seed)
    rows = [s.mixed(T, rng, _shared["encoder"]) for _ in range(count)]
    return np.array([r[0] for r in rows], np.uint16), np.array([r[1] for r in rows], np.float16)


def newton_schulz(G):
    X = G.bfloat16()
    tall = X.shape[-2] > X.shape[-1]
    if tall: X = X.mT
    X = X / (X.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        A = X @ X.mT
        X = 3.4445 * X + (-4.7750 * A + 2.0315 * A @ A) @ X
    return (X.mT if tall else X).float()


class Muon(torch.optim.Optimizer):
    """Momentum, then the nearest orthogonal matrix; matrices of one shape go through together."""
    def __init__(self, params, lr, momentum=0.95):
        super().__init__(params, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            shapes = {}
            for p in group["params"]:
                if p.grad is not None: shapes.setdefault(p.shape, []).append(p)
            for shape, ps in shapes.items():
                grads = []
                for p in ps:
                    m = self.state[p].setdefault("m", torch.zeros_like(p))
                    m.mul_(group["momentum"]).add_(p.grad)
                    grads.append(p.grad + group["momentum"] * m)
                updates = newton_schulz(torch.stack(grads)) * max(1, shape[0] / shape[1]) ** 0.5
                for p, u in zip(ps, updates): p.add_(u, alpha=-group["lr"])


def optimisers(model):
    hidden, other, mixing = [], [], []
    for name, p in model.named_parameters():
        if ".hc_" in name or name.startswith("hc_"): mixing.append(p)
        elif p.dim() == 2 and not name.startswith(("embed", "head")) and "gate.weight" not in name and "ape" not in name: hidden.append(p)
        else: other.append(p)
    adam = torch.optim.AdamW([{"params": other, "lr": 3e-3}, {"params": mixing, "lr": 1e-3}], betas=(0.9, 0.95), weight_decay=0.0, fused=torch.cuda.is_available())
    return [Muon(hidden, 0.02), adam]


def loss_of(model, head, ids, weight, dtype, quant, select):
    hidden, index_losses, loads = model.hidden(ids[:, :-1], dtype=dtype, quant=quant, select=select)
    flat, target, w = hidden.flatten(0, 1), ids[:, 1:].flatten(), weight[:, 1:].flatten().float()
    total = sum(torch.utils.checkpoint.checkpoint(head, flat[i:i + 16384], target[i:i + 16384], w[i:i + 16384], use_reentrant=False)
                for i in range(0, len(target), 16384))
    return total / w.sum(), sum(index_losses) / max(1, len(index_losses)), loads


def main():
    a = argparse.ArgumentParser()
    for name in ("config", "tokenizer", "shard", "out"): a.add_argument(name)
    a.add_argument("--first", type=float, default=300)
    a.add_argument("--second", type=float, default=300)
    a.add_argument("--third", type=float, default=0)
    a.add_argument("--batch", type=int, default=262144)
    a.add_argument("--micro", type=int, default=65536)
    a.add_argument("--lengths", type=int, nargs=3, default=[2048, 8192, 32768])
    a.add_argument("--init", help="continue from this state.pt")
    a.add_argument("--rate", type=float, default=1.0, help="factor on every learning rate")
    a.add_argument("--cpu", action="store_true", help="no GPU: fp32, nothing compiled")
    a = a.parse_args()
    out = Path(a.out); out.mkdir(parents=True, exist_ok=True)
    begin = time.time()
    ranks, part = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    if ranks > 1:
        dist.init_process_group("gloo" if a.cpu else "nccl")
        if not a.cpu: torch.cuda.set_device(part)

    def log(*words):
        if part: return
        line = f"{time.time() - begin:7.1f} s  " + " ".join(str(w) for w in words)
        print(line, flush=True)
        with open(out / "log.txt", "a") as f: f.write(line + "\n")

    device = "cpu" if a.cpu else "cuda"
    dtype = torch.float32 if a.cpu else torch.bfloat16
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = True
    torch._dynamo.config.cache_size_limit = 64

    rows = lines_of(a.shard)
    texts = [r for r in rows if "kind" in r]
    records = [r for r in rows if "family" in r and r["split"] == "train"]
    train = [r["text"] for r in texts if r["split"] == "train"]
    valid = [r["text"] for r in texts if r["split"] == "valid"][:200]
    log(len(train), "texts,", sum(map(len, train)) / 1e6, "M characters,", len(records), "records")
    workers = max(1, os.cpu_count() // ranks)
    parts = [(a.tokenizer, train[i::workers * 4]) for i in range(workers * 4)]
    with ProcessPoolExecutor(workers) as pool: encoded = [d for part in pool.map(encode_part, parts) for d in part]
    random.Random(3).shuffle(encoded)
    stream = np.concatenate(encoded)
    held = encode_part((a.tokenizer, valid))
    held_bytes = sum(len(v.encode()) for v in valid)
    log(len(stream) / 1e6, "M tokens,", sum(map(len, train)) / len(stream), "characters a token")

    c = Config(a.config)
    model = Model(c)
    counts = np.bincount(stream, minlength=c.vocab_size)
    rank = np.empty(c.vocab_size, np.int64); rank[np.argsort(-counts, kind="stable")] = np.arange(c.vocab_size)
    E, K = c.n_routed_experts, c.num_experts_per_tok
    table = torch.tensor(np.stack([(rank + k * (1 + (rank // E) % (E - 1))) % E for k in range(K)], 1))
    for layer in model.layers[:c.num_hash_layers]: layer.ffn.gate.tid2eid.copy_(table)
    if a.init: model.load_state_dict({k: v.to(model.state_dict()[k].dtype) for k, v in torch.load(a.init, weights_only=True)["state"].items()})
    model.to(device)
    log(sum(p.numel() for p in model.parameters()), "parameters")

    def head(x, target, w):
        return (F.cross_entropy(F.linear(x, model.head.weight.to(x.dtype)).float(), target, reduction="none") * w).sum()

    if not a.cpu:
        for layer in model.layers: layer.compile(dynamic=False)
        head = torch.compile(head, dynamic=False)
    opts = optimisers(model)
    base = [[g["lr"] for g in o.param_groups] for o in opts]
    _shared["sequences"] = Sequences(a.tokenizer, stream, records, 5)
    stopped = {"clock": 0.0, "compile": 0.0}

    def run(T, seconds, quant, select, mixed, rate, pool):
        """Steps until the stage's seconds are over; compilation of the first step does not count."""
        B = max(1, a.batch // T // ranks)  # sequences a step on this GPU
        micro = min(B, max(1, a.micro // T))
        rng, step, tokens, start = np.random.default_rng(T + 7919 * part), 0, 0, None
        seed, entered = 1000003 * T + 500009 * part, time.time()
        pending = [pool.submit(make_mixed, (T, micro, seed + i)) for i in range(max(2, 4 * B // micro))] if mixed else []
        issued = len(pending)
        while True:
            progress = torch.tensor(0.0 if start is None else (time.time() - start) / seconds, device=device)
            if ranks > 1: dist.broadcast(progress, 0)  # one clock
            if (progress := float(progress)) >= 1: break
            for o, rates in zip(opts, base):
                for g, r in zip(o.param_groups, rates): g["lr"] = a.rate * r * rate(min(1.0, progress)) * min(1.0, (step + 1) / 20)
            loads = None
            for _ in range(max(1, B // micro)):
                if mixed:
                    ids, weight = pending.pop(0).result()
                    pending.append(pool.submit(make_mixed, (T, micro, seed + issued))); issued += 1
                else:
                    at = rng.integers(0, len(stream) - T - 1, micro)
                    ids = np.stack([stream[i:i + T + 1] for i in at]); weight = np.ones(ids.shape, np.float16)
                ids = torch.from_numpy(ids.astype(np.int64)).to(device, non_blocking=True)
                weight = torch.from_numpy(weight).to(device, non_blocking=True)
                loss, index_loss, load = loss_of(model, head, ids, weight, dtype, quant, select)
                ((loss + 0.1 * index_loss) / max(1, B // micro)).backward()
                loads = load if loads is None else [x + y for x, y in zip(loads, load)]
            if ranks > 1:
                shared = [p.grad for p in model.parameters() if p.grad is not None] + loads
                flat = torch.cat([t.float().flatten() for t in shared])
                dist.all_reduce(flat)
                for t, f in zip(shared, (flat / ranks).split([t.numel() for t in shared])): t.copy_(f.view_as(t))
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for o in opts: o.step(); o.zero_grad(set_to_none=True)
            with torch.no_grad():
                for layer, l in zip(model.layers, loads):
                    if hasattr(layer.ffn.gate, "bias"): layer.ffn.gate.bias.add_(torch.sign(l.mean() - l), alpha=1e-3)
            if start is None:
                if device == "cuda": torch.cuda.synchronize()
                stopped["compile"] = time.time() - entered
                log(f"T {T}: first step (compiled in {stopped['compile']:.0f} s), loss {loss.item():.3f}")
                start = time.time()
            else: tokens += B * T * ranks
            step += 1
            if step % 20 == 0 or (a.cpu and step % 2 == 0):
                log(f"T {T} step {step} loss {loss.item():.4f} index {float(index_loss):.3f} tokens {tokens / 1e6:.1f} M  {tokens / (time.time() - start) / 1e3:.0f} k/s")
            if time.time() - stopped["clock"] > 240: save()
        for f in pending: f.cancel()
        log(f"stage T {T}: {step} steps, {tokens / 1e6:.1f} M tokens")

    def save():
        stopped["clock"] = time.time()
        if part: return
        torch.save({"config": c.values, "state": {k.replace("_orig_mod.", ""): v.cpu() for k, v in model.state_dict().items()}}, out / "state.pt")

    @torch.no_grad()
    def bits(quant):
        model.eval()  # outside the compiled layers: a second compilation costs more than it saves
        torch.compiler.set_stance("force_eager")
        total = 0.0
        for d in held:
            ids = torch.from_numpy(d[:2049].astype(np.int64)).to(device)[None]
            if len(d) < 3: continue
            h = model.hidden(ids[:, :-1], dtype=dtype, quant=quant, select=True)[0][0]
            total += F.cross_entropy(model.head(h.float()), ids[0, 1:], reduction="sum").item()
        model.train()
        torch.compiler.set_stance("default")
        covered = sum(min(1.0, 2048 / len(d)) * len(v.encode()) for d, v in zip(held, valid))
        return total / math.log(2) / max(covered, 1)

    @torch.no_grad()
    def recall(T, count=20):
        """Share of planted values in held-out text of which every token is the likeliest one."""
        model.eval()
        torch.compiler.set_stance("force_eager")
        enc, rng, held_text = Encoder(Tokenizer.from_file(a.tokenizer)), random.Random(T), np.concatenate(held).tolist()
        right = asked = 0
        for _ in range(count):
            at = rng.randrange(max(1, len(held_text) - T))
            ids, mask = enc.recall(held_text[at:at + T], T - 200, rng)
            ids = torch.tensor(ids, device=device)[None]
            best = model.head(model.hidden(ids[:, :-1], dtype=dtype, quant=True, select=True)[0][0].to(dtype)).argmax(-1).tolist()
            good = None
            for b, want, m in zip(best, ids[0, 1:].tolist(), mask[1:]):
                if m: good = (good is not False) and b == want
                elif good is not None: right, asked, good = right + good, asked + 1, None
            right, asked = right + bool(good), asked + 1
        model.train()
        torch.compiler.set_stance("default")
        return round(right / asked, 3)

    save()
    with ProcessPoolExecutor(workers) as pool:  # forked now: workers share the stream
        if a.first: run(a.lengths[0], a.first, False, False, False, lambda p: 1.0, pool)
        save()
        third = lambda: a.third and stopped["compile"] < 150  # each length is compiled anew
        last = lambda: 0.1 if third() else 0.005
        if a.second: run(a.lengths[1], a.second, True, True, True, lambda p: 1 - p + p * last(), pool)
        save()
        if third(): run(a.lengths[2], a.third, True, True, True, lambda p: last() * (1 - p) + 0.002, pool)
    save()
    if part: return
    log("held-out bits per byte:", round(bits(False), 4), "with stored roundings:", round(bits(True), 4))
    for T in a.lengths: log("recall on held-out text,", T, "tokens:", recall(T))


if __name__ == "__main__":
    main()
