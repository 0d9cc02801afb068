"""DeepSeek-V4 for training, written from the architecture (mHC, shared-latent attention with window and sink, CSA with
indexer, HCA, hash and top-k routed experts). One path: queries in blocks of one window against [previous block | own
block | compressed entries | sink], so that nothing is T x T in the raw part. Equal to the published model with all
roundings off (test_model.py); `quant=True` simulates the stored and run-time roundings with straight-through gradients.
Tensor names are the published ones, so export needs no map. Shapes: B batch, T tokens (padded to the window), D width,
H heads, d head size, C compressed entries.
"""
import json, math
import torch
import torch.nn.functional as F
from torch import nn


class Config:
    def __init__(self, path):
        values = json.load(open(path)) if not isinstance(path, dict) else path
        self.__dict__.update(values)
        self.values = values


# ---------------------------------------------------------------- roundings (straight through)

def _power_of_two_ceil(v):
    m, e = torch.frexp(v)  # v = m 2^e, 0.5 <= m < 1
    return torch.ldexp(torch.ones_like(v), torch.where(m == 0.5, e - 1, e))


def _e2m1(x):
    a = x.abs()
    q = torch.zeros_like(a)
    # nearest even: ties .25->0 .75->1 1.25->1 1.75->2 2.5->2 3.5->4 5->4
    for threshold, value, closed in ((.25, .5, 0), (.75, 1., 1), (1.25, 1.5, 0), (1.75, 2., 1), (2.5, 3., 0), (3.5, 4., 1), (5., 6., 0)):
        q = torch.where((a >= threshold) if closed else (a > threshold), torch.full_like(a, value), q)
    return torch.copysign(q, x)


def _e4m3(x):
    return x.to(torch.float8_e4m3fn).to(torch.float32)


def act_quant(x, block):
    """Activations and latents: E4M3 per `block`, power-of-two scale, amax floor 1e-4."""
    y = x.float().unflatten(-1, (-1, block))
    scale = _power_of_two_ceil(y.abs().amax(-1, keepdim=True).clamp_min(1e-4) * (1 / 448))
    q = (_e4m3((y / scale).clamp(-448, 448)) * scale).flatten(-2).to(x.dtype)
    return x + (q - x).detach()


def act_fp4(x):
    y = x.float().unflatten(-1, (-1, 32))
    scale = _power_of_two_ceil(y.abs().amax(-1, keepdim=True).clamp_min(6 * 2.0 ** -126) / 6)
    q = (_e2m1((y / scale).clamp(-6, 6)) * scale).flatten(-2).to(x.dtype)
    return x + (q - x).detach()


def fp8_scales(w):
    """[out, in] -> E8M0 exponents per 128 x 128 block."""
    o, i = w.shape
    p = F.pad(w.float(), (0, -i % 128, 0, -o % 128)).unflatten(0, (-1, 128)).unflatten(2, (-1, 128))
    return _power_of_two_ceil(p.abs().amax((1, 3)).clamp_min(1e-30) * (1 / 448))


def fp8_weight(w):
    s = fp8_scales(w.detach()).repeat_interleave(128, 0).repeat_interleave(128, 1)[:w.shape[0], :w.shape[1]]
    q = _e4m3((w.detach().float() / s).clamp(-448, 448)) * s
    return w + (q - w).detach()


def fp4_scales(w):
    """[..., in] -> per 32 columns: of two neighbouring powers of two the one with the smaller squared error."""
    y = w.float().unflatten(-1, (-1, 32))
    big = _power_of_two_ceil(y.abs().amax(-1, keepdim=True).clamp_min(1e-30) / 6)
    def error(s): return ((_e2m1((y / s).clamp(-6, 6)) * s - y) ** 2).sum(-1, keepdim=True)
    return torch.where(error(big / 2) < error(big), big / 2, big)


def fp4_weight(w):
    s = fp4_scales(w.detach())
    q = (_e2m1((w.detach().float().unflatten(-1, (-1, 32)) / s).clamp(-6, 6)) * s).flatten(-2)
    return w + (q - w).detach()


def rmsnorm(x, weight, eps):
    y = x.float()
    return (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + eps) * weight).to(x.dtype)


