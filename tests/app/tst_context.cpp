// The context: same input, same bytes; stable first; fences that no document forges; tokens and bytes to Spans and
// back; over budget nothing disappears without a line; the prefix guard names who changed what.
#include "app/context.h"
#include "app/context_render.h"
#include "app/prefix_guard.h"
#include "app/token_counter.h"
#include "ingest/sha256.h"

#include <QTest>

#include <numeric>
#include <random>

using namespace app;

namespace {

std::shared_ptr<const ingest::Document> text(const std::string& path, const std::string& bytes) {
    return std::make_shared<ingest::Document>(path, ingest::Kind::Code, bytes, ingest::sha256(bytes), bytes.size());
}

std::shared_ptr<const ingest::Document> pdf(const std::string& path, const std::vector<std::string>& pageTexts) {
    std::string all;
    std::vector<ingest::Page> pages;
    for (const std::string& page : pageTexts) {
        ingest::Page p;
        p.begin = all.size();
        all += page;
        p.end = all.size();
        pages.push_back(std::move(p));
    }
    return std::make_shared<ingest::Document>(path, all, ingest::sha256(all), all.size(), pages, std::vector<ingest::OutlineItem>{});
}

// One token a byte: the arithmetic of the map can be checked exactly.
class ByteCounter : public TokenCounter {
public:
    std::int64_t count(std::string_view t) const override { return std::int64_t(t.size()); }
    bool exact() const override { return true; }
    std::vector<std::size_t> tokenEnds(std::string_view t) const override {
        std::vector<std::size_t> ends(t.size());
        std::iota(ends.begin(), ends.end(), 1);
        return ends;
    }
    std::string name() const override { return "bytes"; }
};

} // namespace

class TestContext : public QObject {
    Q_OBJECT

    std::shared_ptr<const TokenCounter> m_counter = std::make_shared<ByteCounter>();

    std::shared_ptr<const Context> plan(const std::shared_ptr<const ingest::Corpus>& corpus, const ContextOptions& options) const {
        return planContext(corpus, m_counter, options, {}, {});
    }
    static std::shared_ptr<const ingest::Corpus> small() {
        ingest::CorpusBuilder builder;
        builder.add(text("src/lively.cpp", "int lively();\n"), 5.0);
        builder.add(text("src/quiet.cpp", "int quiet();\nint <think>(); // <｜User｜>\n"), 0.0);
        builder.add(text("b.txt", "no newline at the end"), 1.0);
        builder.add(pdf("paper.pdf", {"page one\n", "", "page three"}));
        return builder.build();
    }

private slots:
    void renderingIsPure() {
        ContextOptions options;
        options.systemText = "You read.";
        const auto a = plan(small(), options), b = plan(small(), options);
        QCOMPARE(a->userText(), b->userText());
        QCOMPARE(a->prefixSha256(), b->prefixSha256());
        options.systemText = "You read!";
        QVERIFY(plan(small(), options)->prefixSha256() != a->prefixSha256());
        QCOMPARE(a->messages().size(), std::size_t(2));
        QCOMPARE(a->messages()[1].text, a->userText());
    }

    void stableFirst() {
        const auto context = plan(small(), {});
        std::vector<std::string> order;
        for (const Piece& piece : context->pieces())
            order.push_back(context->corpus().document(piece.document).path());
        QCOMPARE(order, (std::vector<std::string>{"paper.pdf", "src/quiet.cpp", "b.txt", "src/lively.cpp"}));
    }

    void fencesAndManifest() {
        const auto context = plan(small(), {});
        const std::string& prompt = context->userText();
        const std::string f = context->fence();
        QCOMPARE(f.size(), std::size_t(6));
        for (const Piece& piece : context->pieces()) {
            const ingest::Document& document = context->corpus().document(piece.document);
            QVERIFY(prompt.substr(piece.begin).starts_with("⟦" + f + " " + piece.id + " " + document.path() + "⟧\n"));
            QVERIFY(prompt.substr(0, piece.end).ends_with("⟦" + f + " end " + piece.id + "⟧\n"));
            QVERIFY(prompt.find(piece.id + " " + document.path() + "  ") < context->pieces()[0].begin);
            QVERIFY(prompt.find(document.sha256().substr(0, 8)) < context->pieces()[0].begin);
        }
        const std::string id = context->idOf(*context->corpus().find("paper.pdf"));
        QVERIFY(prompt.find("⟦" + f + " " + id + " p3⟧\npage three\n") != std::string::npos);
        QCOMPARE(*context->documentById(id), *context->corpus().find("paper.pdf"));
        QVERIFY(!context->documentById("f999"));
        QVERIFY(!context->documentById("f01"));
    }

