#!/usr/bin/env python3
"""gpu_transformers.py OUT.csv [--seconds 150] [--depths 4096,131072,524288,1048576] [--toy] [--device cuda]

The baseline beside bench_gpu_flash: transformers' own deepseek_v4 layers at V4-Flash dimensions in bf16, eager and
torch.compile, one window, one CSA and one HCA layer, cache seeded at each depth. The same CSV columns; rows with 43
layers are sums (2 window, 21 CSA, 20 HCA) of the three measured ones, without embedding and head. Baselines get the best
of their settings: experts by grouped_mm where torch has it (eager loop else, the better of both is kept), prefill in the
largest chunk that fits, tried downwards. The three layers share one set of experts, so that they fit; --toy is a dry run
at small widths on any machine. Weights are random; nothing is said about what the model would answer.
"""
import argparse
import csv
import datetime
import gc
import inspect
import signal
import statistics
import sys
import time

import torch
import transformers
from transformers import DynamicCache
from transformers.models.deepseek_v4 import modeling_deepseek_v4 as v4
from transformers.models.deepseek_v4.configuration_deepseek_v4 import DeepseekV4Config

COLUMNS = ("date,commit,machine,device,path,impl,stage,model,context,tokens,layers,routing,median_us,p10_us,p90_us,runs,"
           "bytes,flops,floor_us,fraction,copy_GBs,bf16_TF,fp8_TF,peak_bytes,launches,err_max,err_mean,overlap,clock_MHz,"
           "watts,note").split(",")
KINDS = {"window": ("sliding_attention", 2), "CSA": ("compressed_sparse_attention", 21), "HCA": ("heavily_compressed_attention", 20)}
RATIO = {"window": 0, "CSA": 4, "HCA": 128}


class OutOfTime(BaseException):  # not an Exception: compilers wrap those
    pass


def config_of(toy):
    small = dict(vocab_size=512, hidden_size=128, moe_intermediate_size=64, num_attention_heads=4, head_dim=64, q_lora_rank=32,
                 n_routed_experts=8, o_groups=2, o_lora_rank=32, index_n_heads=4, index_head_dim=32, index_topk=16) if toy else {}
    config = DeepseekV4Config(
        num_hidden_layers=3, layer_types=[KINDS[kind][0] for kind in KINDS], mlp_layer_types=["moe"] * 3,
        partial_rotary_factor=(16 / 64 if toy else 64 / 512),
        rope_parameters={"rope_type": "yarn", "factor": 16, "original_max_position_embeddings": 65536, "beta_fast": 32, "beta_slow": 1},
        **small)
    config._attn_implementation = "eager"
    return config


def build(config, device):
    """Three layers; the second and third use the first's experts and shared expert."""
    layers = {}
    torch.manual_seed(1)
    # Before 5.2x a norm with fp32 weights gave fp32, which no bf16 matrix takes: its weights are bf16 then.
    norms_cast = v4.DeepseekV4RMSNorm(8)(torch.ones(1, 8, dtype=torch.bfloat16)).dtype == torch.bfloat16
    for index, kind in enumerate(KINDS):
        with torch.device("meta"):
            layer = v4.DeepseekV4DecoderLayer(config, index)
        if layers:
            layer.mlp = layers["window"].mlp
        for name, parameter in list(layer.named_parameters(recurse=True)):
            if not parameter.is_meta:
                continue
            keep = any(part in name for part in v4.DeepseekV4PreTrainedModel._keep_in_fp32_modules_strict)
            keep = keep and (norms_cast or "norm" not in name)
            value = torch.empty(parameter.shape, dtype=torch.float32 if keep else torch.bfloat16, device=device)
            value.normal_(0, 0.02)
            if "norm" in name or name.endswith("scale"):
                value.add_(1)
            owner = layer
            *path, last = name.split(".")
            for part in path:
                owner = getattr(owner, part)
            setattr(owner, last, torch.nn.Parameter(value, requires_grad=False))
        for name, buffer in list(layer.named_buffers()):
            if buffer.is_meta:
                owner = layer
                *path, last = name.split(".")
                for part in path:
                    owner = getattr(owner, part)
                setattr(owner, last, torch.zeros(buffer.shape, dtype=buffer.dtype, device=device))
        # Rotary tables are made by their constructor, which ran on no device.
        for module in layer.modules():
            for name, child in list(module.named_children()):
                if isinstance(child, v4.DeepseekV4RotaryEmbedding):
                    setattr(module, name, v4.DeepseekV4RotaryEmbedding(config, device=device).to(device))
        layers[kind] = layer.eval()
    return layers


