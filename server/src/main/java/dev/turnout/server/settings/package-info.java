/**
 * What the operator set: read once from options and environment, checked as a whole, then typed and immutable. Leaves
 * opening anything to others.
 */
@NullMarked
package dev.turnout.server.settings;

import org.jspecify.annotations.NullMarked;
