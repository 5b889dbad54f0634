package dev.turnout.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates of a private authority, in PEM: who signs the server's, in place of those that the system trusts. */
final class CaFile {
    private static final String HINT =
            ": name the PEM file of your authority with --ca-file (TURNOUT_CA_FILE, or 'ca file'" + " of a profile)";

    private CaFile() {}

    /**
     * Trusts servers whose certificates come from it, and no others; names are checked as always.
     *
     * @throws CommandFailed when it cannot be read, or holds no certificate
     */
    static SSLContext trusting(Path file) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int count = 0;
            for (Certificate certificate : certificates(file)) {
                trusted.setCertificateEntry("ca-" + count++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    private static Collection<? extends Certificate> certificates(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw CommandFailed.badInput(file + " holds no certificate" + HINT);
            }
            return found;
        } catch (NoSuchFileException e) {
            throw CommandFailed.badInput("there is no file " + file + HINT);
        } catch (CertificateException e) {
            throw CommandFailed.badInput(file + " holds no certificate in PEM" + HINT);
        } catch (IOException e) {
            throw CommandFailed.badInput("cannot read " + file + ": " + e.getMessage() + HINT);
        }
    }
}
