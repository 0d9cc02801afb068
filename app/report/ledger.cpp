#include "app/report/ledger.h"

#include "ingest/filter.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace app {

const char* toString(CoverageState state) {
    switch (state) {
    case CoverageState::InContext:
        return "in_context";
    case CoverageState::StructureOnly:
        return "structure_only";
    case CoverageState::Excluded:
        return "excluded";
    case CoverageState::Unreadable:
        return "unreadable";
    case CoverageState::OverBudget:
        return "over_budget";
    case CoverageState::Withheld:
        return "withheld";
    case CoverageState::PageWithoutText:
        return "page_without_text";
    }
    return "unreadable";
}

namespace {

// States that leave something inside the scope unread.
bool isGap(CoverageState state) {
    return state == CoverageState::Unreadable || state == CoverageState::OverBudget ||
           state == CoverageState::Withheld || state == CoverageState::PageWithoutText;
}

bool pageHasText(const ingest::Document& document, const ingest::Page& page) {
    const std::string_view text(document.text().data() + page.begin, page.end - page.begin);
    return !page.words.empty() || text.find_first_not_of(" \t\r\n\f\v") != std::string_view::npos;
}

std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), ",");
    }
    return text;
}

std::string plural(std::int64_t number, const char* one, const char* many) {
    return grouped(number) + ' ' + (number == 1 ? one : many);
}

} // namespace

Ledger::Ledger(std::shared_ptr<const ingest::Corpus> corpus) : m_corpus(std::move(corpus)) {
    for (const auto& document : m_corpus->documents()) {
        m_fileRow.push_back(m_rows.size());
        m_rows.push_back({document->path(), 0, document->fileBytes(), 0, CoverageState::InContext, {}, {}});
        m_bytesListed += document->fileBytes();
        int number = 0;
        for (const ingest::Page& page : document->pages()) {
            LedgerRow row{
                document->path(), ++number, page.end - page.begin, 0, CoverageState::InContext, {}, {}};
            if (!pageHasText(*document, page)) {
                row.state = CoverageState::PageWithoutText;
                row.reason = "no text on the page: it is blank, or a picture that needs OCR";
            }
            m_rows.push_back(std::move(row));
        }
    }
    for (const ingest::Skipped& skipped : m_corpus->skipped()) {
        m_rows.push_back({skipped.path, 0, skipped.bytes, 0,
                          skipped.state == ingest::SkipState::Excluded ? CoverageState::Excluded
                                                                       : CoverageState::Unreadable,
                          skipped.reason, skipped.rule});
        m_bytesListed += skipped.bytes;
    }
}

void Ledger::mark(std::uint32_t document, CoverageState state, std::string reason, std::string rule) {
    std::size_t row = m_fileRow.at(document);
    m_rows[row].state = state;
    m_rows[row].reason = std::move(reason);
    m_rows[row].rule = std::move(rule);
    for (++row; row < m_rows.size() && m_rows[row].page > 0; ++row) {
        if (m_rows[row].state != CoverageState::PageWithoutText) {
            m_rows[row].state = state;
        }
    }
}

void Ledger::setTokens(std::uint32_t document, std::int64_t tokens) {
    m_rows[m_fileRow.at(document)].tokens = tokens;
}

void Ledger::markOcr(std::uint32_t document, int page) {
    LedgerRow& row = m_rows.at(m_fileRow.at(document) + static_cast<std::size_t>(page));
    row.state = CoverageState::InContext;
    row.reason = "text by OCR";
    ++m_pagesOcr;
}

void Ledger::planQuestion(std::string id, std::string scope) {
    m_questions.push_back({std::move(id), std::move(scope), false});
}

void Ledger::examined(std::string_view id) {
    for (Question& question : m_questions) {
        if (question.id == id) {
            question.done = true;
        }
    }
}

void Ledger::gap(std::string what, std::string reason) {
    m_gaps.push_back({std::move(what), {}, "incomplete", std::move(reason)});
}

bool Ledger::complete() const {
    const bool somethingRead = std::any_of(m_rows.begin(), m_rows.end(), [](const LedgerRow& row) {
        return row.state == CoverageState::InContext || row.state == CoverageState::StructureOnly;
    });
    return somethingRead && m_gaps.empty() &&
           std::none_of(m_rows.begin(), m_rows.end(),
                        [](const LedgerRow& row) { return isGap(row.state); }) &&
           std::all_of(m_questions.begin(), m_questions.end(), [](const Question& q) { return q.done; });
}

