package dev.turnout.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.monitor.PrometheusSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @Test
    void without_any_setting_it_listens_on_loopback_and_keeps_an_embedded_control_database() throws BadSettings {
        Settings settings = read(Map.of(), List.of(), Map.of());

        assertThat(settings.listen()).isEqualTo(new Settings.Listen("127.0.0.1", 8321));
        assertThat(settings.control()).isEmpty();
        assertThat(settings.databases()).isEmpty();
        assertThat(settings.data().isAbsolute()).isTrue();
        assertThat(settings.pace().scale()).isEqualTo(1);
        assertThat(settings.pace().clock().instant()).isCloseTo(Instant.now(), within(5, ChronoUnit.SECONDS));
    }

    @Test
    void an_option_wins_over_its_variable() throws BadSettings {
        Settings settings =
                read(Map.of(Setting.PORT, "9000"), List.of(), Map.of("TURNOUT_PORT", "1", "TURNOUT_HOST", "::1"));

        assertThat(settings.listen()).isEqualTo(new Settings.Listen("::1", 9000));
    }

    @Test
    void databases_come_from_options_and_variables_with_their_secrets_from_variables_alone() throws BadSettings {
        Settings settings = read(
                Map.of(),
                List.of("clinic=jdbc:postgresql://option/clinic"),
                Map.of(
                        "TURNOUT_DB_CLINIC_URL", "jdbc:postgresql://variable/clinic",
                        "TURNOUT_DB_CLINIC_USER", "surgeon",
                        "TURNOUT_DB_CLINIC_PASSWORD", "scalpel",
                        "TURNOUT_DB_CLINIC_EU_URL", "jdbc:postgresql://eu/clinic"));

        assertThat(settings.databases()).containsOnlyKeys("clinic", "clinic-eu");
        assertThat(settings.databases())
                .containsEntry(
                        "clinic",
                        new ConnectionSettings(
                                "clinic",
                                "jdbc:postgresql://option/clinic",
                                "surgeon",
                                "scalpel",
                                "--database clinic"));
    }

    @Test
    void no_secret_is_ever_shown() throws BadSettings {
        Settings settings = read(
                Map.of(),
                List.of("clinic=jdbc:postgresql://host/clinic?password=scalpel"),
                Map.of(
                        "TURNOUT_CONTROL_DB", "jdbc:postgresql://host/control",
                        "TURNOUT_CONTROL_PASSWORD", "scalpel",
                        "TURNOUT_DB_CLINIC_PASSWORD", "scalpel"));

        assertThat(settings.toString()).doesNotContain("scalpel").contains("host");
    }

    @Test
    void every_problem_is_told_at_once_by_option_and_variable() {
        BadSettings bad = catchThrowableOfType(
                BadSettings.class,
                () -> read(
                        Map.of(Setting.PORT, "http", Setting.TIME_SCALE, "0.5", Setting.TICK, "soon"),
                        List.of("Clinic", "eu=jdbc:oracle://host/eu?password=scalpel"),
                        Map.of("TURNOUT_CONTROL_DB", "postgres://host/control", "TURNOUT_TIME_ORIGIN", "yesterday")));

        assertThat(bad.problems())
                .hasSize(7)
                .anyMatch(text -> text.startsWith("--port (TURNOUT_PORT) must be a whole number from 0 to 65535"))
                .anyMatch(text -> text.startsWith("--time-scale"))
                .anyMatch(text -> text.startsWith("--tick"))
                .anyMatch(text -> text.startsWith("--time-origin"))
                .anyMatch(text -> text.startsWith("--control-db"))
                .anyMatch(text -> text.startsWith("--database eu"))
                .anyMatch(text -> text.startsWith("--database must be name="))
                .noneMatch(text -> text.contains("scalpel"));
    }

    @Test
    void limits_are_safe_unless_set_and_tls_is_set_as_a_whole(@TempDir Path directory) throws Exception {
        assertThat(read(Map.of(), List.of(), Map.of()).listen().limits()).isEqualTo(Limits.DEFAULT);
        Path file = Files.createFile(directory.resolve("file.pem"));
        Settings.Listen listen = read(
                        Map.of(Setting.TLS_CERTIFICATE, file.toString(), Setting.TLS_KEY, file.toString()),
                        List.of(),
                        Map.of(
                                "TURNOUT_CORS_ORIGINS", "https://a.example, http://localhost:3000",
                                "TURNOUT_MAX_BODY_BYTES", "4096",
                                "TURNOUT_BODY_TIME", "2s",
                                "TURNOUT_MAX_CONNECTIONS", "7",
                                "TURNOUT_RATE_LIMIT", "9",
                                "TURNOUT_DRAIN", "3s"))
                .listen();
        assertThat(listen.limits()).isEqualTo(new Limits(4096, Duration.ofSeconds(2), 7, 9));
        assertThat(listen.tls()).contains(new Tls(file, file));
        assertThat(listen.scheme()).isEqualTo("https");
        assertThat(listen.origins()).containsExactlyInAnyOrder("https://a.example", "http://localhost:3000");
        assertThat(listen.drain()).isEqualTo(Duration.ofSeconds(3));

        BadSettings bad = catchThrowableOfType(
                BadSettings.class,
                () -> read(
                        Map.of(Setting.TLS_KEY, directory.resolve("none").toString()),
                        List.of(),
                        Map.of(
                                "TURNOUT_CORS_ORIGINS", "example.com/page",
                                "TURNOUT_MAX_BODY_BYTES", "1",
                                "TURNOUT_LOG_FORMAT", "xml")));
        assertThat(bad.problems())
                .hasSize(5)
                .anyMatch(text -> text.contains("go together"))
                .anyMatch(text -> text.startsWith("--tls-key (TURNOUT_TLS_KEY) names no file"))
                .anyMatch(text -> text.startsWith("--cors"))
                .anyMatch(text -> text.startsWith("TURNOUT_MAX_BODY_BYTES must be a whole number from 1024"))
                .anyMatch(text -> text.startsWith("TURNOUT_LOG_FORMAT must be text or json"));
    }

    @Test
    void business_time_is_real_time_at_the_origin_and_runs_faster_from_there() throws BadSettings {
        Instant hourAgo = Instant.now().minus(Duration.ofHours(1));

        Settings settings = read(
                Map.of(
                        Setting.TIME_SCALE, "24",
                        Setting.TIME_ORIGIN, Long.toString(hourAgo.toEpochMilli()),
                        Setting.TICK, "20ms"),
                List.of(),
                Map.of());

        assertThat(settings.pace().clock().instant())
                .isCloseTo(hourAgo.plus(Duration.ofDays(1)), within(5, ChronoUnit.MINUTES));
        assertThat(settings.pace().shortestTimer()).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void what_monitors_ask_is_named_by_options_and_variables_and_shows_no_secret() throws BadSettings {
        Settings settings = Settings.read(
                Map.of(),
                new Settings.Named(List.of(), List.of("main=http://prometheus:9090/base")),
                Map.of(
                        "TURNOUT_PROMETHEUS_FAR_EAST_URL", "https://far.example",
                        "TURNOUT_PROMETHEUS_FAR_EAST_TOKEN", "hush"),
                Clock.systemUTC());
        assertThat(settings.prometheus()).containsOnlyKeys("main", "far-east");
        assertThat(settings.prometheus().values())
                .extracting(PrometheusSettings::token)
                .containsExactlyInAnyOrder("", "hush");
        assertThat(settings.toString())
                .contains("main at http://prometheus:9090", "far-east at https://far.example")
                .doesNotContain("hush");
        BadSettings bad = catchThrowableOfType(
                BadSettings.class,
                () -> Settings.read(
                        Map.of(),
                        new Settings.Named(List.of(), List.of("prometheus:9090", "main=ftp://there")),
                        Map.of(),
                        Clock.systemUTC()));
        assertThat(bad.problems())
                .containsExactly(
                        "--prometheus must be name=http://host:9090",
                        "--prometheus main must be a URL such as http://prometheus.example:9090, without user or password");
    }

    private static Settings read(Map<Setting, String> options, List<String> databases, Map<String, String> environment)
            throws BadSettings {
        return Settings.read(options, new Settings.Named(databases, List.of()), environment, Clock.systemUTC());
    }
}
