/* See page.h. */
#include "page.h"

#include "human.h"
#include "markup.h"
#include "program.h"
#include "text.h"
#include "viewer_sql.h"

#include <string.h>

void page_markup(struct page *page, const char *markup)
{
    buffer_add_text(&page->line, markup);
}

void page_text(struct page *page, const char *text)
{
    size_t length = strlen(text), kept = text_cut(text, length, PAGE_TEXT_BYTES);

    markup_add_harmless(&page->line, text, kept);
    page_markup(page, kept < length ? "&#8230;" : "");
}

void page_duration(struct page *page, int64_t ns)
{
    human_duration(&page->line, ns);
}

void page_flush(struct page *page)
{
    fwrite(buffer_text(&page->line), 1, page->line.length, page->stream);
    buffer_clear(&page->line);
}

void page_begin(struct page *page, const char *title, const char *about)
{
    page_markup(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src '");
    page_markup(page, css_page_hash);
    page_markup(page, "'; script-src '");
    page_markup(page, js_page_hash);
    page_markup(page, "'; base-uri 'none'; form-action 'none'\">\n<meta name=\"generator\" "
                      "content=\"trailview " TRAIL_VERSION "\">\n<title>");
    page_text(page, title);
    page_markup(page, "</title>\n<style>");
    page_markup(page, css_page);
    page_markup(page, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the "
                      "report</a>\n<header>\n<h1>");
    page_text(page, title);
    page_markup(page, "</h1>\n<p>");
    page_text(page, about);
    page_markup(page, "</p>\n</header>\n");
    page_flush(page);
}

int page_end(struct page *page, struct trail_error *error)
{
    page_markup(page, "</main>\n<footer><p>Made by trailview " TRAIL_VERSION
                      ". This page needs nothing else, and sends nothing.</p></footer>\n<script>");
    page_markup(page, js_page);
    page_markup(page, "</script>\n</body>\n</html>\n");
    page_flush(page);
    if (page->line.failed || page->output.line.failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    return ferror(page->stream) ? error_set(error, TRAIL_FAILED, 0, "it cannot be written") : 0;
}

void page_begin_navigation(struct page *page)
{
    page_markup(page, "<nav aria-label=\"Parts of the report\">\n");
}

void page_add_entries(struct page *page, const char *group, const struct page_entry *entries,
                      size_t count)
{
    if (group != NULL) {
        page_markup(page, "<p>");
        page_text(page, group);
        page_markup(page, "</p>\n");
    }
    page_markup(page, "<ul>\n");
    for (size_t i = 0; i < count; i++) {
        page_markup(page, "<li><a href=\"#");
        page_markup(page, page->prefix);
        page_markup(page, entries[i].id);
        page_markup(page, "\">");
        page_markup(page, entries[i].heading);
        page_markup(page, "</a></li>\n");
    }
    page_markup(page, "</ul>\n");
}

void page_end_navigation(struct page *page)
{
    page_markup(page, "</nav>\n<main id=\"main\">\n");
    page_flush(page);
}

void page_begin_section(struct page *page, const char *id)
{
    progress_to(&page->progress, page->sections++);
    page_markup(page, "<section id=\"");
    page_markup(page, page->prefix);
    page_markup(page, id);
    page_markup(page, "\">\n");
}

void page_heading(struct page *page, const char *heading, size_t count)
{
    buffer_format(&page->line, "<h%d>", page->level);
    page_text(page, heading);
    if (count != SIZE_MAX)
        buffer_format(&page->line, " <span class=\"count\">%zu</span>", count);
    buffer_format(&page->line, "</h%d>\n", page->level);
}

void page_end_section(struct page *page)
{
    page_markup(page, "</section>\n");
    page_flush(page);
}

/* An arrow of two signs may be broken between them where the line ends. */
static void add_line(struct page *page, const char *line, size_t length)
{
    static const char arrow[] = " -> ";
    const char *end = line + length;

    for (const char *at; (at = strstr(line, arrow)) != NULL && at + strlen(arrow) <= end;
         line = at + strlen(arrow)) {
        markup_add_harmless(&page->line, line, (size_t)(at - line));
        page_markup(page, " &rarr; ");
    }
    markup_add_harmless(&page->line, line, (size_t)(end - line));
}

void page_paragraphs(struct page *page, const char *lines, const char *class)
{
    for (; lines != NULL && *lines != '\0'; lines += strspn(lines, "\n")) {
        size_t length = strcspn(lines, "\n");
        buffer_format(&page->line, "<p class=\"%s\">", class);
        add_line(page, lines, length);
        page_markup(page, "</p>\n");
        lines += length;
    }
}
