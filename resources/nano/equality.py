#!/usr/bin/env python3
"""Three implementations on the shipped weights: the training network (model.py), transformers' deepseek_v4 on the widened
weights, and the program's engine. Roundings off they must agree to 5e-4 in every logit; with the stored roundings the
network and the engine must agree in what comes next.

    equality.py MODEL [--lectern BIN] [--prompts N] [--length T] [--json]        needs torch; transformers where it is there
"""
import argparse, json, os, random, shutil, subprocess, sys, tempfile
from pathlib import Path
import torch
from safetensors.torch import load_file, save_file
sys.path.insert(0, str(Path(__file__).parent))
from model import Config, Model
from test_model import load

BOUND, LONG = 5e-4, 1400  # one prompt is long enough for the indexer to choose (top 128 of 350 entries) and HCA to see ten


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


def prompts_of(folder, count, length):
    """Ordinary text of this folder's own files through the model's tokenizer; without `tokenizers`, seeded ids."""
    rng = random.Random(4)
    try:
        from tokenizers import Tokenizer
        text = "\n".join(p.read_text() for p in sorted(Path(__file__).parent.glob("*.py")))
        ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text, add_special_tokens=False).ids
    except ImportError:
        size = json.loads((folder / "config.json").read_text())["vocab_size"]
        ids = [rng.randrange(3, size - 200) for _ in range(40000)]
    sizes = [LONG] + [rng.randint(length // 2, length) for _ in range(count - 1)]
    return [[0, *ids[at:at + n - 1]] for n in sizes for at in [rng.randrange(len(ids) - n)]]


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
    prompts = prompts_of(a.model, a.prompts, a.length)
    with torch.no_grad():
        exact = [network(torch.tensor(p)[None], select=True)[0] for p in prompts]
        rounded = [network(torch.tensor(p)[None], select=True, quant=True)[0] for p in prompts]
    engine = engine_logits(a.lectern, a.model, prompts, "--no-qat")
    model = engine_logits(a.lectern, a.model, prompts)
    few = prompts[:min(8, len(prompts))]  # transformers loops over experts: slow
    other = transformers_logits(a.model, widened(network), few)
    same = [(x.argmax(-1) == y.argmax(-1)).float() for x, y in zip(rounded, model)]
    kl = [(x.log_softmax(-1).exp() * (x.log_softmax(-1) - y.log_softmax(-1))).sum(-1) for x, y in zip(rounded, model)]
    result = {"prompts": len(prompts), "tokens": sum(map(len, prompts)), "bound": BOUND, "largest logit": max(x.abs().max().item() for x in exact),
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
