package dev.turnout.server.demo;

/** What the flag answered. */
enum Arm {
    OLD,
    NEW;

    /** The code that serves a patient of this arm. */
    BookingCode code() {
        return this == OLD ? OldCode.CODE : NewCode.CODE;
    }
}
