// What lectern-pdf says on its standard output: frames of one type byte, a four-byte little-endian length and a
// payload of at most 16 MiB; and the parser that believes none of it. The first frame is Hello, the last End; a reply
// that breaks off keeps the pages whose frames are whole. Owned by pdf_source; one parser per reply, any one thread.
//
//   Hello    "LPDF" version:u16 pagesInFile:u32 first:u32 count:u32 sandbox:u8
//   Page     index:u32 width:f32 height:f32 label:(u16 + bytes) text:(u32 + bytes) words:u32
//            per word gap:u8 length:u16 x:u16 y:u16 w:u16 h:u16 hidden:u8    (box in 65535ths of the page)
//   Outline  items:u32, per item level:u8 title:(u16 + bytes)
//   Marks    page:u32 words:u32 then a word index:u32 each: words that leave no ink
//   Problem  code:u8 page:u32
//   Image    width:u32 height:u32; then Rows frames, RGB bytes in order
//   End      pages:u32
#pragma once

#include "ingest/document.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ingest {

namespace pdf {

constexpr std::uint16_t version = 1;
constexpr std::size_t maxFrame = 16u << 20;
constexpr std::size_t maxPageText = 4u << 20;
constexpr std::uint32_t maxPages = 1'000'000;
constexpr std::uint32_t maxOutline = 100'000;
constexpr std::uint32_t maxImageSide = 10'000;

enum class Frame : std::uint8_t { Hello = 1, Page, Outline, Marks, Problem, Image, Rows, End };
enum class Trouble : std::uint8_t { None, NotPdf, Locked, NoPages, PageTooLarge, ReplyFull, NoSuchPage, NoPicture, NoMemory };
enum SandboxBit : std::uint8_t { Landlocked = 1, Filtered = 2 };

} // namespace pdf

class PdfReplyParser {
public:
    explicit PdfReplyParser(std::uint64_t limit) : m_limit(limit) {}
    // Takes the next bytes; false once the reply is broken (error() says how) and nothing more is taken.
    bool push(std::string_view bytes);

    struct PageText {
        Page page;        // begin and end count from this page's own text
        std::string text; // ends in a newline unless empty
    };
    struct Title {
        int level;
        std::string text;
    };
    std::vector<PageText> pages; // from `first` on, without holes
    std::vector<Title> outline;
    std::uint32_t pagesInFile = 0, first = 0, count = 0;
    std::uint32_t pagesChecked = 0;
    pdf::Trouble trouble = pdf::Trouble::None;
    std::uint32_t troublePage = 0;
    std::uint8_t sandbox = 0;
    int imageWidth = 0, imageHeight = 0;
    std::string rgb;
    bool helloSeen = false, ended = false;
    const std::string& error() const { return m_error; }

private:
    bool fail(const char* why);
    bool frame(pdf::Frame type, std::string_view payload);
    bool hello(std::string_view payload);
    bool pageFrame(std::string_view payload);
    bool outlineFrame(std::string_view payload);
    bool marksFrame(std::string_view payload);
    bool imageFrame(std::string_view payload);

    std::uint64_t m_limit, m_taken = 0;
    std::string m_buffer, m_error;
};

} // namespace ingest
