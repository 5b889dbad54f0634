package dev.turnout.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** What the packages of the server may know of each other. */
@AnalyzeClasses(packages = "dev.turnout.server", importOptions = ImportOption.DoNotIncludeTests.class)
class ServerArchitectureTest {
    @ArchTest
    static final ArchRule only_control_knows_the_control_database_client = noClasses()
            .that()
            .resideOutsideOfPackage("dev.turnout.server.control")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.jdbcclient..", "org.flywaydb..");

    /** The application that the demo simulates has a pool of its own, as any application has. */
    @ArchTest
    static final ArchRule only_control_and_the_demos_application_have_a_pool = noClasses()
            .that()
            .resideOutsideOfPackages("dev.turnout.server.control", "dev.turnout.server.demo")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.zaxxer.hikari..", "org.postgresql..");

    /** The command line and the demo meet the migrated database, through the worker's door to it. */
    @ArchTest
    static final ArchRule plain_jdbc_is_for_control_and_for_migrated_databases = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.turnout.server",
                    "dev.turnout.server.control",
                    "dev.turnout.server.cli",
                    "dev.turnout.server.demo")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql", "javax.sql");

    @ArchTest
    static final ArchRule time_comes_from_a_clock_that_was_given = noClasses()
            .that()
            .resideOutsideOfPackages("dev.turnout.server", "dev.turnout.server.cli")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule no_cycles =
            slices().matching("dev.turnout.server.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule a_name_says_what_a_class_is = classes()
            .should()
            .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl|Processor|Info|Data)")
            .because("such a name fits any class");
}
