package dev.turnout.server.settings;

import java.nio.file.Path;

/** PEM files: the certificate with its chain, and its key. */
public record Tls(Path certificate, Path key) {}
