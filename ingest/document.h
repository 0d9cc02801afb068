// Document: the text of one file with addresses. Immutable once built, shared between threads as part of a Corpus.
// Text is UTF-8; offsets are bytes into text(). For a PDF the text is built from word boxes (pdf_source.h), so every
// byte has a place on a page; for other files it is the decoded file, byte for byte where it was UTF-8 already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ingest {

enum class Kind : std::uint8_t { Code, Text, Markdown, Pdf };
const char* kindName(Kind kind); // "code", "text", "markdown", "pdf"

// A rectangle as fractions of its page, origin top left.
struct Box {
    float x = 0, y = 0, w = 0, h = 0;
};

// Why a person would not see a word: it leaves no ink (render mode 3, colour of the ground, clipped, covered); it is under
// 2 pt or squeezes many letters into one sign; it lies outside the page.
enum class Hidden : std::uint8_t { No, Invisible, Tiny, OffPage };

struct Word {
    std::uint32_t begin = 0, end = 0; // bytes in the Document's text
    Box box;
    Hidden hidden = Hidden::No;
};

struct Page {
    std::size_t begin = 0, end = 0;   // bytes in the Document's text
    std::string label;                // as the PDF names it: "iv", "12"
    float width = 0, height = 0;      // points
    std::vector<Word> words;          // in text order; empty = page without text
};

// A heading of the outline (PDF bookmarks, Markdown headings) or a symbol (search.h, outline of code).
struct OutlineItem {
    std::string title;
    int level = 0;
    std::size_t begin = 0; // byte in text
    int page = 0;          // 1-based; 0 where there are no pages
};

class Document {
public:
    Document(std::string path, Kind kind, std::string text, std::string sha256, std::uint64_t fileBytes);
    // A PDF: pages tile the text, words lie inside their page.
    Document(std::string path, std::string text, std::string sha256, std::uint64_t fileBytes, std::vector<Page> pages,
             std::vector<OutlineItem> outline);

    const std::string& path() const { return m_path; }     // relative to its root, '/' separated, UTF-8
    Kind kind() const { return m_kind; }
    const std::string& text() const { return m_text; }
    const std::string& sha256() const { return m_sha256; } // of the file's original bytes, lower-case hex
    std::uint64_t fileBytes() const { return m_fileBytes; }
    const std::string& charset() const { return m_charset; } // "UTF-8" or what it was decoded from
    void setCharset(std::string charset) { m_charset = std::move(charset); }

    int lineCount() const;                                      // at least 1
    int lineAt(std::size_t byte) const;                         // 1-based
    std::size_t lineBegin(int line) const;                      // byte of its first character
    std::size_t lineEnd(int line) const;                        // byte after its last character, newline excluded
    std::string_view line(int line) const;

    const std::vector<Page>& pages() const { return m_pages; }  // empty unless a PDF
    int pageAt(std::size_t byte) const;                         // 1-based; 0 where there are no pages
    std::vector<Box> boxes(std::size_t begin, std::size_t end) const; // one per line touched; PDFs only
    const std::vector<OutlineItem>& outline() const { return m_outline; }

private:
    std::string m_path;
    Kind m_kind;
    std::string m_text;
    std::string m_sha256;
    std::uint64_t m_fileBytes;
    std::string m_charset = "UTF-8";
    std::vector<std::uint32_t> m_lines; // begin of every line
    std::vector<Page> m_pages;
    std::vector<OutlineItem> m_outline;
};

} // namespace ingest
