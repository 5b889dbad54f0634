/**
 * Keeps an application's flags fresh and answers from them in process. Leaves to others: evaluation itself, and what the
 * application does with an answer.
 */
@NullMarked
package dev.turnout.flags.client;

import org.jspecify.annotations.NullMarked;
