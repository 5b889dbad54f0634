package dev.turnout.flags.stage;

import static dev.turnout.flags.stage.Side.NEW;
import static dev.turnout.flags.stage.Side.OLD;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where an application reads and writes while its data moves from the old side to the new one. */
public enum Stage {
    //         answers from  also compares  writes to (the authority first)
    OFF(OLD, false, OLD),
    DUAL_WRITE(OLD, false, OLD, NEW),
    SHADOW(OLD, true, OLD, NEW),
    LIVE(NEW, true, NEW, OLD),
    RAMP_DOWN(NEW, false, NEW, OLD),
    COMPLETE(NEW, false, NEW);

    private final Side authority;
    private final boolean compares;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Side> writes;

    Stage(Side authority, boolean compares, Side... writes) {
        this.authority = authority;
        this.compares = compares;
        this.writes = List.of(writes);
    }

    /** The side whose answer counts. */
    public Side authority() {
        return authority;
    }

    /** Whether the other side is read as well, to be compared. */
    public boolean compares() {
        return compares;
    }

    /** The sides that get every write, the authority first. */
    public List<Side> writes() {
        return writes;
    }

    /** Empty at the end. */
    public Optional<Stage> next() {
        return switch (this) {
            case OFF -> Optional.of(DUAL_WRITE);
            case DUAL_WRITE -> Optional.of(SHADOW);
            case SHADOW -> Optional.of(LIVE);
            case LIVE -> Optional.of(RAMP_DOWN);
            case RAMP_DOWN -> Optional.of(COMPLETE);
            case COMPLETE -> Optional.empty();
        };
    }

    /** Empty at the beginning. */
    public Optional<Stage> previous() {
        return Stream.of(values())
                .filter(stage -> stage.next().filter(this::equals).isPresent())
                .findAny();
    }

    /** One stage at a time, in either direction; never back from {@link #COMPLETE}, where the old side is behind. */
    public boolean mayMoveTo(Stage to) {
        return this != COMPLETE
                && (next().filter(to::equals).isPresent()
                        || previous().filter(to::equals).isPresent());
    }

    /**
     * Where to go when the new side must not be trusted: the nearest stage whose authority is old and that keeps writing
     * both sides. {@link #COMPLETE} has no such stage, its old side is behind, so it stays.
     */
    public Stage retreat() {
        return this == LIVE || this == RAMP_DOWN ? SHADOW : this;
    }
}
