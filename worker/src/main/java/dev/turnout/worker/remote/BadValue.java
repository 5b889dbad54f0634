package dev.turnout.worker.remote;

/** A value that the column of the other side cannot take as it is: the row is put aside, and the value never bent. */
final class BadValue extends Exception {
    BadValue(String words) {
        super(words);
    }

    BadValue at(String column) {
        return new BadValue(column + ": " + getMessage());
    }
}
