/** Where reads and writes go during a migration. Leaves to others: when the stage changes. */
@NullMarked
package dev.turnout.flags.stage;

import org.jspecify.annotations.NullMarked;
