package dev.turnout.server.console;

import gg.jte.html.HtmlTemplateOutput;
import java.util.Optional;

/**
 * A page that is ready to be shown: what was read for it is in its body. Immutable.
 *
 * @param section of the navigation
 * @param flag that the page is about, which its roll-back button takes back; empty: it offers all
 */
record View(String title, String section, Optional<String> flag, Body body) {
    View(String title, String section, Body body) {
        this(title, section, Optional.empty(), body);
    }

    /** Writes the page. */
    @FunctionalInterface
    interface Body {
        void write(Shell shell, HtmlTemplateOutput out);
    }
}
