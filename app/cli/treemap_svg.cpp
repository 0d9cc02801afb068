#include "app/cli/treemap_svg.h"

#include "app/cli/progress.h"
#include "app/cli/terminal_text.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

namespace app::cli {

namespace {

struct Rect {
    double x, y, w, h;
};

struct Node {
    std::string path, name;
    std::int64_t tokens = 0;
    const TreemapFile* file = nullptr;
    std::map<std::string, std::unique_ptr<Node>> children;
};

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : terminalText(text, Newlines::Escape))
        switch (c) {
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '&': out += "&amp;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    return out;
}

void insert(Node& root, const TreemapFile& file) {
    Node* at = &root;
    at->tokens += file.tokens;
    for (std::size_t begin = 0; begin <= file.path.size();) {
        const std::size_t slash = std::min(file.path.find('/', begin), file.path.size());
        auto& child = at->children[file.path.substr(begin, slash - begin)];
        if (!child) {
            child = std::make_unique<Node>();
            child->name = file.path.substr(begin, slash - begin);
            child->path = file.path.substr(0, slash);
        }
        child->tokens += file.tokens;
        at = child.get();
        begin = slash + 1;
    }
    at->file = &file;
}

const char* colourOf(const TreemapFile& file) {
    if (file.state != "in_context" && file.state != "structure_only")
        return "#b9b9b9";
    return file.kind == "pdf" ? "#c46a5a" : file.kind == "markdown" ? "#c9a24b" : file.kind == "text" ? "#7f9c6b" : "#5b86b8";
}

class Drawing {
public:
    explicit Drawing(std::string& out) : m_out(out) {}

    void draw(const Node& node, const Rect& area) {
        if (node.file) {
            rectangle(node, area);
            return;
        }
        Rect inner = area;
        if (!node.name.empty() && area.w > 60 && area.h > 40) {
            label(node.name + "/", area.x + 3, area.y + 11, area.w - 6, "#222");
            inner = {area.x + 1, area.y + 14, area.w - 2, area.h - 15};
        }
        std::vector<const Node*> children;
        for (const auto& [name, child] : node.children)
            if (child->tokens > 0)
                children.push_back(child.get());
        std::stable_sort(children.begin(), children.end(), [](const Node* a, const Node* b) { return a->tokens > b->tokens; });
        squarify(children, inner, node.tokens);
    }

private:
    // Rows along the shorter side, each closed when one more child would make its worst rectangle longer.
    void squarify(const std::vector<const Node*>& children, Rect area, std::int64_t total) {
        std::size_t at = 0;
        double left = double(total);
        while (at < children.size() && area.w >= 0.5 && area.h >= 0.5 && left > 0) {
            const double side = std::min(area.w, area.h), scale = area.w * area.h / left;
            std::size_t count = 0;
            double sum = 0, worst = 1e300;
            while (at + count < children.size()) {
                const double next = sum + double(children[at + count]->tokens) * scale;
                const double big = double(children[at]->tokens) * scale, small = double(children[at + count]->tokens) * scale;
                const double now = std::max(side * side * big / (next * next), next * next / (side * side * small));
                if (count > 0 && now > worst)
                    break;
                worst = now, sum = next, ++count;
            }
            const double thick = sum / side;
            double offset = 0;
            for (std::size_t i = 0; i < count; ++i) {
                const double length = double(children[at + i]->tokens) * scale / thick;
                draw(*children[at + i], area.w <= area.h ? Rect{area.x + offset, area.y, length, thick}
                                                         : Rect{area.x, area.y + offset, thick, length});
                offset += length;
                left -= double(children[at + i]->tokens);
            }
            if (area.w <= area.h)
                area.y += thick, area.h -= thick;
            else
                area.x += thick, area.w -= thick;
            at += count;
        }
    }

    void rectangle(const Node& node, const Rect& r) {
        if (r.w < 0.4 || r.h < 0.4)
            return;
        char text[200];
        std::snprintf(text, sizeof text, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>", r.x, r.y, r.w, r.h,
                      colourOf(*node.file));
        m_out += text;
        m_out += escaped(node.path) + ": " + formatCount(node.tokens) + " tokens, " + escaped(node.file->state) + "</title></rect>\n";
        if (r.w > 40 && r.h > 14)
            label(node.name, r.x + 3, r.y + 11, r.w - 6, "#fff");
    }

    void label(const std::string& words, double x, double y, double width, const char* colour) {
        const int columns = int(width / 6.2);
        if (columns < 3)
            return;
        std::string shown = fitted(words, columns);
        shown.erase(shown.find_last_not_of(' ') + 1);
        char text[120];
        std::snprintf(text, sizeof text, "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\" stroke=\"none\">", x, y, colour);
        m_out += text + escaped(shown) + "</text>\n";
    }

    std::string& m_out;
};

} // namespace

std::string treemapSvg(const std::vector<TreemapFile>& files, const std::string& title, int width, int height) {
    Node root;
    for (const TreemapFile& file : files)
        if (file.tokens > 0)
            insert(root, file);
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(height) +
                      "\" viewBox=\"0 0 " + std::to_string(width) + " " + std::to_string(height) +
                      "\" role=\"img\" font-family=\"sans-serif\" font-size=\"10\">\n<title>" + escaped(title) +
                      "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#e8e8e8\"/>\n<g stroke=\"#fff\" stroke-width=\"0.5\">\n";
    Drawing(out).draw(root, {2, 24, double(width) - 4, double(height) - 26});
    return out + "</g>\n<text x=\"6\" y=\"16\" font-size=\"13\" fill=\"#222\">" + escaped(title) + ", " + formatCount(root.tokens) +
           " tokens</text>\n</svg>\n";
}

} // namespace app::cli
