package dev.turnout.server.console;

import gg.jte.TemplateOutput;
import gg.jte.html.HtmlInterceptor;
import java.util.Map;

/** Adds nothing to what templates say. */
final class Untouched implements HtmlInterceptor {
    static final HtmlInterceptor HTML = new Untouched();

    @Override
    public void onHtmlTagOpened(String name, Map<String, Object> attributes, TemplateOutput output) {}

    @Override
    public void onHtmlTagClosed(String name, TemplateOutput output) {}
}
