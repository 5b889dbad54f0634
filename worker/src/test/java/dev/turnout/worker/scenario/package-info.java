/** The reference migrations, each carried for real from its own files while an application writes. */
@NullMarked
package dev.turnout.worker.scenario;

import org.jspecify.annotations.NullMarked;
