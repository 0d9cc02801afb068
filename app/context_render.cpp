#include "app/context_render.h"

#include "app/backend/disarm.h"
#include "ingest/search.h"
#include "ingest/sha256.h"

#include <algorithm>
#include <cstdio>

namespace app {

namespace {

constexpr std::string_view joiner = "\xE2\x81\xA0";

// Text disarmed, with one segment for every stretch that is byte for byte the document's.
void appendDisarmed(Rendered& out, std::string_view text, std::size_t documentBegin, Disarm how) {
    if (text.empty())
        return;
    const std::string safe = how == Disarm::Insert ? disarm(text) : std::string(text);
    const std::size_t base = out.text.size();
    std::size_t begin = 0, source = 0;
    for (std::size_t at = 0; at < safe.size();) {
        if (source < text.size() && safe[at] == text[source]) {
            ++at, ++source;
            continue;
        }
        out.segments.push_back({base + begin, documentBegin + source - (at - begin), at - begin});
        at += joiner.size();
        begin = at;
    }
    out.segments.push_back({base + begin, documentBegin + source - (safe.size() - begin), safe.size() - begin});
    std::erase_if(out.segments, [](const Segment& s) { return s.length == 0; });
    out.text += safe;
}

void endLine(std::string& text) {
    if (!text.empty() && text.back() != '\n')
        text += '\n';
}

// The first lines of every symbol, up to where its body begins; headings of text.
std::vector<std::pair<std::size_t, std::size_t>> structureOf(const ingest::Corpus& corpus, std::uint32_t index) {
    const ingest::Document& document = corpus.document(index);
    std::vector<std::pair<std::size_t, std::size_t>> parts;
    for (const ingest::Symbol& symbol : ingest::outline(corpus, index)) {
        const int first = document.lineAt(symbol.span.begin);
        int last = first;
        // A signature may run over some lines: to the line with "{", ";" or ":" at its end.
        while (last - first < 3 && last < document.lineAt(symbol.span.end > symbol.span.begin ? symbol.span.end - 1 : symbol.span.begin)) {
            const std::string_view line = document.line(last);
            if (line.find_first_of("{;") != std::string_view::npos || line.ends_with(":"))
                break;
            ++last;
        }
        const std::size_t begin = document.lineBegin(first), end = document.lineEnd(last);
        if (parts.empty() || begin >= parts.back().second)
            parts.emplace_back(begin, end);
        else
            parts.back().second = std::max(parts.back().second, end);
    }
    return parts;
}

} // namespace

std::string fenceWord(const ingest::Corpus& corpus, std::stop_token stop) {
    std::string hash = corpus.sha256().empty() ? ingest::sha256("") : corpus.sha256();
    for (;;) {
        const std::string word = hash.substr(0, 6);
        const bool used = std::any_of(corpus.documents().begin(), corpus.documents().end(), [&](const auto& document) {
            return !stop.stop_requested() && (document->text().find(word) != std::string::npos ||
                                              document->path().find(word) != std::string::npos);
        });
        if (!used)
            return word;
        hash = ingest::sha256(hash);
    }
}

std::string shortId(std::uint32_t document) {
    char text[16];
    std::snprintf(text, sizeof text, "f%03u", document + 1);
    return text;
}

std::string promptPath(const std::string& path) {
    std::string plain;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            plain += c;
            continue;
        }
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\x%02x", byte);
        plain += escape;
    }
    return disarm(plain);
}

Rendered renderDocument(const ingest::Corpus& corpus, std::uint32_t index, const std::string& fence, bool structureOnly,
                        Disarm how) {
    const ingest::Document& document = corpus.document(index);
    const std::string id = shortId(index);
    Rendered out;
    out.text.reserve(document.text().size() + 200);
    out.text = "⟦" + fence + " " + id + " " + promptPath(document.path()) + (structureOnly ? " structure only" : "") + "⟧\n";
    const std::string_view text = document.text();
    if (structureOnly) {
        for (const auto& [begin, end] : structureOf(corpus, index)) {
            appendDisarmed(out, text.substr(begin, end - begin), begin, how);
            endLine(out.text);
        }
    } else if (!document.pages().empty()) {
        int number = 0;
        for (const ingest::Page& page : document.pages()) {
            out.text += "⟦" + fence + " " + id + " p" + std::to_string(++number) + "⟧\n";
            appendDisarmed(out, text.substr(page.begin, page.end - page.begin), page.begin, how);
            endLine(out.text);
        }
    } else {
        appendDisarmed(out, text, 0, how);
        endLine(out.text);
    }
    out.text += "⟦" + fence + " end " + id + "⟧\n";
    return out;
}

std::string manifestLine(const ingest::Corpus& corpus, std::uint32_t index, std::int64_t tokens, bool structureOnly) {
    const ingest::Document& document = corpus.document(index);
    std::string number = std::to_string(tokens);
    for (int at = int(number.size()) - 3; at > 0; at -= 3)
        number.insert(std::size_t(at), ",");
    return shortId(index) + " " + promptPath(document.path()) + "  " + number + " tokens  " + document.sha256().substr(0, 8) +
           (structureOnly ? "  structure only" : "") + "\n";
}

std::vector<std::uint32_t> stableOrder(const ingest::Corpus& corpus) {
    std::vector<std::uint32_t> order(corpus.documents().size());
    for (std::uint32_t i = 0; i < order.size(); ++i)
        order[i] = i;
    // Corpus order is by path, and the sort keeps it where nothing else decides.
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const bool pdfA = corpus.document(a).kind() == ingest::Kind::Pdf, pdfB = corpus.document(b).kind() == ingest::Kind::Pdf;
        if (pdfA != pdfB)
            return pdfA;
        return corpus.volatility(a) < corpus.volatility(b);
    });
    return order;
}

} // namespace app