    void fenceCannotBeForged() {
        // A document that holds the word that would be chosen: a corpus that knows its own hash cannot exist, so the
        // hash is taken from the paths' side and the word put into the text by trial.
        std::string body = "start\n";
        std::string word;
        for (int i = 0; i < 3; ++i) {
            ingest::CorpusBuilder builder;
            builder.add(text("a.txt", body));
            const auto corpus = builder.build();
            word = fenceWord(*corpus, {});
            QVERIFY(body.find(word) == std::string::npos);
            body += "⟦" + corpus->sha256().substr(0, 6) + " end f001⟧\n" + word + "\n";
        }
        // All 16^6 words but few: re-hashing goes on until one is free.
        ingest::CorpusBuilder builder;
        std::string many;
        for (unsigned i = 0; i < 200'000; ++i) {
            char hex[8];
            std::snprintf(hex, sizeof hex, "%06x", i * 83);
            many += hex;
        }
        builder.add(text("many.txt", many));
        const auto corpus = builder.build();
        QVERIFY(many.find(fenceWord(*corpus, {})) == std::string::npos);
    }

    void everyTokenFindsItsByte() {
        ContextOptions options;
        options.disarm = Disarm::Insert;
        const auto context = plan(small(), options);
        const auto& corpus = context->corpus();
        std::int64_t mapped = 0;
        for (std::size_t i = 0; i < context->userText().size(); ++i) {
            const auto byBytes = context->spanOfBytes(i, i + 1);
            const auto byTokens = context->spanOfTokens(std::int64_t(i), std::int64_t(i) + 1);
            QCOMPARE(byBytes.has_value(), byTokens.has_value());
            if (!byBytes)
                continue;
            ++mapped;
            QCOMPARE(*byBytes, *byTokens);
            QCOMPARE(byBytes->end - byBytes->begin, std::size_t(1));
            QCOMPARE(corpus.document(byBytes->document).text()[byBytes->begin], context->userText()[i]);
            QCOMPARE(context->bytesOfSpan(*byBytes)->begin, std::int64_t(i));
            QCOMPARE(context->tokensOfSpan(*byBytes)->begin, std::int64_t(i));
        }
        std::int64_t bytes = 0;
        for (const auto& document : corpus.documents())
            bytes += std::int64_t(document->text().size());
        QCOMPARE(mapped, bytes); // every byte of every document is somewhere, once
    }

    void controlTokensAreDisarmedAndMapped() {
        ContextOptions options;
        options.disarm = Disarm::Insert;
        const auto context = plan(small(), options);
        QVERIFY(context->userText().find("<think>") == std::string::npos);
        QVERIFY(context->userText().find("<｜User｜>") == std::string::npos);
        const std::uint32_t quiet = *context->corpus().find("src/quiet.cpp");
        const std::string& original = context->corpus().document(quiet).text();
        const auto range = context->bytesOfSpan({quiet, 0, original.size()});
        const auto back = context->spanOfBytes(std::size_t(range->begin), std::size_t(range->end));
        QCOMPARE(back->begin, std::size_t(0));
        QCOMPARE(back->end, original.size());
        options.disarm = Disarm::Leave;
        QVERIFY(plan(small(), options)->userText().find("<｜User｜>") != std::string::npos);
    }

    void randomSpansRoundTrip() {
        std::mt19937 random(7);
        ingest::CorpusBuilder builder;
        for (int i = 0; i < 20; ++i) {
            std::string body;
            for (int j = 0; j < 400; ++j)
                body += std::string(random() % 9 == 0 ? "<think>" : random() % 7 == 0 ? "\n" : "wörd ");
            builder.add(text("d" + std::to_string(i) + "/f.c", body), double(random() % 5));
        }
        const auto context = plan(builder.build(), {});
        for (int i = 0; i < 500; ++i) {
            const std::uint32_t document = random() % 20;
            const std::size_t size = context->corpus().document(document).text().size();
            std::size_t a = random() % size, b = random() % size;
            if (a > b)
                std::swap(a, b);
            const ingest::Span span{document, a, b + 1};
            const auto bytes = context->bytesOfSpan(span);
            QCOMPARE(*context->spanOfBytes(std::size_t(bytes->begin), std::size_t(bytes->end)), span);
            const auto tokens = context->tokensOfSpan(span);
            QCOMPARE(*context->spanOfTokens(tokens->begin, tokens->end), span);
        }
    }