def hadamard(x):
    n, shape = x.shape[-1], x.shape
    y, h = x.float(), 1
    while h < n:
        y = y.reshape(*shape[:-1], n // (2 * h), 2, h)
        y = torch.stack((y[..., 0, :] + y[..., 1, :], y[..., 0, :] - y[..., 1, :]), -2)
        h *= 2
    return (y.reshape(shape) * n ** -0.5).to(x.dtype)


# ---------------------------------------------------------------- rotary

def frequencies(c, ratio):
    r = c.qk_rope_head_dim
    base = c.compress_rope_theta if ratio else c.rope_theta
    f = base ** (-torch.arange(0, r, 2, dtype=torch.float64) / r)
    if ratio:
        s = c.rope_scaling
        corr = lambda n: r * math.log(s["original_max_position_embeddings"] / (n * 2 * math.pi)) / (2 * math.log(base))
        low, high = max(math.floor(corr(s["beta_fast"])), 0), min(math.ceil(corr(s["beta_slow"])), r - 1)
        u = ((torch.arange(r // 2, dtype=torch.float64) - low) / max(high - low, 0.001)).clamp(0, 1)
        f = f / s["factor"] * u + f * (1 - u)
    return f.float()


def rotate(x, cos, sin, inverse=False):
    """Adjacent pairs of the last r dims; cos, sin [T, r/2] broadcast over the dims between."""
    r = 2 * cos.shape[-1]
    head, tail = x[..., :-r], x[..., -r:].float().unflatten(-1, (-1, 2))
    while cos.dim() < tail.dim() - 2: cos, sin = cos.unsqueeze(-2), sin.unsqueeze(-2)
    if inverse: sin = -sin
    a, b = tail[..., 0], tail[..., 1]
    out = torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
    return torch.cat((head, out.to(x.dtype)), -1)


# ---------------------------------------------------------------- pieces

class Weight(nn.Module):
    """A matrix [out, in] under the published name `<name>.weight`; kind says how it is stored."""
    def __init__(self, out, inp, kind="fp8", std=None):
        super().__init__()
        self.kind = kind
        self.weight = nn.Parameter(torch.randn(out, inp) * (std if std is not None else inp ** -0.5))

    def matrix(self, quant):
        return fp8_weight(self.weight) if quant and self.kind == "fp8" else self.weight

    def forward(self, x, quant=False, act=True):
        if quant and self.kind == "fp8" and act: x = act_quant(x, 128)
        return F.linear(x, self.matrix(quant).to(x.dtype))


class Norm(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(size)), eps

    def forward(self, x):
        return rmsnorm(x, self.weight, self.eps)


class Compressor(nn.Module):
    def __init__(self, c, ratio, width):
        super().__init__()
        self.m, self.c, self.co = ratio, width, 2 if ratio == 4 else 1
        self.wkv = Weight(self.co * width, c.hidden_size, "bf16")
        self.wgate = Weight(self.co * width, c.hidden_size, "bf16", std=0.02)
        self.ape = nn.Parameter(torch.zeros(ratio, self.co * width))
        self.norm = Norm(width, c.rms_norm_eps)

    def forward(self, x, cos, sin):
        B, T, _ = x.shape
        C = T // self.m
        a = self.wkv(x)[:, :C * self.m].float().unflatten(1, (C, self.m))
        s = self.wgate(x)[:, :C * self.m].float().unflatten(1, (C, self.m)) + self.ape
        if self.co == 2:
            c = self.c
            before = lambda t, fill: F.pad(t[:, :-1, :, :c], (0, 0, 0, 0, 1, 0), value=fill)
            a = torch.cat((before(a, 0.0), a[..., c:]), 2)
            s = torch.cat((before(s, float("-inf")), s[..., c:]), 2)
        u = (s.softmax(2) * a).sum(2).to(x.dtype)
        return rotate(self.norm(u), cos[:C * self.m:self.m], sin[:C * self.m:self.m])


class Indexer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.size, self.topk = c.index_n_heads, c.index_head_dim, c.index_topk
        self.wq_b = Weight(self.heads * self.size, c.q_lora_rank)
        self.weights_proj = Weight(self.heads, c.hidden_size, "bf16")
        self.compressor = Compressor(c, 4, self.size)

    def forward(self, x, qr, cos, sin, quant):
        """Scores [B, T, C] of every compressed entry, visibility not yet applied."""
        q = rotate(self.wq_b(qr, quant).unflatten(-1, (self.heads, self.size)), cos, sin)
        k = self.compressor(x, cos, sin)
        if quant: q, k = act_fp4(hadamard(q)), act_fp4(hadamard(k))
        w = self.weights_proj(x) * (self.size * self.heads) ** -0.5
        dots = torch.einsum("bthd,bcd->bthc", q, k)
        return (F.relu(dots) * w.unsqueeze(-1)).float().sum(2)


class Attention(nn.Module):
    def __init__(self, c, ratio):
        super().__init__()
        self.c, self.m = c, ratio
        self.H, self.d, self.W = c.num_attention_heads, c.head_dim, c.sliding_window
        D, q, G = c.hidden_size, c.q_lora_rank, c.o_groups
        self.wq_a, self.q_norm, self.wq_b = Weight(q, D), Norm(q, c.rms_norm_eps), Weight(self.H * self.d, q)
        self.wkv, self.kv_norm = Weight(self.d, D), Norm(self.d, c.rms_norm_eps)
        self.attn_sink = nn.Parameter(torch.zeros(self.H))
        self.wo_a = Weight(G * c.o_lora_rank, self.H * self.d // G)
        self.wo_b = Weight(D, G * c.o_lora_rank, std=(G * c.o_lora_rank * 2 * c.num_hidden_layers) ** -0.5)
        if ratio: self.compressor = Compressor(c, ratio, self.d)
        if ratio == 4: self.indexer = Indexer(c)
        f = frequencies(c, ratio)
        self.register_buffer("freq", f, persistent=False)

    def forward(self, x, quant=False, select=False):
        """Returns the output and, for CSA layers, the indexer's loss (KL from the attention it should predict)."""
        B, T, _ = x.shape
        H, d, W, r = self.H, self.d, self.W, self.c.qk_rope_head_dim
        angle = torch.arange(T, device=x.device, dtype=torch.float32)[:, None] * self.freq
        cos, sin = angle.cos(), angle.sin()
        qr = self.q_norm(self.wq_a(x, quant))
        q = self.wq_b(qr, quant).unflatten(-1, (H, d))
        q = q * torch.rsqrt(q.float().pow(2).mean(-1, keepdim=True) + self.c.rms_norm_eps).to(q.dtype)
        q = rotate(q, cos, sin)
        kv = rotate(self.kv_norm(self.wkv(x, quant)), cos, sin)
        if quant: kv = torch.cat((act_quant(kv[..., :-r], 64), kv[..., -r:]), -1)

        n = T // W
        scale = d ** -0.5
        qb = q.view(B, n, W, H, d)
        own = kv.view(B, n, W, d)
        keys = torch.cat((F.pad(own[:, :-1], (0, 0, 0, 0, 1, 0)), own), 2)                  # [B, n, 2W, d]
        raw = torch.einsum("bnwhd,bnsd->bnwhs", qb, keys).float() * scale
        i = torch.arange(W, device=x.device)
        s = torch.arange(2 * W, device=x.device)
        seen = (s[None] > i[:, None]) & (s[None] <= i[:, None] + W)                          # 0 <= t-s < W
        first = torch.arange(n, device=x.device)[:, None, None] > 0
        seen = seen[None] & (first | (s >= W))                                               # [n, W, 2W]
        raw = raw.masked_fill(~seen[None, :, :, None], float("-inf"))
        loss = None
        parts = [raw]
        if self.m:
            comp = self.compressor(x, cos, sin)
            if quant: comp = torch.cat((act_quant(comp[..., :-r], 64), comp[..., -r:]), -1)
            C = comp.shape[1]
            t = torch.arange(T, device=x.device)
            visible = torch.arange(C, device=x.device)[None] < ((t + 1) // self.m)[:, None]  # [T, C]
            scores = torch.einsum("bthd,bcd->bthc", q, comp).float() * scale
            allowed = visible[None]
            if self.m == 4 and C:
                index = self.indexer(x.detach(), qr.detach(), cos, sin, quant).masked_fill(~visible[None], float("-inf"))
                if select and C > self.indexer.topk:
                    kth = index.topk(self.indexer.topk, -1).values[..., -1:]
                    allowed = visible[None] & (index >= kth)
                if self.training:
                    # a few queries are enough to teach the indexer where attention looks
                    pick = torch.randint(T // 2, T, (64,), device=x.device)
                    with torch.no_grad():
                        target = scores[:, pick].masked_fill(~visible[pick][None, :, None], float("-inf")).softmax(-1).sum(2)
                        target = target / target.sum(-1, keepdim=True).clamp_min(1e-9)
                    log = index[:, pick].log_softmax(-1).masked_fill(~visible[pick][None], 0.0)
                    loss = -(target * log).sum(-1).mean()
            scores = scores.masked_fill(~allowed[:, :, None], float("-inf"))
            parts.append(scores.view(B, n, W, H, C))
        parts.append(self.attn_sink.float()[:, None].expand(B, n, W, H, 1))
        p = torch.cat(parts, -1).softmax(-1).to(x.dtype)
        out = torch.einsum("bnwhs,bnsd->bnwhd", p[..., :2 * W], keys).reshape(B, T, H, d)
        if self.m:
            out = out + torch.einsum("bthc,bcd->bthd", p[..., 2 * W:-1].reshape(B, T, H, -1), comp)
        out = rotate(out, cos, sin, inverse=True)
        G = self.c.o_groups
        grouped = self.wo_a.matrix(quant).to(x.dtype).unflatten(0, (G, -1))
        z = torch.einsum("btgi,goi->btgo", out.reshape(B, T, G, -1), grouped).flatten(2)
        return self.wo_b(z, quant), loss


class Expert(nn.Module):
    def __init__(self, c, kind):
        super().__init__()
        D, I = c.hidden_size, c.moe_intermediate_size
        self.w1, self.w3 = Weight(I, D, kind), Weight(I, D, kind)
        self.w2 = Weight(D, I, kind, std=(I * 2 * c.num_hidden_layers) ** -0.5)


class Gate(nn.Module):
    def __init__(self, c, hashed):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(c.n_routed_experts, c.hidden_size) * 0.1 * c.hidden_size ** -0.5)
        if hashed: self.register_buffer("tid2eid", torch.zeros(c.vocab_size, c.num_experts_per_tok, dtype=torch.int64))
        else: self.register_buffer("bias", torch.zeros(c.n_routed_experts))


class Moe(nn.Module):
    def __init__(self, c, hashed):
        super().__init__()
        self.c = c
        self.gate = Gate(c, hashed)
        self.experts = nn.ModuleList(Expert(c, "fp4") for _ in range(c.n_routed_experts))
        self.shared_experts = Expert(c, "fp8")

    def forward(self, x, ids, quant=False):
        c = self.c
        score = F.softplus(F.linear(x.float(), self.gate.weight.float())).sqrt()
        if hasattr(self.gate, "tid2eid"): chosen = self.gate.tid2eid[ids]
        else: chosen = (score + self.gate.bias).topk(c.num_experts_per_tok, -1).indices
        picked = torch.zeros_like(score).scatter(-1, chosen, 1.0)
        weight = score * picked
        weight = weight / weight.sum(-1, keepdim=True) * c.routed_scaling_factor
        E, I = c.n_routed_experts, c.moe_intermediate_size
        stack = lambda name: torch.stack([getattr(e, name).weight for e in self.experts])
        w1, w3, w2 = stack("w1"), stack("w3"), stack("w2")
        if quant: w1, w3, w2 = fp4_weight(w1), fp4_weight(w3), fp4_weight(w2)
        xq = act_quant(x, 128) if quant else x
        glu = lambda g, u: F.silu(g.clamp(max=c.swiglu_limit)) * u.clamp(-c.swiglu_limit, c.swiglu_limit)
        g = F.linear(xq, w1.flatten(0, 1).to(x.dtype)).unflatten(-1, (E, I)).float()
        u = F.linear(xq, w3.flatten(0, 1).to(x.dtype)).unflatten(-1, (E, I)).float()
        z = (glu(g, u) * weight.unsqueeze(-1)).to(x.dtype)
        if quant: z = act_quant(z, 128)
        out = torch.einsum("btei,edi->btd", z, w2.to(x.dtype))
        s = self.shared_experts
        z = glu(s.w1(x, quant).float(), s.w3(x, quant).float()).to(x.dtype)
        return out + s.w2(z, quant), picked.mean((0, 1))


def sinkhorn(C, iterations, eps):
    if C.is_cuda:
        from sinkhorn import sinkhorn as kernel  # needs triton
        return kernel(C, iterations, eps)
    C = C.softmax(-1) + eps
    C = C / (C.sum(-2, keepdim=True) + eps)
    for _ in range(iterations - 1):
        C = C / (C.sum(-1, keepdim=True) + eps)
        C = C / (C.sum(-2, keepdim=True) + eps)
    return C


class Layer(nn.Module):
    def __init__(self, c, l):
        super().__init__()
        self.c, h, D = c, c.hc_mult, c.hidden_size
        self.attn, self.ffn = Attention(c, c.compress_ratios[l]), Moe(c, l < c.num_hash_layers)
        self.attn_norm, self.ffn_norm = Norm(D, c.rms_norm_eps), Norm(D, c.rms_norm_eps)
        for k, s in enumerate(("attn", "ffn")):
            rows = (2 + h) * h
            base = torch.zeros(rows)
            base[:h] = math.log(0.1 / 0.9)
            base[(2 * l + k) % h] = math.log(0.7 / 0.3)
            base[2 * h:] = (4 * torch.eye(h)).flatten()
            setattr(self, f"hc_{s}_fn", nn.Parameter(torch.zeros(rows, h * D)))
            setattr(self, f"hc_{s}_base", nn.Parameter(base))
            setattr(self, f"hc_{s}_scale", nn.Parameter(torch.full((3,), 0.03)))

    def mix(self, X, s):
        c, h = self.c, self.c.hc_mult
        flat = X.flatten(2).float()
        g = torch.rsqrt(flat.pow(2).mean(-1, keepdim=True) + c.rms_norm_eps)
        mix = F.linear(flat, getattr(self, f"hc_{s}_fn")) * g
        scale, base = getattr(self, f"hc_{s}_scale"), getattr(self, f"hc_{s}_base")
        pre = torch.sigmoid(mix[..., :h] * scale[0] + base[:h]) + c.hc_eps
        post = 2 * torch.sigmoid(mix[..., h:2 * h] * scale[1] + base[h:2 * h])
        comb = sinkhorn((mix[..., 2 * h:] * scale[2] + base[2 * h:]).unflatten(-1, (h, h)), c.hc_sinkhorn_iters, c.hc_eps)
        return (pre.unsqueeze(-1) * X.float()).sum(2).to(X.dtype), post, comb

    def post(self, y, X, post, comb):
        return (post.unsqueeze(-1) * y.float().unsqueeze(2) + torch.einsum("btjk,btjd->btkd", comb, X.float())).to(X.dtype)

    def forward(self, X, ids, quant=False, select=False):
        y, post, comb = self.mix(X, "attn")
        y, loss = self.attn(self.attn_norm(y), quant, select)
        X = self.post(y, X, post, comb)
        y, post, comb = self.mix(X, "ffn")
        y, load = self.ffn(self.ffn_norm(y), ids, quant)
        return self.post(y, X, post, comb), loss, load


class Embedding(nn.Module):
    def __init__(self, rows, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(rows, width) * width ** -0.5)


class Model(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c, h, D = c, c.hc_mult, c.hidden_size
        self.embed, self.head = Embedding(c.vocab_size, D), Weight(c.vocab_size, D, "bf16")
        self.norm = Norm(D, c.rms_norm_eps)
        self.layers = nn.ModuleList(Layer(c, l) for l in range(c.num_hidden_layers))
        self.hc_head_fn = nn.Parameter(torch.zeros(h, h * D))
        self.hc_head_base = nn.Parameter(torch.full((h,), math.log(0.25 / 0.75)))
        self.hc_head_scale = nn.Parameter(torch.full((1,), 0.03))

    def hidden(self, ids, dtype=torch.float32, quant=False, select=False):
        """The final norm's output [B, T, D], the indexers' losses and the experts' loads."""
        T = ids.shape[1]
        ids = F.pad(ids, (0, -T % self.c.sliding_window))
        X = F.embedding(ids, self.embed.weight).to(dtype).unsqueeze(2).expand(-1, -1, self.c.hc_mult, -1)
        losses, loads = [], []
        for layer in self.layers:
            X, loss, load = layer(X, ids, quant, select)
            loads.append(load)
            if loss is not None: losses.append(loss)
        flat = X.flatten(2).float()
        g = torch.rsqrt(flat.pow(2).mean(-1, keepdim=True) + self.c.rms_norm_eps)
        pre = torch.sigmoid(F.linear(flat, self.hc_head_fn) * g * self.hc_head_scale + self.hc_head_base) + self.c.hc_eps
        x = (pre.unsqueeze(-1) * X.float()).sum(2).to(dtype)
        return self.norm(x)[:, :T], losses, loads

    def forward(self, ids, **options):
        return self.head(self.hidden(ids, **options)[0].float())
