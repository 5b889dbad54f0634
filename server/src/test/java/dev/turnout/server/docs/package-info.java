/** Whether the documentation says what is so, and what it shows works. */
@NullMarked
package dev.turnout.server.docs;

import org.jspecify.annotations.NullMarked;