Coverage Ledger::coverage() const {
    Coverage coverage;
    coverage.complete = complete();
    coverage.tokensExact = m_tokensExact;
    coverage.bytesListed = m_bytesListed;
    coverage.pagesOcr = m_pagesOcr;
    std::map<CoverageState, std::uint64_t> bytes;
    std::map<std::string, std::vector<int>> emptyPages;
    for (const LedgerRow& row : m_rows) {
        if (row.page > 0) {
            ++coverage.pagesFound;
            if (row.state == CoverageState::PageWithoutText) {
                ++coverage.pagesEmpty;
                emptyPages[row.path].push_back(row.page);
            } else if (row.reason != "text by OCR") {
                ++coverage.pagesText;
            }
            continue;
        }
        ++coverage.found;
        bytes[row.state] += row.bytes;
        switch (row.state) {
        case CoverageState::InContext:
            ++coverage.inContext;
            break;
        case CoverageState::StructureOnly:
            ++coverage.structureOnly;
            break;
        case CoverageState::Excluded:
            ++coverage.excluded;
            break;
        case CoverageState::OverBudget:
            ++coverage.overBudget;
            break;
        case CoverageState::Withheld:
            ++coverage.withheld;
            break;
        case CoverageState::Unreadable:
        case CoverageState::PageWithoutText:
            ++coverage.unreadable;
            break;
        }
        if (row.state == CoverageState::InContext || row.state == CoverageState::StructureOnly) {
            coverage.tokensInContext += row.tokens;
        }
        if (isGap(row.state)) {
            coverage.open.push_back({row.path, {}, toString(row.state), row.reason});
        }
    }
    std::uint64_t sum = 0;
    for (const auto& [state, amount] : bytes) {
        sum += amount;
    }
    if (sum != m_bytesListed || coverage.found != coverage.inContext + coverage.structureOnly +
                                                      coverage.excluded + coverage.unreadable +
                                                      coverage.overBudget + coverage.withheld) {
        throw std::logic_error("The coverage ledger does not add up: " + std::to_string(sum) + " of " +
                               std::to_string(m_bytesListed) + " bytes accounted for.");
    }
    for (const auto& [path, pages] : emptyPages) {
        std::string list;
        for (std::size_t i = 0; i < pages.size(); ++i) {
            std::size_t last = i;
            while (last + 1 < pages.size() && pages[last + 1] == pages[last] + 1) {
                ++last;
            }
            list += (list.empty() ? "" : ", ") + std::to_string(pages[i]) +
                    (last > i ? "-" + std::to_string(pages[last]) : std::string());
            i = last;
        }
        coverage.open.push_back(
            {path, list, toString(CoverageState::PageWithoutText), "no text on the page: it is blank, or a picture that needs OCR"});
    }
    coverage.questionsPlanned = static_cast<std::int64_t>(m_questions.size());
    for (const Question& question : m_questions) {
        coverage.questionsDone += question.done ? 1 : 0;
        if (!question.done) {
            coverage.open.push_back(
                {question.id,
                 {},
                 "not_examined",
                 "planned question not finished" +
                     (question.scope.empty() ? std::string() : " over " + question.scope)});
        }
    }
    coverage.open.insert(coverage.open.end(), m_gaps.begin(), m_gaps.end());
    if (coverage.inContext + coverage.structureOnly == 0) {
        coverage.open.push_back({"(everything)", {}, "not_read", "no file was read"});
    }
    return coverage;
}

std::vector<ManifestRow> Ledger::manifest() const {
    std::vector<ManifestRow> result;
    for (std::size_t i = 0; i < m_corpus->documents().size(); ++i) {
        const ingest::Document& document = m_corpus->document(i);
        const LedgerRow& row = m_rows[m_fileRow[i]];
        ManifestRow out;
        out.path = document.path();
        out.kind = ingest::kindName(document.kind());
        out.sha256 = document.sha256();
        out.state = toString(row.state);
        out.reason = row.reason;
        out.rule = row.rule;
        out.bytes = row.bytes;
        out.tokens = row.tokens;
        out.lines = document.pages().empty() ? document.lineCount() : 0;
        out.pages = static_cast<std::int64_t>(document.pages().size());
        result.push_back(std::move(out));
    }
    for (const ingest::Skipped& skipped : m_corpus->skipped()) {
        ManifestRow out;
        out.path = skipped.path;
        out.state = skipped.state == ingest::SkipState::Excluded ? "excluded" : "unreadable";
        out.reason = skipped.reason;
        out.rule = skipped.rule;
        out.bytes = skipped.bytes;
        result.push_back(std::move(out));
    }
    std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return result;
}

std::string nothingFound(const Coverage& coverage, int level) {
    if (!coverage.complete) {
        return {};
    }
    if (level < 2) {
        return "No check fired; no model has reviewed this.";
    }
    const std::int64_t read = coverage.inContext + coverage.structureOnly;
    return "No findings. " + grouped(read) + " of " + grouped(coverage.found - coverage.excluded) +
           " files read, " + grouped(coverage.questionsDone) + " of " +
           plural(coverage.questionsPlanned, "question.", "questions.");
}

std::string coverageLine(const Coverage& coverage) {
    const std::int64_t read = coverage.inContext + coverage.structureOnly;
    std::string line = (coverage.complete ? "Complete: " : "Incomplete: ") + grouped(read) + " of " +
                       plural(coverage.found, "file", "files") + " read";
    if (coverage.structureOnly > 0) {
        line += " (" + grouped(coverage.structureOnly) + " as structure only)";
    }
    line += ", " + grouped(coverage.excluded) + " excluded by rule";
    const std::pair<std::int64_t, const char*> gaps[] = {{coverage.unreadable, "unreadable"},
                                                         {coverage.overBudget, "over budget"},
                                                         {coverage.withheld, "withheld"}};
    for (const auto& [number, name] : gaps) {
        if (number > 0) {
            line += ", " + grouped(number) + ' ' + name;
        }
    }
    if (coverage.pagesFound > 0) {
        line += "; " + grouped(coverage.pagesText + coverage.pagesOcr) + " of " +
                plural(coverage.pagesFound, "page", "pages") + " with text";
        if (coverage.pagesOcr > 0) {
            line += " (" + grouped(coverage.pagesOcr) + " by OCR)";
        }
    }
    if (coverage.questionsPlanned > 0) {
        line += "; " + grouped(coverage.questionsDone) + " of " +
                plural(coverage.questionsPlanned, "question", "questions") + " examined";
    }
    return line + ".";
}

} // namespace app
