/** What a flag is and what it answers. Leaves to others: where flags are kept, how they travel, when they change. */
@NullMarked
package dev.turnout.flags;

import org.jspecify.annotations.NullMarked;
