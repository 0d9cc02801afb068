#!/usr/bin/env python3
"""Three implementations on the shipped weights: the training network (model.py), transformers' deepseek_v4 on the widened
weights, and the program's engine. Roundings off they must agree to 5e-4 in every logit; with the stored roundings the
network and the engine must agree in what comes next.

    equality.py MODEL [--lectern BIN] [--prompts N] [--length T] [--json]        needs torch; transformers where it is there
"""
import argparse, json, os, random, shutil, subprocess, sys, tempfile
from pathlib import Path
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
sys.path.insert(0, str(Path(__file__).parent))
from model import Config, Model
from test_model import load

BOUND = 5e-4
LONG = 700       # one prompt is long enough for the indexer to choose (128 of 175 entries) and for HCA to see five
MARGIN = 2e-5    # a choice closer than this hangs on the last bit: such prompts are passed over and counted


def widened(model):
    """Published names, fp32: what load() puts into the network, to a file transformers opens."""
    return {k: (v if v.dtype == torch.int64 else v.float()).contiguous() for k, v in model.state_dict().items()}


def transformers_logits(folder, state, prompts):
    try:
        from transformers import AutoModelForCausalLM
    except ImportError:
        return None
    config = json.loads((folder / "config.json").read_text())
    config.pop("quantization_config", None); config.pop("expert_dtype", None)
    with tempfile.TemporaryDirectory() as where:
        Path(where, "config.json").write_text(json.dumps(config | {"torch_dtype": "float32"}))
        save_file(state, Path(where, "model.safetensors"), metadata={"format": "pt"})
        other, report = AutoModelForCausalLM.from_pretrained(where, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    wrong = [k for kind in ("missing_keys", "unexpected_keys", "mismatched_keys") for k in report.get(kind, [])]
    if wrong: sys.exit(f"transformers did not take every tensor: {wrong[:5]}")
    other.eval()
    with torch.no_grad(): return [other(torch.tensor(p)[None], use_cache=False).logits[0].float() for p in prompts]


def engine_logits(lectern, folder, prompts, *options):
    out = []
    with tempfile.TemporaryDirectory() as where:
        for p in prompts:
            ids, file = Path(where, "ids.json"), Path(where, "l.safetensors")
            ids.write_text(json.dumps(p))
            subprocess.run([str(lectern), "engine", "logits", str(folder), "--tokens", str(ids), "--out", str(file), *options], check=True, capture_output=True,
                           env=dict(os.environ, XDG_CONFIG_HOME=where, XDG_DATA_HOME=where, XDG_CACHE_HOME=where))
            out.append(load_file(file)["logits"].float())
    return out


def closest(network, prompt):
    """The logits, and the smallest distance between a chosen and a passed-over entry or expert anywhere in the pass."""
    least, hooks, T = [float("inf")], [], len(prompt)

    def margins(scores, k):
        best = scores.topk(k + 1, -1).values
        gap = best[..., k - 1] - best[..., k]
        least[0] = min(least[0], gap[torch.isfinite(gap)].amin().item() if torch.isfinite(gap).any() else float("inf"))

    def index(module, _, scores):
        seen = torch.arange(scores.shape[-1])[None] < ((torch.arange(T) + 1) // 4)[:, None]
        if scores.shape[-1] > module.topk: margins(scores[0, :T].masked_fill(~seen, float("-inf")), module.topk)

    def route(module, arguments):
        score = F.softplus(F.linear(arguments[0][0, :T].float(), module.gate.weight.float())).sqrt()
        margins(score + module.gate.bias, module.c.num_experts_per_tok)

    for layer in network.layers:
        if hasattr(layer.attn, "indexer"): hooks.append(layer.attn.indexer.register_forward_hook(index))
        if hasattr(layer.ffn.gate, "bias"): hooks.append(layer.ffn.register_forward_pre_hook(route))
    with torch.no_grad(): logits = network(torch.tensor(prompt)[None], select=True)[0]
    for hook in hooks: hook.remove()
    return logits, least[0]


def prompts_of(folder, network, count, length):
    """Ordinary text of this folder's own files through the model's tokenizer, without `tokenizers` seeded ids: prompts whose
    choices are decided, the network's logits of them, and how many were passed over."""
    rng = random.Random(4)
    try:
        from tokenizers import Tokenizer
        text = "\n".join(p.read_text() for p in sorted(Path(__file__).parent.glob("*.py")))
        ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text, add_special_tokens=False).ids
    except ImportError:
        size = json.loads((folder / "config.json").read_text())["vocab_size"]
        ids = [rng.randrange(3, size - 200) for _ in range(40000)]
    prompts, logits, passed = [], [], 0
    for n in [LONG] + [rng.randint(length // 2, length) for _ in range(count - 1)]:
        while True:
            at = rng.randrange(len(ids) - n)
            prompt = [0, *ids[at:at + n - 1]]
            exact, margin = closest(network, prompt)
            if margin >= MARGIN: break
            passed += 1
        prompts.append(prompt)
        logits.append(exact)
    return prompts, logits, passed


def network_logits(network, prompts, **options):
    """Sixteen at a time, filled up behind the end: nothing looks ahead."""
    out = []
    with torch.no_grad():
        for some in [prompts[:1], *(prompts[i:i + 16] for i in range(1, len(prompts), 16))]:
            if not some: continue
            longest = max(map(len, some))
            logits = network(torch.tensor([p + [0] * (longest - len(p)) for p in some]), select=True, **options)
            out += [l[:len(p)].clone() for l, p in zip(logits, some)]
    return out


def worst(a, b):
    return max((x - y).abs().max().item() for x, y in zip(a, b))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("model", type=Path)
    a.add_argument("--lectern", type=Path, default=Path(__file__).resolve().parents[2] / "build/bin/lectern")
    a.add_argument("--prompts", type=int, default=64); a.add_argument("--length", type=int, default=256); a.add_argument("--json", action="store_true")
    a = a.parse_args()
    torch.set_num_threads(os.cpu_count())
    network = Model(Config(a.model / "config.json")).eval()
    load(network, load_file(a.model / "model.safetensors"))
    prompts, exact, passed = prompts_of(a.model, network, a.prompts, a.length)
    rounded = network_logits(network, prompts, quant=True)
    engine = engine_logits(a.lectern, a.model, prompts, "--no-qat")
    model = engine_logits(a.lectern, a.model, prompts)
    few = prompts[:min(8, len(prompts))]  # transformers loops over experts: slow
    other = transformers_logits(a.model, widened(network), few)
    same = [(x.argmax(-1) == y.argmax(-1)).float() for x, y in zip(rounded, model)]
    kl = [(x.log_softmax(-1).exp() * (x.log_softmax(-1) - y.log_softmax(-1))).sum(-1) for x, y in zip(rounded, model)]
    result = {"prompts": len(prompts), "passed over": passed, "tokens": sum(map(len, prompts)), "bound": BOUND, "largest logit": max(x.abs().max().item() for x in exact),
              "network against engine": worst(exact, engine),
              "network against transformers": worst(exact, other) if other else None,
              "transformers against engine": worst(other, engine) if other else None, "prompts of transformers": len(few) if other else 0,
              "roundings on: same next token": 100 * torch.cat(same).mean().item(), "roundings on: mean KL": torch.cat(kl).mean().item()}
    differences = [v for k, v in result.items() if " against " in k and v is not None]
    result["equal"] = max(differences) <= BOUND
    print(json.dumps(result) if a.json else "\n".join(f"{k}: {v}" for k, v in result.items()))
    sys.exit(not result["equal"])


if __name__ == "__main__":
    main()