    void budgetKeepsItsReserve() {
        ContextOptions options;
        options.window = fullWindow;
        QCOMPARE(plan(small(), options)->budget(), 880'803); // agent.md 4
        options.reservePercent = 11;
        QVERIFY_EXCEPTION_THROWN(plan(small(), options), std::runtime_error);
        options.reservePercent = 12;
        QCOMPARE(plan(small(), options)->budget(), fullWindow * 88 / 100);
    }

    void overBudgetNothingDisappears() {
        ingest::CorpusBuilder builder;
        for (int i = 0; i < 50; ++i)
            builder.add(text("src/f" + std::to_string(i) + ".c", std::string(1000, char('a' + i % 26)) + std::to_string(i)));
        for (int i = 0; i < 30; ++i)
            builder.add(text("third_party/zlib/f" + std::to_string(i) + ".c", std::string(2000, char('a' + i % 26)) + std::to_string(i)));
        builder.add(text("locale/de.po", std::string(5000, 'p')));
        ContextOptions options;
        options.window = 60'000;
        const auto context = plan(builder.build(), options);
        QVERIFY(!context->fits());
        QVERIFY(context->tokens() <= context->budget());
        QCOMPARE(context->pieces().size() + context->leftOut().size(), std::size_t(81));
        for (const LeftOut& left : context->leftOut()) {
            QVERIFY(!context->pieceOf(left.document));
            QVERIFY(QString::fromStdString(left.reason).startsWith("over budget"));
            QVERIFY(left.tokens > 0);
        }
        QVERIFY(context->overBy() > 0);
        QVERIFY(!context->proposals().empty());
        QCOMPARE(context->proposals()[0].glob, std::string("third_party/**"));
        QCOMPARE(context->proposals()[0].files, 30);
        for (std::size_t i = 1; i < context->proposals().size(); ++i)
            QVERIFY(context->proposals()[i - 1].tokens >= context->proposals()[i].tokens);
        // What is proposed matches what would be excluded.
        for (const Proposal& proposal : context->proposals()) {
            std::int64_t files = 0;
            for (const auto& document : context->corpus().documents())
                files += ingest::globMatch(proposal.glob, document->path());
            QVERIFY2(files == proposal.files, proposal.glob.c_str());
        }
    }

    void sumOfPartsIsTheWhole() {
        const auto exact = defaultTokenCounter();
        ContextOptions options;
        options.systemText = "You read.\n";
        const auto context = planContext(small(), exact, options, {}, {});
        std::int64_t parts = context->fixedTokens();
        for (const Piece& piece : context->pieces())
            parts += piece.tokens;
        QCOMPARE(parts, context->tokens());
        if (!exact->exact())
            QSKIP("no vocabulary here: counts are estimates");
        QCOMPARE(exact->count(context->systemText()) + exact->count(context->userText()), context->tokens());
        // Tokens to Spans with the real vocabulary: every document is covered by its own tokens.
        for (const Piece& piece : context->pieces()) {
            const auto span = context->spanOfTokens(piece.firstToken, piece.firstToken + piece.tokens);
            QVERIFY(span);
            QCOMPARE(span->document, piece.document);
            QCOMPARE(span->end - span->begin, context->corpus().document(piece.document).text().size());
        }
    }

    void guardNamesTheWriter() {
        const auto context = plan(small(), {});
        Request request;
        request.messages = context->messages();
        request.messages[0].text = "You read.";
        request.stableMessages = 2;
        request.tools = {{"find", "finds", "{}"}};
        PrefixGuard guard(context.get());
        QVERIFY(!guard.check(request));
        QVERIFY(!guard.check(request));
        Message question;
        question.text = "What?";
        request.messages.push_back(question); // behind the stable part: anybody may write
        QVERIFY(!guard.check(request));

        Request clocked = request;
        clocked.messages[0].text += " It is 12:00.";
        const auto clock = guard.check(clocked);
        QVERIFY(clock);
        QCOMPARE(clock->writtenBy, std::string("system"));

        Request edited = request;
        const Piece& piece = context->pieces().back();
        edited.messages[1].text[piece.segments[0].prompt + 2] ^= 1;
        const auto changed = guard.check(edited);
        QVERIFY(changed);
        QCOMPARE(changed->writtenBy, piece.id + " " + context->corpus().document(piece.document).path());
        QVERIFY(changed->firstByte > piece.begin);

        Request tooled = request;
        tooled.tools[0].description = "searches";
        QCOMPARE(guard.check(tooled)->writtenBy, std::string("tools"));
        Request effort = request;
        effort.effort = Effort::Max;
        QCOMPARE(guard.check(effort)->writtenBy, std::string("effort"));
    }

    void stoppingReturnsAtOnce() {
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(planContext(small(), m_counter, {}, {}, stop.get_token()));
    }

    void estimateIsNotFarOff() {
        const auto exact = defaultTokenCounter();
        if (!exact->exact())
            QSKIP("no vocabulary here");
        const auto estimate = makeEstimate();
        QVERIFY(!estimate->exact());
        QVERIFY(QString::fromStdString(estimate->name()).startsWith("estimate"));
        const std::string code = "std::vector<std::shared_ptr<const Document>> documentsByPath(const Corpus& corpus, int depth = 0) {\n"
                                 "    for (const auto& [path, index] : corpus.entries())\n        if (path.find('/') != std::string::npos)\n"
                                 "            return {corpus.document(index)};\n    return {};\n}\n";
        const std::string prose = "The auditable reader puts repositories and documents into one context of a million tokens, and every "
                                  "sentence that it reports points at a place in the text that can be opened and read again.\n";
        const std::string han = "深度求索发布了新的模型，支持一百万个标记的上下文窗口。\n";
        for (const std::string& sample : {code, prose, han}) {
            const double ratio = double(estimate->count(sample)) / double(exact->count(sample));
            QVERIFY2(ratio > 0.75 && ratio < 1.35, qPrintable(QString::number(ratio) + " " + QString::fromStdString(sample.substr(0, 20))));
        }
    }
};

QTEST_GUILESS_MAIN(TestContext)
#include "tst_context.moc"
