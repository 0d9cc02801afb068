#!/usr/bin/env python3
"""The training network against goldens of an independent implementation (roundings off).

    test_model.py CONFIG WEIGHTS GOLDEN [BOUND]      config.json, published-name safetensors, prefill_logits
"""
import sys
import torch
from safetensors.torch import load_file
from model import Config, Model


def load(model, weights):
    """Published tensors into the network; FP8 and FP4 are widened with their scales."""
    state = {}
    for name, tensor in weights.items():
        if name.endswith(".scale"): continue
        scale = weights.get(name.removesuffix("weight") + "scale") if name.endswith(".weight") else None
        if tensor.dtype == torch.int8:
            codes = torch.stack((tensor & 15, (tensor >> 4) & 15), -1).flatten(-2).long()
            table = torch.tensor([0, .5, 1, 1.5, 2, 3, 4, 6])
            tensor = table[codes & 7] * torch.where(codes >= 8, -1.0, 1.0) * scale.float().repeat_interleave(32, -1)
        elif scale is not None:
            s = scale.float().repeat_interleave(128, 0).repeat_interleave(128, 1)
            tensor = tensor.float() * s[:tensor.shape[0], :tensor.shape[1]]
        state[name] = tensor if tensor.dtype == torch.int64 else tensor.float()
    missing, extra = model.load_state_dict(state, strict=False)
    assert not missing and not [e for e in extra if not e.startswith("mtp.")], (missing, extra)


if __name__ == "__main__":
    config, weights, golden = sys.argv[1:4]
    bound = float(sys.argv[4]) if len(sys.argv) > 4 else 5e-4
    model = Model(Config(config)).eval()
    load(model, load_file(weights))
    g = load_file(golden)
    with torch.no_grad():
        logits = model(g["input_ids"].long()[None], select=True)[0]
    worst = (logits - g["prefill_logits"]).abs().max().item()
    print(f"{golden}: {tuple(logits.shape)} worst difference {worst:.2e}")
    sys.exit(worst > bound)