class Seed:
    """State of one layer's cache at `position`, a multiple of 128; set before every run, because a run replaces it."""

    def __init__(self, config, kind, index, position, device):
        self.index, self.kind, self.position = index, kind, position
        make = lambda *shape: torch.randn(shape, dtype=torch.bfloat16, device=device)
        self.window = make(1, 1, min(position, config.sliding_window - 1), config.head_dim)
        self.rows = position // RATIO[kind] if RATIO[kind] else 0
        self.state = {}
        if kind != "window":
            self.state["compressor"] = make(1, self.rows, config.head_dim)
        if kind == "CSA":
            self.state["indexer"] = make(1, self.rows, config.index_head_dim)
            self.overlap = {"compressor": make(1, 4, config.head_dim), "indexer": make(1, 4, config.index_head_dim)}

    def put(self, cache):
        layer = cache.layers[self.index]
        layer.lazy_initialization(*([self.window] * len([p for p in inspect.signature(layer.lazy_initialization).parameters])))
        layer.keys = layer.values = self.window
        layer.cumulative_length = self.position
        for name, rows in self.state.items():
            layer.compressed_kv[name] = rows if self.rows else None
            layer.entry_count[name] = self.rows
            layer.buffer_kv[name] = layer.buffer_gate[name] = None
            if self.kind == "CSA":
                layer.overlap_kv[name] = layer.overlap_gate[name] = self.overlap[name] if self.rows else None


def window_mask(config, tokens, position, device):
    """What create_sliding_window_causal_mask gives: queries against the kept window and the chunk itself."""
    kept = min(position, config.sliding_window - 1)
    query = torch.arange(tokens, device=device)[:, None] + kept
    key = torch.arange(kept + tokens, device=device)[None, :]
    seen = (key <= query) & (key > query - config.sliding_window)
    return torch.zeros(1, 1, tokens, kept + tokens, dtype=torch.bfloat16, device=device).masked_fill(~seen, float("-inf"))


