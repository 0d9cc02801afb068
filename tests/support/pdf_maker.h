// PDFs made on the fly: well-formed ones with text, fonts, outline and labels, and the raw objects that hostile ones
// are built from. Text is in Helvetica, which is not embedded. For tests; one thread per maker.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testing {

class PdfMaker {
public:
    // Adds an object and gives its number; `body` is everything between "obj" and "endobj".
    int object(const std::string& body);
    int stream(const std::string& data, const std::string& entries = {}, bool deflate = false);
    // Reserves a number for an object that refers to later ones.
    int reserve();
    void define(int number, const std::string& body);

    struct PageOptions {
        double width = 612, height = 792;
        int rotate = 0;
        std::string entries;   // more of the page's dictionary
        std::string resources; // more of its resources
    };
    // A page that shows `content` (content-stream operators); gives its object number.
    int page(const std::string& content, const PageOptions& options);
    int page(const std::string& content) { return page(content, {}); }
    void bookmark(const std::string& title, int pageObject);
    // More of the catalogue: "/PageLabels << ... >>".
    void catalogue(const std::string& entries) { m_catalogue += entries; }

    // The finished file. With `root` the given object is the catalogue and no page tree is made.
    std::string build(int root = 0);

    // Operators that show one line of Latin text; `state` goes before it ("3 Tr", "1 1 1 rg").
    static std::string line(double x, double y, double size, std::string_view text, std::string_view state = {});
    static std::string compress(const std::string& data);

private:
    std::vector<std::string> m_objects; // [0] is object 1
    std::vector<int> m_pages;
    std::vector<std::pair<std::string, int>> m_bookmarks;
    std::string m_catalogue;
    int m_font = 0, m_tree = 0;
};

// A small ordinary PDF: every string is a page, every line of it a line.
std::string textPdf(const std::vector<std::string>& pages);

} // namespace testing
