/** Drafts a spec from two live schemas. Leaves to others: deciding what no catalogue knows. */
@NullMarked
package dev.turnout.worker.draft;

import org.jspecify.annotations.NullMarked;
