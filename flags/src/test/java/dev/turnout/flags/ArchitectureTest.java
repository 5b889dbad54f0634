package dev.turnout.flags;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

@AnalyzeClasses(packages = "dev.turnout.flags", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule FLAGS_ARE_PLAIN_JAVA = classes()
            .that()
            .resideOutsideOfPackages("..togglz..", "..wire..", "..client..", "..openfeature..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("java..", "dev.turnout.flags..", "org.jspecify.annotations"));

    @ArchTest
    static final ArchRule NOTHING_BUT_THE_CLIENT_DOES_IO = noClasses()
            .that()
            .resideOutsideOfPackage("..client..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "java.sql..", "javax.sql..", "java.net..", "java.nio.file..", "io.vertx..", "java.util.logging.."));

    @ArchTest
    static final ArchRule TOGGLZ_STAYS_IN_ITS_PACKAGE = noClasses()
            .that(not(resideInAnyPackage("dev.turnout.flags.togglz..")))
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.togglz.."));

    @ArchTest
    static final ArchRule TIME_IS_AN_ARGUMENT = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule ONLY_THE_CLIENT_MEASURES_TIME =
            noClasses().that().resideOutsideOfPackage("..client..").should().callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule THE_CLIENT_NEEDS_NO_VERTX =
            noClasses().should().dependOnClassesThat(resideInAnyPackage("io.vertx.."));

    @ArchTest
    static final ArchRule ONLY_WIRING_STARTS_THE_CLOCK = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.turnout.flags.time.Pace")
            .and()
            .doNotHaveFullyQualifiedName("dev.turnout.flags.togglz.TurnoutStrategy") // Togglz hands it no clock
            .should()
            .callMethod(Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule NAMES_ARE_WORDS_OF_THE_DOMAIN =
            noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Processor|Info|Data)");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.turnout.(**)").should().beFreeOfCycles();
}
