#!/usr/bin/env python3
"""Lectern beside llama.cpp and transformers on one V4 model: prefill and decode at several depths, taking turns.

    bench_random_model nano FOLDER
    engine_others.py FOLDER build/bin/bench_paced [--peers llama,bf16,fp32] [--depths 512,4096,16384,32768]
                     [--peer-limit bf16=4096,fp32=4096] [--chunk 512] [--rounds 6] [--threads 2] [--clock wall]

All sides hold the same sequence and advance by the same tokens, a chunk or a few single tokens each, one side after the
other. A row is the marginal speed at its depth.
A ratio is the median of Lectern's speed over the peer's in neighbouring turns, so a busy machine slows both. llama.cpp
reads model.gguf, transformers plain/, Lectern published/ (or what --lectern names). On a machine that others use, take
--threads 1 --clock cpu: the threads of llama.cpp and torch wait for each other spinning, and lose far more than Lectern's.
Needs: pip install llama-cpp-python transformers torch numpy; for one not installed leave its peer out.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

import numpy


clock = time.perf_counter


class Lectern:
    def __init__(self, options):
        model = options.folder / options.lectern
        self.child = subprocess.Popen([options.paced, model, "simd", str(options.capacity)], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      env=os.environ | {"LECTERN_THREADS": str(options.threads)})
        self.column = options.clock == "cpu"
        self.version = f"active parameters {int(self.child.stdout.readline()) / 1e6:.1f} M, {options.lectern}"

    def command(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        return float(self.child.stdout.readline().split()[self.column])

    def prefill(self, tokens):
        return self.command("prefill " + " ".join(map(str, tokens)))

    def decode(self, tokens):
        return self.command("decode " + " ".join(map(str, tokens)))

    def logits(self):
        with tempfile.NamedTemporaryFile() as file:
            self.command("logits " + file.name)
            return numpy.fromfile(file.name, numpy.float32)


class Llama:
    def __init__(self, options):
        import llama_cpp
        self.api = llama_cpp
        llama_cpp.llama_backend_init()
        model = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(str(options.folder / "model.gguf").encode(), model)
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = options.capacity, options.chunk, options.chunk
        params.n_threads = params.n_threads_batch = options.threads
        self.context = llama_cpp.llama_init_from_model(self.model, params)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))
        self.version = f"llama-cpp-python {llama_cpp.__version__}: {llama_cpp.llama_print_system_info().decode()}"

    def prefill(self, tokens):
        begin = clock()
        array = (self.api.llama_token * len(tokens))(*tokens)
        if self.api.llama_decode(self.context, self.api.llama_batch_get_one(array, len(tokens))) != 0:
            raise RuntimeError("llama_decode failed")
        self.api.llama_synchronize(self.context)
        return clock() - begin

    def decode(self, tokens):
        return sum(self.prefill([token]) for token in tokens)

    def logits(self):
        pointer = self.api.llama_get_logits_ith(self.context, -1)
        return numpy.ctypeslib.as_array(pointer, (self.vocabulary,)).copy()


class Transformers:
    def __init__(self, options, kind):
        import torch
        import transformers
        self.torch = torch
        torch.set_num_threads(options.threads)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(
            options.folder / "plain", dtype=getattr(torch, {"bf16": "bfloat16", "fp32": "float32"}[kind])).eval()
        self.cache, self.last = None, None
        self.version = f"transformers {transformers.__version__}, torch {torch.__version__}, {kind}"

    def prefill(self, tokens):
        begin = clock()
        with self.torch.inference_mode():
            out = self.model(self.torch.tensor([tokens]), past_key_values=self.cache, use_cache=True, logits_to_keep=1)
        self.cache, self.last = out.past_key_values, out.logits[0, -1]
        return clock() - begin

    def decode(self, tokens):
        return sum(self.prefill([token]) for token in tokens)

    def logits(self):
        return self.last.float().numpy()


def rows(model, depth, stage, tokens, seconds):
    for name, times in seconds.items():
        ratio = statistics.median(theirs / ours for ours, theirs in zip(seconds["lectern"], times))
        print(f"{model},{depth},{stage},{tokens},{name},{tokens / min(times):.1f},"
              f"{tokens / statistics.median(times):.1f},{ratio:.2f},{len(times)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("paced")
    parser.add_argument("--peers", default="llama,bf16,fp32")
    parser.add_argument("--depths", default="512,4096,16384,32768")
    parser.add_argument("--peer-limit", default="bf16=4096,fp32=4096")
    parser.add_argument("--lectern", default="published", help="published, plain or model.gguf")
    parser.add_argument("--chunk", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    options = parser.parse_args()
    if options.clock == "cpu":
        global clock
        clock = time.process_time
    depths = [int(depth) for depth in options.depths.split(",")]
    limits = {name: int(limit) for name, limit in (pair.split("=") for pair in options.peer_limit.split(","))}
    chunks, singles = 3, 8  # timed at every depth: three chunks, then so many rounds of eight single tokens
    options.capacity = depths[-1] + len(depths) * (chunks * options.chunk + options.rounds * singles)

    sides = {"lectern": Lectern(options)}
    for name in options.peers.split(","):
        sides[name] = Llama(options) if name == "llama" else Transformers(options, name)
    processor = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    print(f"# {processor[0]}, {options.threads} threads, {options.clock} time, chunks of {options.chunk}, {platform.system()}")
    for name, side in sides.items():
        print(f"# {name}: {side.version}")
    print("model,depth,stage,tokens,side,best_tokens_per_second,median_tokens_per_second,lectern_is_faster_by,turns")

    vocabulary = json.loads((options.folder / "published/config.json").read_text())["vocab_size"]
    words = numpy.random.default_rng(1).integers(3, vocabulary, options.capacity).tolist()
    at = 0

    def advance(stage, count):
        nonlocal at
        at += count
        return [getattr(side, stage)(words[at - count:at]) for side in sides.values()]

    for depth in depths:
        sides = {name: side for name, side in sides.items() if limits.get(name, depth) >= depth}
        while at < depth:
            advance("prefill", min(options.chunk, depth - at))
        if depth == depths[0]:
            ours = sides["lectern"].logits()
            for name, side in sides.items():
                theirs = side.logits()
                print(f"# cosine of {name}'s logits with lectern's:",
                      f"{ours @ theirs / numpy.linalg.norm(ours) / numpy.linalg.norm(theirs):.6f}")
        for stage, count, rounds in (("prefill", options.chunk, chunks), ("decode", singles, options.rounds)):
            times = [advance(stage, count) for _ in range(rounds)]
            rows(options.folder.name, depth, stage, count, dict(zip(sides, zip(*times))))


if __name__ == "__main__":
    main()
