package dev.turnout.server.demo;

import dev.turnout.flags.Weight;
import dev.turnout.server.demo.Audit.Sides;
import dev.turnout.server.demo.Operator.Incident;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one look at the migration after the other and does what an operator would do next. All it knows it reads from
 * the server, so a director of a new process goes on where the last one was killed. Used by one thread.
 */
final class Director {
    private static final Logger log = LoggerFactory.getLogger(Director.class);
    private static final Weight BAD_FROM = Weight.parse("25%");
    private static final Weight APPROVED_AT = Weight.parse("50%");
    /** Nobody at the desk has been sent to the new code for so long: the news has reached everybody. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    private final Operator operator;
    private final BookingApplication application;
    private final Ledger ledger;
    private final DataSource clinic;
    private final Backup backup;
    private final Telling telling;
    private Weight approvedAfter = Weight.NONE;

    Director(
            Operator operator,
            BookingApplication application,
            Ledger ledger,
            DataSource clinic,
            Backup backup,
            Telling telling) {
        this.operator = operator;
        this.application = application;
        this.ledger = ledger;
        this.clinic = clinic;
        this.backup = backup;
        this.telling = telling;
    }

    /**
     * Looks and acts once.
     *
     * @return where the migration stands; empty when it has just been started
     * @throws IOException when the server does not answer; the next look may go better
     * @throws DemoFailed when the migration cannot end well any more
     */
    Optional<Standing> look() throws IOException, InterruptedException, SQLException {
        Optional<Standing> seen = operator.standing();
        if (seen.isEmpty()) {
            telling.step("the operator starts the migration " + Operator.MIGRATION);
            operator.start();
            return Optional.empty();
        }
        Standing now = seen.get();
        telling.follow(now);
        switch (now.phase()) {
            case FAILED, ROLLED_BACK -> throw new DemoFailed(now.troubles());
            case ROLLING_OUT -> steer(now);
            case SOAKING -> {
                if (!rollBack()) {
                    prepareContract(now);
                }
            }
            default -> {}
        }
        return seen;
    }

    private void steer(Standing now) throws IOException, InterruptedException, SQLException {
        if (rollBack()) {
            return;
        }
        if (now.weight().compareTo(BAD_FROM) >= 0
                && application.release() == Release.GOOD
                && operator.incidents().stream().noneMatch(Incident::byOutcomes)) {
            telling.step("@|red a bad release of the new code is deployed:|@ it fails for four patients in ten");
            application.deploy(Release.BAD);
        }
        if (now.weight().equals(APPROVED_AT) && !approvedAfter.equals(APPROVED_AT)) {
            telling.step("the operator approves the step to 100 %");
            operator.approveStep("half of the patients are served well");
        }
        approvedAfter = now.weight();
    }

    /** Does what follows an incident; false when there is none open. */
    private boolean rollBack() throws IOException, InterruptedException, SQLException {
        Optional<Incident> open = operator.incidents().stream()
                .filter(incident -> !incident.acknowledged())
                .findFirst();
        if (open.isEmpty()) {
            return false;
        }
        Incident incident = open.get();
        if (application.sinceNew().filter(since -> since.compareTo(SETTLED) < 0).isPresent()) {
            return true; // the next look sees the end of it
        }
        String took = application
                .harm()
                .map(harm -> Telling.seconds(harm) + " from the first failure to nobody on the new side")
                .orElse("how long it took is not known after a restart");
        telling.step("@|green rolled back by itself to 0 %:|@ " + incident.because());
        telling.detail(took);
        telling.detail("evidence: " + incident.numbers());
        audit("after the rollback", Sides.BOTH);
        telling.story()
                .finding(
                        "automatic rollback " + incident.id(),
                        incident.source() + ": " + incident.because() + "; " + took,
                        false);
        if (incident.byOutcomes()) {
            application.deploy(Release.GOOD);
            telling.step("the fix is deployed; the operator acknowledges, and the ramp begins again");
            operator.acknowledge(incident, "the slot picker is mended and deployed");
        } else {
            telling.step("the operator looks into it, acknowledges, and the ramp begins again");
            operator.acknowledge(incident, "looked into: no patient was served badly");
        }
        return true;
    }

    private void prepareContract(Standing now) throws IOException, InterruptedException, SQLException {
        if (!now.backedUp()) {
            audit("before the contract", Sides.BOTH);
            telling.story().measured("dayQueryBefore", Facts.dayQuery(clinic, Arm.OLD));
            String where = backup.take(clinic);
            telling.step("the operator takes a backup and records it: " + where);
            operator.recordBackup(where);
        } else if (!now.contractApproved()) {
            telling.step("the operator approves the contract; it waits until 14 days at 100 % are over");
            operator.approveContract("every acknowledged booking is on both sides");
        }
    }

    /** Compares with writers at work, and keeps the result for the report. */
    void audit(String when, Sides sides) throws SQLException, IOException {
        Audit.Findings findings = Audit.of(clinic, ledger, sides);
        findings.examples().forEach(example -> log.warn("{}: {}", when, example));
        String text = String.format(
                Locale.ROOT,
                "%,d rows, %,d acknowledged writes, %s: %s",
                findings.rows(),
                findings.acknowledged(),
                sides == Sides.BOTH ? "both sides" : "the new side",
                findings);
        telling.detail("ledger " + when + ": " + text);
        telling.story().finding("ledger " + when, text, !findings.clean());
    }

    /** Cannot go on. */
    static final class DemoFailed extends RuntimeException {
        private final List<String> why;

        DemoFailed(List<String> why) {
            super(String.join(", ", why));
            this.why = List.copyOf(why);
        }

        /** One line each. */
        List<String> why() {
            return why;
        }
    }
}
