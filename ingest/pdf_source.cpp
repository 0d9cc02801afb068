#include "ingest/pdf_source.h"

#include "ingest/pdf_outline.h"
#include "ingest/pdf_process.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace ingest {

namespace {

constexpr std::size_t worthSplitting = 300'000; // bytes; below, one process is done before a second has started

unsigned partsFor(std::size_t bytes) {
    if (bytes < worthSplitting)
        return 1;
    return std::clamp(std::thread::hardware_concurrency(), 1u, 4u);
}

// A small file cannot ask for a large answer; a large one may: text and boxes of real documents are below eight times
// the file, and below 32 times for small ones.
std::uint64_t replyLimit(std::size_t bytes, const PdfOptions& options) {
    const std::uint64_t wanted = std::max<std::uint64_t>(16u << 20, 32ull * bytes);
    return std::max(std::min(wanted, options.replyBytes), std::min<std::uint64_t>(8ull * bytes, 1u << 30));
}

std::string sentenceOf(pdf::Trouble trouble) {
    switch (trouble) {
    case pdf::Trouble::NotPdf:
        return "the file is damaged or not a PDF";
    case pdf::Trouble::Locked:
        return "the file is locked with a password; save a copy without one";
    case pdf::Trouble::NoPages:
        return "the file has no pages that can be found; it is damaged";
    case pdf::Trouble::PageTooLarge:
        return "one page holds more than 4 MB of text, and the rest of it was left out";
    case pdf::Trouble::ReplyFull:
        return "the file holds more text than one file may";
    case pdf::Trouble::NoSuchPage:
        return "the file has no such page";
    case pdf::Trouble::NoPicture:
        return "the page cannot be drawn";
    case pdf::Trouble::NoMemory:
        return "the file needs more memory than one file may take";
    case pdf::Trouble::None:
        break;
    }
    return {};
}

std::string pageRange(std::size_t first, std::size_t last) {
    if (first == last)
        return "page " + std::to_string(first) + " was not read";
    return "pages " + std::to_string(first) + " to " + std::to_string(last) + " were not read";
}

// Puts the parts together: pages in order, holes filled by empty pages so that page numbers stay right.
class Assembler {
public:
    void add(const PdfPart& part) {
        const PdfReplyParser& reply = part.reply;
        std::string why = part.ending;
        if (why.empty())
            why = sentenceOf(reply.trouble);
        if (!reply.helloSeen) {
            // Where not even the greeting came, nothing is known of this part's pages.
            note(why);
            return;
        }
        pagesInFile = std::max<std::size_t>(pagesInFile, reply.pagesInFile);
        for (std::size_t i = 0; i < reply.pages.size(); ++i)
            addPage(reply.first + i, reply.pages[i]);
        const std::size_t end = reply.first + reply.pages.size();
        if (reply.pages.size() < reply.count)
            note(pageRange(end + 1, std::size_t(reply.first) + reply.count) + ": " + why);
        else if (reply.trouble == pdf::Trouble::PageTooLarge)
            note("page " + std::to_string(reply.troublePage + 1) + ": " + why);
        else if (reply.count == 0 && !why.empty())
            note(why);
        checked += reply.pagesChecked;
        read += reply.pages.size();
        promised = std::max(promised, std::size_t(reply.first) + reply.count);
        if (!reply.outline.empty())
            titles = reply.outline;
    }

    void note(const std::string& sentence) {
        if (sentence.empty() || problem.find(sentence) != std::string::npos)
            return;
        problem += problem.empty() ? sentence : "; " + sentence;
    }

    std::string text, problem;
    std::vector<Page> pages;
    std::vector<PdfReplyParser::Title> titles;
    std::size_t pagesInFile = 0, promised = 0, read = 0, checked = 0, hidden = 0;

private:
    void addPage(std::size_t index, const PdfReplyParser::PageText& source) {
        while (pages.size() < index) {
            Page hole;
            hole.begin = hole.end = text.size();
            pages.push_back(std::move(hole));
        }
        Page page = source.page;
        page.begin = text.size();
        text += source.text;
        page.end = text.size();
        for (Word& word : page.words) {
            word.begin += static_cast<std::uint32_t>(page.begin);
            word.end += static_cast<std::uint32_t>(page.begin);
            hidden += word.hidden != Hidden::No;
        }
        pages.push_back(std::move(page));
    }
};

std::string asSentence(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 32);
    return text.empty() ? text : text + '.';
}

} // namespace

PdfResult readPdf(const std::string& path, std::string_view bytes, const std::string& sha256, const PdfOptions& options,
                  std::stop_token stop) {
    PdfResult result;
    Assembler whole;
    try {
        PdfOutcome outcome = runPdfProcesses(bytes, "text", {options.findHidden ? "ink=1" : "ink=0"},
                                             partsFor(bytes.size()), replyLimit(bytes.size(), options), options, stop);
        if (outcome.stopped) {
            result.stopped = true;
            result.problem = "Reading was stopped.";
            return result;
        }
        for (auto& part : outcome.parts) {
            whole.add(*part);
            part.reset(); // the text is copied; two copies of a large book need not live together
        }
    } catch (const std::runtime_error& error) {
        result.problem = error.what();
        return result;
    }
    result.pagesInFile = static_cast<int>(whole.pagesInFile);
    result.pagesRead = static_cast<int>(whole.read);
    result.pagesChecked = static_cast<int>(whole.checked);
    result.hiddenWords = static_cast<int>(whole.hidden);
    if (whole.read == 0) {
        result.problem = asSentence(whole.problem.empty() ? "the file has no pages" : whole.problem);
        return result;
    }
    if (whole.promised < whole.pagesInFile && whole.promised == static_cast<std::size_t>(options.maxPages))
        whole.note(pageRange(whole.promised + 1, whole.pagesInFile) + ": the limit is "
                   + std::to_string(options.maxPages) + " pages a file");
    if (options.findHidden && whole.checked < whole.read)
        whole.note("hidden text was looked for on " + std::to_string(whole.checked) + " of "
                   + std::to_string(whole.read) + " pages only");
    result.problem = asSentence(whole.problem);
    std::vector<OutlineItem> outline = placeOutline(whole.titles, whole.text, whole.pages);
    result.document = std::make_shared<Document>(path, std::move(whole.text), sha256, bytes.size(),
                                                 std::move(whole.pages), std::move(outline));
    return result;
}

PageImage renderPdfPage(std::string_view bytes, int page, double dpi, const PdfOptions& options, std::stop_token stop) {
    PageImage image;
    try {
        PdfOutcome outcome = runPdfProcesses(
            bytes, "page", {"page=" + std::to_string(page - 1), "dpi=" + std::to_string(std::clamp(dpi, 1.0, 1200.0))}, 1,
            320u << 20, options, stop);
        if (outcome.stopped) {
            image.problem = "Drawing was stopped.";
            return image;
        }
        PdfPart& part = *outcome.parts.front();
        image.problem = asSentence(part.ending.empty() ? sentenceOf(part.reply.trouble) : part.ending);
        image.width = part.reply.imageWidth;
        image.height = part.reply.imageHeight;
        image.rgb = std::move(part.reply.rgb);
    } catch (const std::runtime_error& error) {
        image.problem = error.what();
    }
    if (image.problem.empty() && (image.rgb.empty() || image.rgb.size() != std::size_t(image.width) * image.height * 3))
        image.problem = "The page came only in part.";
    if (!image.problem.empty())
        image.rgb.clear();
    return image;
}

} // namespace ingest
