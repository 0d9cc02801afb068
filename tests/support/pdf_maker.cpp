#include "tests/support/pdf_maker.h"

#include <cstdio>
#include <sstream>

#include <zlib.h>

namespace testing {

int PdfMaker::object(const std::string& body) {
    m_objects.push_back(body);
    return static_cast<int>(m_objects.size());
}

int PdfMaker::reserve() {
    return object("null");
}

void PdfMaker::define(int number, const std::string& body) {
    m_objects[number - 1] = body;
}

std::string PdfMaker::compress(const std::string& data) {
    uLongf size = compressBound(data.size());
    std::string out(size, '\0');
    ::compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(data.data()), data.size());
    out.resize(size);
    return out;
}

int PdfMaker::stream(const std::string& data, const std::string& entries, bool deflate) {
    const std::string body = deflate ? compress(data) : data;
    return object("<< /Length " + std::to_string(body.size()) + (deflate ? " /Filter /FlateDecode " : " ") + entries
                  + " >>\nstream\n" + body + "\nendstream");
}

int PdfMaker::page(const std::string& content, const PageOptions& options) {
    if (!m_font)
        m_font = object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    if (!m_tree)
        m_tree = reserve();
    const int contents = stream(content);
    std::ostringstream body;
    body << "<< /Type /Page /Parent " << m_tree << " 0 R /MediaBox [0 0 " << options.width << ' ' << options.height
         << "] /Rotate " << options.rotate << " /Contents " << contents << " 0 R /Resources << /Font << /F " << m_font
         << " 0 R >> " << options.resources << " >> " << options.entries << " >>";
    m_pages.push_back(object(body.str()));
    return m_pages.back();
}

void PdfMaker::bookmark(const std::string& title, int pageObject) {
    m_bookmarks.emplace_back(title, pageObject);
}

std::string PdfMaker::build(int root) {
    if (!root) {
        std::ostringstream kids, catalogue;
        for (int page : m_pages)
            kids << page << " 0 R ";
        if (!m_tree)
            m_tree = reserve();
        define(m_tree, "<< /Type /Pages /Kids [" + kids.str() + "] /Count " + std::to_string(m_pages.size()) + " >>");
        catalogue << "<< /Type /Catalog /Pages " << m_tree << " 0 R " << m_catalogue;
        if (!m_bookmarks.empty()) {
            const int outline = reserve();
            const int first = outline + 1, last = outline + static_cast<int>(m_bookmarks.size());
            for (int i = first; i <= last; ++i) {
                const auto& [title, page] = m_bookmarks[i - first];
                object("<< /Title (" + title + ") /Parent " + std::to_string(outline) + " 0 R /Dest ["
                       + std::to_string(page) + " 0 R /Fit]" + (i > first ? " /Prev " + std::to_string(i - 1) + " 0 R" : "")
                       + (i < last ? " /Next " + std::to_string(i + 1) + " 0 R" : "") + " >>");
            }
            define(outline, "<< /Type /Outlines /First " + std::to_string(first) + " 0 R /Last " + std::to_string(last)
                                + " 0 R /Count " + std::to_string(m_bookmarks.size()) + " >>");
            catalogue << "/Outlines " << outline << " 0 R ";
        }
        root = object(catalogue.str() + ">>");
    }
    std::string out = "%PDF-1.5\n%\xE2\xE3\xCF\xD3\n", table;
    for (std::size_t i = 0; i < m_objects.size(); ++i) {
        char row[32];
        std::snprintf(row, sizeof row, "%010zu 00000 n \n", out.size());
        table += row;
        out += std::to_string(i + 1) + " 0 obj\n" + m_objects[i] + "\nendobj\n";
    }
    const std::string size = std::to_string(m_objects.size() + 1), start = std::to_string(out.size());
    return out + "xref\n0 " + size + "\n0000000000 65535 f \n" + table + "trailer\n<< /Size " + size + " /Root "
        + std::to_string(root) + " 0 R >>\nstartxref\n" + start + "\n%%EOF\n";
}

std::string PdfMaker::line(double x, double y, double size, std::string_view text, std::string_view state) {
    std::string escaped;
    for (const char c : text) {
        if (c == '(' || c == ')' || c == '\\')
            escaped += '\\';
        escaped += c;
    }
    std::ostringstream out;
    out << "q " << state << " BT /F " << size << " Tf " << x << ' ' << y << " Td (" << escaped << ") Tj ET Q\n";
    return out.str();
}

std::string textPdf(const std::vector<std::string>& pages) {
    PdfMaker maker;
    for (const std::string& text : pages) {
        std::istringstream lines(text);
        std::string content, line;
        for (double y = 720; std::getline(lines, line); y -= 14)
            content += PdfMaker::line(72, y, 11, line);
        maker.page(content);
    }
    return maker.build();
}

} // namespace testing