class Bench:
    def __init__(self, options):
        self.options = options
        self.deadline = time.monotonic() + options.seconds
        self.device = options.device
        self.cuda = self.device.startswith("cuda")
        self.config = config_of(options.toy)
        self.file = open(options.out, "w", newline="", encoding="utf-8")
        self.csv = csv.DictWriter(self.file, COLUMNS)
        self.csv.writeheader()
        self.name = torch.cuda.get_device_name() if self.cuda else "cpu"
        self.copy, self.flops = self.ceilings()
        print(f"transformers {transformers.__version__}, torch {torch.__version__}, {self.name}: copy {self.copy:.0f} GB/s, bf16 {self.flops:.0f} TFLOP/s", flush=True)
        with torch.inference_mode():
            self.layers = build(self.config, self.device)
            rotary = v4.DeepseekV4RotaryEmbedding(self.config, device=self.device).to(self.device)
        self.rotary = rotary
        parameters = inspect.signature(v4.DeepseekV4Attention.forward).parameters
        self.cache_argument = "cache" if "cache" in parameters else "past_key_values"
        self.forwards = {("transformers eager", kind): layer for kind, layer in self.layers.items()}
        self.medians = {}

    def ceilings(self):
        if not self.cuda:
            return 0.0, 0.0
        a = torch.randn(1 << 28, dtype=torch.bfloat16, device=self.device)
        b = torch.empty_like(a)
        copied = self.best(lambda: b.copy_(a))
        x = torch.randn(8192, 8192, dtype=torch.bfloat16, device=self.device)
        multiplied = self.best(lambda: x @ x)
        return 2 * a.numel() * 2 / copied * 1e-3, 2 * 8192**3 / multiplied * 1e-6

    def best(self, work):
        return min(self.once(work) for _ in range(6))

    def once(self, work):
        """Microseconds, by events where there is a GPU."""
        if not self.cuda:
            began = time.perf_counter()
            work()
            return 1e6 * (time.perf_counter() - began)
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        return 1000 * begin.elapsed_time(end)

    def run(self, impl, kind, depth, tokens, runs, seconds):
        """Times of one layer for `tokens` tokens that end at `depth`, or None where memory does not suffice."""
        position = max(0, depth - tokens) // 128 * 128
        index = list(KINDS).index(kind)
        try:
            with torch.inference_mode():
                seed = Seed(self.config, kind, index, position, self.device)
                cache = DynamicCache(config=self.config)
                ids = torch.arange(tokens, device=self.device)[None]
                hidden = torch.randn(1, tokens, self.config.hc_mult, self.config.hidden_size, dtype=torch.bfloat16, device=self.device)
                positions = torch.arange(position, position + tokens, device=self.device)[None]
                embeddings = {name: self.rotary(hidden[:, :, 0], position_ids=positions, layer_type=name) for name in ("main", "compress")}
                # One query sees all the kept window, so the model gives no mask then.
                mask = window_mask(self.config, tokens, position, self.device) if tokens > 1 else None
                if mask is None and kind == "CSA":
                    mask = window_mask(self.config, 1, position, self.device)
                arguments = dict(position_embeddings=embeddings, position_ids=positions, attention_mask=mask, input_ids=ids)
                arguments[self.cache_argument] = cache
                layer = self.forwards[impl, kind]

                def step():
                    seed.put(cache)
                    return layer(hidden, **arguments)

                if self.cuda:
                    torch.cuda.reset_peak_memory_stats()
                first = self.once(step)
                times, began = [], time.monotonic()
                while len(times) < runs and (not times or time.monotonic() - began < seconds):
                    if time.monotonic() > self.deadline:
                        break
                    times.append(self.once(step))
                peak = torch.cuda.max_memory_allocated() if self.cuda else 0
                return times or [first], peak
        except torch.OutOfMemoryError:
            return None
        finally:
            seed = cache = None
            if self.cuda:
                gc.collect()
                torch.cuda.empty_cache()

    def measure(self, impl, kind, depth, decode):
        chunks = [1] if decode else [c for c in (4096, 2048, 1024, 512, 256, 128, 64, 32, 16) if c <= depth]
        if not decode and kind == "CSA":  # the fp32 scores of all heads: do not even try what cannot fit
            chunks = [c for c in chunks if c * self.config.index_n_heads * (depth / 4) * 4 < 20e9] or [16]
        for chunk in chunks:
            if time.monotonic() > self.deadline:
                raise OutOfTime
            try:
                result = self.run(impl, kind, depth, chunk, 20, 2.0)
            except Exception as error:  # a compiler's failure is a result too
                print(f"  {impl} {kind} at {depth}: {type(error).__name__}: {str(error)[:200]}", flush=True)
                self.row(impl, f"layer ({kind})", depth, chunk, 1, [], 0, f"failed: {type(error).__name__}", decode)
                return
            if result is None:
                print(f"  {kind} at {depth}: {chunk} tokens exceed the memory", flush=True)
                continue
            times, peak = result
            self.row(impl, f"layer ({kind})", depth, chunk, 1, times, peak, "measured", decode)
            self.medians[impl, kind, depth, decode] = statistics.median(times) / chunk
            return
        self.row(impl, f"layer ({kind})", depth, chunks[-1], 1, [], 0, "out of memory at every chunk", decode)

    def row(self, impl, stage, depth, tokens, layers, times, peak, note, decode):
        ordered = sorted(times)
        at = lambda share: f"{ordered[min(len(ordered) - 1, int(share * len(ordered)))]:.1f}" if ordered else ""
        self.csv.writerow(dict(
            date=datetime.date.today().isoformat(), commit=self.options.commit, machine=self.options.machine, device=self.name,
            path="decode" if decode else "prefill", impl=impl, stage=stage, model="toy" if self.options.toy else "flash",
            context=depth, tokens=tokens, layers=layers, routing="random", median_us=at(0.5), p10_us=at(0.1), p90_us=at(0.9),
            runs=len(times), copy_GBs=f"{self.copy:.1f}", bf16_TF=f"{self.flops:.1f}", peak_bytes=peak,
            note=f"{note}; transformers {transformers.__version__}, torch {torch.__version__}, experts {self.experts}"))
        self.file.flush()
        if ordered:
            print(f"  {impl:24} {stage:18} {depth:8} tokens {tokens:5}: {float(at(0.5)):12.1f} us, {float(at(0.5)) / tokens:10.2f} us a token", flush=True)

    def sums(self, impl):
        for decode in (True, False):
            for depth in self.options.depths:
                parts = [self.medians.get((impl, kind, depth, decode)) for kind in KINDS]
                if all(part is not None for part in parts):
                    total = sum(part * KINDS[kind][1] for part, kind in zip(parts, KINDS))
                    self.row(impl, "model (43 layers, a token)", depth, 1, 43, [total], 0,
                             "summed: 2 window + 21 CSA + 20 HCA, microseconds a token, each kind in its own best chunk; no embedding, no head", decode)

    def choose_experts(self):
        """The faster way to run the experts, on the window layer: a prompt's chunk and a token are asked together."""
        best, problem = None, "too little memory"
        for name in ("grouped_mm", "eager"):
            self.experts = name
            self.config._experts_implementation_internal = self.config._experts_implementation = name
            try:
                chunk = self.run("transformers eager", "window", 4096, 1024, 3, 3.0)
                token = self.run("transformers eager", "window", 4096, 1, 5, 2.0)
            except Exception as error:  # an implementation this torch or this card does not have
                problem = f"{type(error).__name__}: {str(error)[:200]}"
                print(f"  experts by {name}: {problem}", flush=True)
                continue
            if chunk and token:
                cost = statistics.median(chunk[0]) + 100 * statistics.median(token[0])
                print(f"  experts by {name}: 1024 tokens {statistics.median(chunk[0]):.0f} us, one {statistics.median(token[0]):.0f} us", flush=True)
                if best is None or cost < best[0]:
                    best = (cost, name)
        if best is None:
            raise SystemExit(f"The layers do not run on this machine: {problem}")
        self.experts = self.config._experts_implementation_internal = self.config._experts_implementation = best[1]

    def compile(self):
        # The mixing's twenty normalisations are unrolled and take minutes to compile: they stay as they are.
        v4.DeepseekV4HyperConnection.forward = torch.compiler.disable(v4.DeepseekV4HyperConnection.forward)
        torch._dynamo.config.cache_size_limit = 64
        for kind, layer in self.layers.items():
            self.forwards["transformers compiled", kind] = torch.compile(layer, dynamic=False)

    def everything(self):
        self.experts = ""
        self.choose_experts()
        signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(OutOfTime()))
        signal.setitimer(signal.ITIMER_REAL, max(1.0, self.deadline - time.monotonic()))
        try:
            for depth in sorted(self.options.depths, reverse=True):
                for kind in KINDS:
                    for decode in (True, False):
                        self.measure("transformers eager", kind, depth, decode)
            self.compile()
            for depth in sorted(self.options.depths, reverse=True):
                for kind in ("CSA", "HCA", "window"):
                    for decode in (True, False):
                        self.measure("transformers compiled", kind, depth, decode)
        except OutOfTime:
            print("out of time: what is missing was not measured", flush=True)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for impl in ("transformers eager", "transformers compiled"):
            self.sums(impl)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--depths", type=lambda text: [int(part) for part in text.split(",")], default=[4096, 131072, 524288, 1048576])
    parser.add_argument("--toy", action="store_true")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--commit", default="")
    parser.add_argument("--machine", default="")
    options = parser.parse_args()
    if not options.toy and options.device == "cpu":
        sys.exit("True Flash dimensions need a GPU: add --toy for a dry run here.")
    Bench(options).everything()


if __name__ == "__main__":
    main()
