#include "app/report/pdf_bookmarks.h"

#include <QString>

#include <algorithm>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace app {

namespace {

// The cross-reference table of one section; QPdfWriter writes exactly one.
class Table {
public:
    explicit Table(const std::string& pdf) : m_pdf(pdf) {
        const std::size_t at = pdf.rfind("startxref");
        if (at == std::string::npos)
            return;
        start = std::strtoull(pdf.c_str() + at + 9, nullptr, 10);
        if (start >= pdf.size() || pdf.compare(start, 4, "xref") != 0)
            return;
        const std::size_t trailer = pdf.find("trailer", start);
        if (trailer == std::string::npos)
            return;
        size = number(pdf, trailer, "/Size ");
        root = number(pdf, trailer, "/Root ");
        const std::size_t head = pdf.find("0 ", start + 4); // "xref\n0 N\n"
        if (head == std::string::npos || head > trailer)
            return;
        m_rows = pdf.find('\n', head) + 1;
    }
    bool ok() const { return m_rows > 0 && size > 1 && root > 0 && m_rows + size * 20 <= m_pdf.size(); }
    // What stands between "obj" and "endobj".
    std::optional<std::string> body(std::size_t object) const {
        if (object >= size)
            return std::nullopt;
        const std::size_t at = std::strtoull(m_pdf.c_str() + m_rows + object * 20, nullptr, 10);
        if (at >= m_pdf.size())
            return std::nullopt;
        const std::size_t begin = m_pdf.find("obj", at), end = m_pdf.find("endobj", at);
        if (begin == std::string::npos || end == std::string::npos || begin + 3 > end)
            return std::nullopt;
        return m_pdf.substr(begin + 3, end - begin - 3);
    }
    static std::size_t number(const std::string& text, std::size_t from, const char* key) {
        const std::size_t at = text.find(key, from);
        return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + std::string_view(key).size(), nullptr, 10);
    }

    std::size_t start = 0, size = 0, root = 0;

private:
    const std::string& m_pdf;
    std::size_t m_rows = 0;
};

// UTF-16 with a byte order mark, in hex: safe for every title.
std::string hexTitle(const std::string& title) {
    std::string out = "<FEFF";
    for (const QChar c : QString::fromStdString(title)) {
        char digits[8];
        std::snprintf(digits, sizeof digits, "%04X", c.unicode());
        out += digits;
    }
    return out + '>';
}

std::vector<std::size_t> pageObjects(const Table& table) {
    std::vector<std::size_t> result;
    const std::string catalogue = table.body(table.root).value_or("");
    const std::string tree = table.body(Table::number(catalogue, 0, "/Pages ")).value_or("");
    std::size_t at = tree.find("/Kids");
    at = at == std::string::npos ? at : tree.find('[', at);
    const std::size_t end = at == std::string::npos ? at : tree.find(']', at);
    while (at != std::string::npos && end != std::string::npos) {
        char* rest = nullptr;
        const std::size_t object = std::strtoull(tree.c_str() + at + 1, &rest, 10);
        const std::size_t next = tree.find('R', rest - tree.c_str());
        if (object == 0 || next == std::string::npos || next > end)
            break;
        result.push_back(object);
        at = next;
    }
    return result;
}

struct Node {
    int parent = -1, first = -1, last = -1, before = -1, after = -1, count = 0;
};

std::vector<Node> arrange(const std::vector<Bookmark>& bookmarks, Node& top) {
    std::vector<Node> nodes(bookmarks.size());
    std::vector<std::pair<int, int>> open; // level, index
    for (int i = 0; i < static_cast<int>(bookmarks.size()); ++i) {
        while (!open.empty() && open.back().first >= bookmarks[i].level)
            open.pop_back();
        nodes[i].parent = open.empty() ? -1 : open.back().second;
        Node& parent = open.empty() ? top : nodes[nodes[i].parent];
        if (parent.first < 0)
            parent.first = i;
        else {
            nodes[i].before = parent.last;
            nodes[parent.last].after = i;
        }
        parent.last = i;
        ++parent.count;
        open.emplace_back(bookmarks[i].level, i);
    }
    return nodes;
}

} // namespace

std::string withBookmarks(std::string pdf, const std::vector<Bookmark>& bookmarks) {
    const Table table(pdf);
    if (bookmarks.empty() || !table.ok())
        return pdf;
    const std::vector<std::size_t> pages = pageObjects(table);
    std::string catalogue = table.body(table.root).value_or("");
    const std::size_t close = catalogue.rfind(">>");
    if (pages.empty() || close == std::string::npos || catalogue.find("/Outlines") != std::string::npos)
        return pdf;

    Node top;
    const std::vector<Node> nodes = arrange(bookmarks, top);
    const std::size_t outline = table.size;
    const auto reference = [&](int node) { return std::to_string(node < 0 ? outline : outline + 1 + node) + " 0 R"; };
    std::string rows;
    const std::size_t base = pdf.size();
    std::string added = "\n";
    const auto addObject = [&](std::size_t number, const std::string& body) {
        char row[32];
        std::snprintf(row, sizeof row, "%010zu 00000 n \n", base + added.size());
        rows += row;
        added += std::to_string(number) + " 0 obj" + body + "endobj\n";
    };
    catalogue.insert(close, "/Outlines " + reference(-1) + "\n/PageMode /UseOutlines\n");
    addObject(table.root, catalogue);
    const std::string catalogueRow = rows;
    rows.clear();
    addObject(outline, "\n<< /Type /Outlines /First " + reference(top.first) + " /Last " + reference(top.last) + " /Count "
                           + std::to_string(top.count) + " >>\n");
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const Node& node = nodes[i];
        const Bookmark& mark = bookmarks[i];
        const std::size_t page = std::min<std::size_t>(mark.page < 0 ? 0 : mark.page, pages.size() - 1);
        const std::string height = table.body(pages[page]).value_or("");
        double tall = 842;
        if (const std::size_t box = height.find("/MediaBox"); box != std::string::npos)
            std::sscanf(height.c_str() + box, "/MediaBox [%*f %*f %*f %lf", &tall);
        std::string body = "\n<< /Title " + hexTitle(mark.title) + " /Parent " + reference(node.parent);
        if (node.before >= 0)
            body += " /Prev " + reference(node.before);
        if (node.after >= 0)
            body += " /Next " + reference(node.after);
        if (node.first >= 0)
            body += " /First " + reference(node.first) + " /Last " + reference(node.last) + " /Count -" + std::to_string(node.count);
        addObject(outline + 1 + i, body + " /Dest [" + std::to_string(pages[page]) + " 0 R /XYZ 0 "
                                       + std::to_string(static_cast<int>(tall - mark.y)) + " 0] >>\n");
    }
    const std::size_t start = base + added.size();
    const std::size_t trailerAt = pdf.find("trailer", table.start);
    const std::size_t info = Table::number(pdf, trailerAt, "/Info ");
    added += "xref\n" + std::to_string(table.root) + " 1\n" + catalogueRow + std::to_string(outline) + ' '
        + std::to_string(nodes.size() + 1) + '\n' + rows + "trailer\n<< /Size "
        + std::to_string(outline + 1 + nodes.size()) + " /Root " + std::to_string(table.root) + " 0 R"
        + (info ? " /Info " + std::to_string(info) + " 0 R" : "") + " /Prev " + std::to_string(table.start)
        + " >>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
    return pdf + added;
}

} // namespace app
