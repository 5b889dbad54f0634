package dev.turnout.server.console;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Style, script and icon, from memory; the address of each has its hash, so that a browser keeps it for good. Immutable. */
final class Assets {
    static final String ROOT = "/console/";
    private static final Map<String, String> TYPES = Map.of(
            "console.css", "text/css; charset=utf-8",
            "console.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final Map<String, Asset> assets = new LinkedHashMap<>();

    private record Asset(String type, Buffer content, String hash) {}

    Assets() {
        TYPES.forEach((name, type) -> {
            byte[] content = read(name);
            assets.put(name, new Asset(type, Buffer.buffer(content), hash(content)));
        });
    }

    private static byte[] read(String name) {
        try (InputStream resource = Objects.requireNonNull(Assets.class.getResourceAsStream(name), name)) {
            return resource.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Where pages find it. */
    String address(String name) {
        return ROOT + name + "?v="
                + Objects.requireNonNull(assets.get(name), name).hash();
    }

    /** @param version the hash that was asked for */
    void send(String name, Optional<String> version, HttpServerResponse response) {
        Asset asset = assets.get(name);
        if (asset == null) {
            response.setStatusCode(404).end();
            return;
        }
        boolean newest = version.filter(asset.hash()::equals).isPresent();
        response.putHeader("Content-Type", asset.type())
                .putHeader("Cache-Control", newest ? "public, max-age=31536000, immutable" : "no-cache")
                .end(asset.content());
    }
}
