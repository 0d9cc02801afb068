"""The gates of the plan (design of 2026-11, section 12) against what evaluate.py measured: every one listed, with the
figure, its 95 % interval, and pass or MISSED for this rung and for the next. Fixed before the first run.
"""


def shown(i, unit=" %", digits=1):
    if i is None: return "not measured"
    if not isinstance(i, dict): return f"{i:.{digits}f}{unit}"
    return f"{i['mean']:.{digits}f}{unit} [{i['low']:.{digits}f}, {i['high']:.{digits}f}], {i['items']} items"


def short(i, unit="", digits=1):
    return "-" if not i else f"{i['mean'] if isinstance(i, dict) else i:.{digits}f}{unit}"


def gates(e):
    """[{measure, value, baselines, pico gate, pico, N12 gate, N12}]"""
    rows = []

    def row(measure, value, baselines="", pico="reported", passed=None, n12="", n12_passed=None):
        state = {True: "pass", False: "MISSED", None: "reported"}
        rows.append({"measure": measure, "value": value, "baselines": baselines, "pico gate": pico, "pico": state[passed] if value != "not measured" else "not measured",
                     "N12 gate": n12, "N12": "" if not n12 else state[n12_passed]})

    for kind, slack in (("code", "teacher + 0.10"), ("docs", "teacher"), ("prose", "teacher + 0.15")):
        b = e["bits"][kind]
        row(f"bits per byte, {kind}", f"{b['model']['whole']:.3f} [{b['model']['low']:.3f}, {b['model']['high']:.3f}], {b['model']['items']} texts",
            f"order-5 bytes {b['order5']['whole']:.3f}, xz {b['xz']['whole']:.3f}", "below order-5 and 1.5", b["model"]["whole"] < min(b["order5"]["whole"], 1.5), f"at most {slack}", None)
    d = e["describe"]
    bleu, rouge = d["bleu"], d["rouge_l"]
    others = [k for k in ("identifier", "lead-3", "textrank", "smollm2") if k in bleu]
    above = all(bleu["model"]["mean"] > bleu[k]["mean"] for k in others)
    row("describe a function: BLEU-4, smoothed", shown(bleu["model"], ""), ", ".join(f"{k} {short(bleu[k])}" for k in others), n12="at least 11 and above both baselines", n12_passed=bleu["model"]["mean"] >= 11 and above)
    row("describe a function: ROUGE-L", shown(rouge["model"], ""), ", ".join(f"{k} {short(rouge[k])}" for k in others))
    t = e["title"]
    row("title of a section: ROUGE-L", shown(t["rouge_l"]["model"], ""), ", ".join(f"{k} {short(t['rouge_l'][k])}" for k in ("first words", "lead-3", "textrank")))
    s = e["summary"]
    best = max(s["lead-3"]["mean"], s["textrank"]["mean"])
    row("summary of a section by rules: heading words in three sentences", shown(s["pipeline"]), f"lead-3 {short(s['lead-3'])}, textrank {short(s['textrank'])}", "rules only", None,
        "at least the better baseline", s["pipeline"]["mean"] >= best)
    q = e["quotes"]
    row("quotes that are exact copies", f"{q['verbatim']:.1f} %, {q['quotes']} quotes", f"{q['generated']} generated sentences, {q['generated without place or mark']} without place or mark", "100 %",
        q["wrong"] == 0 and q["generated without place or mark"] == 0, "100 %", q["wrong"] == 0)
    p = e["point"]
    row("pointing: the cited passage holds the gold", shown(p["model"]), f"BM25 {short(p['bm25'])}, chance {short(p['chance'])}", n12="at least BM25 and 60 %", n12_passed=p["model"]["mean"] >= max(60, p["bm25"]["mean"]))
    rows.append({"measure": "span exact match, none accuracy", "value": "not trained", "baselines": "", "pico gate": "reported", "pico": "not trained", "N12 gate": "60 %, 70 %", "N12": "MISSED"})
    wanted = {"2048": ("95 %", 95, "", 0), "4096": ("reported", None, "95 %", 95), "8192": ("80 %", 80, "", 0), "32768": ("reported", None, "95 %", 95), "131072": ("reported", None, "85 %", 85)}
    for length in sorted((l for l in e["recall"] if l.isdigit()), key=int):
        r = e["recall"][length]
        gate, least, n12, n12_least = wanted.get(length, ("reported", None, "", 0))
        found = r["found"]["mean"]
        row(f"recall at {int(length) // 1024}K tokens", shown(r["found"]), f"absent facts said to be absent {short(r['absent said'], ' %', 0)}", gate, None if least is None else found >= least, n12, found >= n12_least)
    if "without the context" in e["recall"]:
        row("the same questions without the context", shown(e["recall"]["without the context"]), "must be near 0: else the test leaks", "below 5 %", e["recall"]["without the context"]["mean"] < 5)
    for length in ("4096", "32768", "131072"):
        if length not in e["recall"]: row(f"recall at {int(length) // 1024}K tokens", "not measured", n12=wanted[length][2], n12_passed=None)
    if e.get("stored"):
        loss = e["stored"]["loss"]
        row("stored file against bf16, bits per byte (trainer's log)", f"{loss:+.2f} %", f"{e['stored']['bf16']:.4f} against {e['stored']['stored']:.4f}", "at most 2 %", loss <= 2, "at most 1 %", loss <= 1)
    else: row("stored file against bf16, bits per byte (trainer's log)", "not measured", pico="at most 2 %")
    q = e.get("equality")
    if q and "equal" in q:
        worst = max(v for k, v in q.items() if " against " in k and v is not None)
        row("trainer, transformers, engine: worst logit, roundings off", f"{worst:.1e}, {q['prompts']} prompts", f"largest logit {q['largest logit']:.0f}", "5e-4 (plan: 1e-4)", worst <= 5e-4, "1e-4", worst <= 1e-4)
        same, kl = q["roundings on: same next token"], q["roundings on: mean KL"]
        row("trainer against engine, roundings on", f"same next token {same:.1f} %, mean KL {kl:.1e}", "", "98 % and 3e-3", same >= 98 and kl <= 3e-3, "98 % and 3e-3", same >= 98 and kl <= 3e-3)
    else: row("trainer, transformers, engine: worst logit, roundings off", "not measured", pico="5e-4")
    for length, r in e["speed"].items():
        row(f"speed at {int(length) // 1024}K tokens", f"{r['read']:.0f} tokens/s read, {r['write']:.0f} written" + (f", {r['peak MB']} MB" if "peak MB" in r else ""), f"{e['machine']['cores']} cores" + (", busy with other work" if e["machine"]["load at the start"] > 1.5 * e["machine"]["cores"] else ""))
    return rows


