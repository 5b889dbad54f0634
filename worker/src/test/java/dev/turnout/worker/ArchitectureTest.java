package dev.turnout.worker;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(
        packages = {"dev.turnout.migration", "dev.turnout.worker"},
        importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String WORKER = "dev.turnout.worker.";
    private static final Set<String> NOW =
            Set.of("now", "currentTimeMillis", "systemUTC", "systemDefaultZone", "system");

    /** A layer sees those named before it; phases may build on each other, without cycles. */
    @ArchTest
    static final ArchRule LAYERS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("migration")
            .definedBy("dev.turnout.migration..")
            .layer("jdbc")
            .definedBy(WORKER + "jdbc..")
            .layer("phase")
            .definedBy(WORKER + "phase..", WORKER + "bookkeeping..")
            .layer("phases")
            .definedBy(
                    WORKER + "preflight..",
                    WORKER + "expand..",
                    WORKER + "sync..",
                    WORKER + "analyze..",
                    WORKER + "backfill..",
                    WORKER + "throttle..",
                    WORKER + "verify..",
                    WORKER + "check..",
                    WORKER + "contract..")
            .layer("run")
            .definedBy(WORKER + "run..", WORKER + "monitor..", WORKER + "write..")
            .layer("embedded")
            .definedBy(WORKER + "embedded..")
            .whereLayer("run")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("embedded")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("phases")
            .mayOnlyBeAccessedByLayers("run")
            .whereLayer("phase")
            .mayOnlyBeAccessedByLayers("phases", "run")
            .whereLayer("jdbc")
            .mayOnlyBeAccessedByLayers("phase", "phases", "run", "embedded");

    @ArchTest
    static final ArchRule MIGRATION_IS_PLAIN_DATA = classes()
            .that()
            .resideInAPackage("dev.turnout.migration..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java.lang..",
                    "java.util..",
                    "java.time..",
                    "java.math..",
                    "java.security..",
                    "java.nio..",
                    "java.io..",
                    "dev.turnout.migration..",
                    "dev.turnout.flags..",
                    "org.snakeyaml..",
                    "org.jspecify.annotations.."));

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_SERVER =
            noClasses().should().dependOnClassesThat(resideInAPackage("dev.turnout.server.."));

    @ArchTest
    static final ArchRule ONLY_WHO_DRIVES_KNOWS_VERTX = noClasses()
            .that()
            .resideOutsideOfPackages(WORKER + "run..", WORKER + "monitor..", WORKER + "write..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.vertx.."));

    @ArchTest
    static final ArchRule ONE_DOOR_TO_THE_POOL = noClasses()
            .that()
            .resideOutsideOfPackage(WORKER + "jdbc..")
            .should()
            .dependOnClassesThat(resideInAPackage("com.zaxxer.."));

    /** Durations in real time are measured with nanoTime; what time it is, a Clock or the database says. */
    @ArchTest
    static final ArchRule TIME_IS_AN_ARGUMENT = noClasses()
            .should()
            .callMethodWhere(DescribedPredicate.describe(
                    "asks what time it is",
                    (JavaCall<?> call) -> NOW.contains(call.getTarget().getName())
                            && (call.getTargetOwner().getPackageName().equals("java.time")
                                    || call.getTargetOwner().isEquivalentTo(Clock.class)
                                    || call.getTargetOwner().isEquivalentTo(System.class))));

    @ArchTest
    static final ArchRule NAMES_ARE_WORDS_OF_THE_DOMAIN = noClasses()
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Processor|Info|Data|Job|Task|Handler|Context)");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.turnout.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule EVERY_PACKAGE_IS_NULL_MARKED = classes()
            .should(be(DescribedPredicate.describe("in a @NullMarked package", (JavaClass type) -> type.getPackage()
                    .isAnnotatedWith(NullMarked.class))));

    /** String constants leave no trace of how they are joined, so this one reads the source. */
    @Test
    void only_identifiers_quotes_names() throws IOException {
        Pattern quoting = Pattern.compile("'\"'\\s*\\+|\\+\\s*'\"'|\"\\\\\"\"\\s*\\+|\\+\\s*\"\\\\\"\"");
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            List<Path> offenders = sources.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("Identifiers.java"))
                    .filter(file -> quoting.matcher(read(file)).find())
                    .toList();
            assertThat(offenders).isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
