package dev.turnout.flags.rollout;

/**
 * One condition of the next step.
 *
 * @param name stable, for example {@code soak} or {@code monitor: parity}
 * @param health GOOD is open; BAD rolls back; UNKNOWN is closed and waits
 * @param because what was seen, in words an operator understands
 */
public record Gate(String name, Health health, String because) {
    public boolean open() {
        return health == Health.GOOD;
    }
}
