#!/usr/bin/env python3
"""A trained state into the published checkpoint format: FP4 experts (low nibble = even column, E8M0 per 32), FP8
matrices (E8M0 per 128 x 128), BF16, F32 and I64, official names. Re-reads what it wrote and compares.

    export.py STATE.pt TOKENIZER.json OUT_FOLDER
"""
import json, shutil, sys
from pathlib import Path
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from model import Config, Model, fp4_scales, fp8_scales, _e2m1

CODES = torch.tensor([0, .5, 1, 1.5, 2, 3, 4, 6])


def e8m0(scale):
    return (torch.log2(scale).round() + 127).to(torch.uint8).view(torch.float8_e8m0fnu)


def pack_fp4(w):
    s = fp4_scales(w)
    q = _e2m1((w.unflatten(-1, (-1, 32)) / s).clamp(-6, 6)).flatten(-2)
    code = (q.abs().unsqueeze(-1) == CODES).int().argmax(-1) + 8 * (q < 0)
    return (code[..., 0::2] | code[..., 1::2] << 4).to(torch.uint8).view(torch.int8), e8m0(s.squeeze(-1))


def pack_fp8(w):
    s = fp8_scales(w)
    full = s.repeat_interleave(128, 0).repeat_interleave(128, 1)[:w.shape[0], :w.shape[1]]
    return (w / full).clamp(-448, 448).to(torch.float8_e4m3fn), e8m0(s)


def export(state, tokenizer, out):
    saved = torch.load(state, weights_only=True)
    config, tensors = Config(saved["config"]), {}
    model = Model(config)
    kinds = {f"{n}.weight": m.kind for n, m in model.named_modules() if hasattr(m, "kind")}
    model.load_state_dict(saved["state"])
    for name, t in model.state_dict().items():
        kind = kinds.get(name)
        if kind == "fp4": tensors[name], tensors[name.removesuffix("weight") + "scale"] = pack_fp4(t.float())
        elif kind == "fp8": tensors[name], tensors[name.removesuffix("weight") + "scale"] = pack_fp8(t.float())
        elif name.endswith("tid2eid"): tensors[name] = t
        elif kind == "bf16" or "norm.weight" in name or name in ("embed.weight",) or name.endswith("gate.weight"): tensors[name] = t.to(torch.bfloat16)
        else: tensors[name] = t.float()
    out.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, out / "model.safetensors", metadata={"name": "V4-nano pico", "licence": "GPL-3.0-or-later"})
    (out / "config.json").write_text(json.dumps(saved["config"], indent=1) + "\n")
    shutil.copyfile(tokenizer, out / "tokenizer.json")
    with safe_open(out / "model.safetensors", "pt") as f:
        assert sorted(f.keys()) == sorted(tensors)
        for k in f.keys(): assert f.get_tensor(k).view(torch.uint8).equal(tensors[k].contiguous().view(torch.uint8)), k
    print(len(tensors), "tensors,", (out / "model.safetensors").stat().st_size / 1e6, "MB")


if __name__ == "__main__":
    if len(sys.argv) != 4: sys.exit(__doc__)
    export(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
