package dev.turnout.server.cli;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.BundleFiles;
import dev.turnout.migration.Reading;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** A spec on this machine, read with the files it names. */
record SpecFile(Bundle bundle, Spec spec) {
    /**
     * @param path of the YAML file, or of the directory of a {@code migration.yaml}
     * @throws CommandFailed with every problem of the spec
     */
    static SpecFile read(Path path) {
        Path file = Files.isDirectory(path) ? path.resolve("migration.yaml") : path;
        Bundle bundle;
        try {
            bundle = BundleFiles.read(file);
        } catch (NoSuchFileException e) {
            throw CommandFailed.badInput("there is no file " + file);
        } catch (IOException e) {
            throw CommandFailed.badInput("cannot read " + file + ": " + e.getMessage());
        }
        Reading reading = SpecReader.read(bundle);
        if (reading instanceof Reading.Accepted accepted) {
            return new SpecFile(bundle, accepted.spec());
        }
        throw CommandFailed.badInput(((Reading.Refused) reading)
                .problems().stream().map(Object::toString).collect(Collectors.joining("\n")));
    }
}