def stated_context(e, least=85):
    """The largest length whose recall is at least `least` percent, and every shorter one's too; 0 where none is."""
    stated = 0
    for length in sorted((l for l in e["recall"] if l.isdigit()), key=int):
        if e["recall"][length]["found"]["mean"] < least: break
        stated = int(length)
    return stated


def card(e):
    """What the program shows of it: `lectern engine info built-in`, the engine panel."""
    stated = stated_context(e)
    head = {"measure": "stated context (recall of 85 % and more)", "value": f"{stated} tokens" if stated else "none", "baseline": "", "gate": "", "state": "reported"}
    return [head] + [{"measure": r["measure"], "value": r["value"], "baseline": r["baselines"], "gate": r["pico gate"] if r["pico gate"] != "reported" else "", "state": r["pico"]} for r in e["gates"]]


def markdown(e):
    quick = " Quick run: few items, wide intervals." if e["quick"] else f" {e['share']:.0%} of the items." if e["share"] < 1 else ""
    lines = [f"Measured by `evaluate.py` with the program's own engine on {e['machine']['cores']} CPU cores in {e['seconds']} s; intervals are 95 % bootstrap over items.{quick}", "",
             "| measure | value | beside it | pico gate | | N12 gate | |", "|---|---|---|---|---|---|---|"]
    lines += [f"| {r['measure']} | {r['value']} | {r['baselines']} | {r['pico gate']} | {r['pico']} | {r['N12 gate']} | {r['N12']} |" for r in e["gates"]]
    stated = stated_context(e)
    lines += ["", f"Stated context: {f'{stated} tokens' if stated else 'none'}, the largest length at which at least 85 % of planted facts are found."]
    return "\n".join(lines) + "\n"


def into_readme(e, file):
    """The table of figures between the two marks of a README."""
    import re
    rows = "\n".join(f"| {r['measure']} | {r['value']} | {r['baselines']} | {r['pico gate']}: {r['pico']} |" if r["pico gate"] != "reported" else f"| {r['measure']} | {r['value']} | {r['baselines']} | {r['pico']} |" for r in e["gates"])
    stated = stated_context(e)
    table = (f"Stated context: {f'{stated} tokens' if stated else 'none'} (the largest length at which at least 85 % of planted facts are found). Measured by\n"
             f"`resources/nano/evaluate.py` with this engine on {e['machine']['cores']} CPU cores{'' if e['share'] == 1 else ', on a share of the items'}; intervals are\n95 % bootstrap over items.\n\n| measure | value | beside it | gate |\n|---|---|---|---|\n{rows}\n")
    text, count = re.subn(r"(<!-- measured: [^>]*-->\n).*?(<!-- end of measured -->)", lambda m: m[1] + table + m[2], file.read_text(), flags=re.S)
    if count != 1: raise SystemExit(f"{file} has no place for the table: write the two marks of gates.py into it.")
    file.write_text(text)
