package dev.turnout.worker.run;

import dev.turnout.migration.Phase;
import java.util.Map;

/** How a phase ends, once nothing is at work in it any more: what it made of itself, and where the run goes from there. */
record Ending(Phase to, String because, Map<String, Object> report) {}
