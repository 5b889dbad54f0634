package dev.turnout.worker.testkit;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.BundleFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The reference migrations as they are shipped. */
public final class Migrations {
    private static final String FOLDER = "/dev/turnout/sql/migrations/";

    private Migrations() {}

    /** The spec of a reference migration and the files that it names. */
    public static Bundle bundle(String migration) {
        String spec = FOLDER + migration + "/migration.yaml";
        URI place = URI.create(
                Objects.requireNonNull(Migrations.class.getResource(spec), spec).toString());
        try {
            if (place.getScheme().equals("file")) {
                return BundleFiles.read(Path.of(place));
            }
            try (FileSystem jar = FileSystems.newFileSystem(place, Map.of())) {
                return BundleFiles.read(jar.getPath(spec));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file beside the spec: {@code legacy.sql}. */
    public static String file(String migration, String name) {
        String resource = FOLDER + migration + "/" + name;
        try (InputStream in = Migrations.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
